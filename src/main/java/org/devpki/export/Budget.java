package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.KeySpec;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.Pem;

/**
 * What a chain costs on a device.
 *
 * @param pemOctets of all that is sent, as PEM with one NUL
 * @param derOctets of all that is sent
 * @param tls12Octets of the Certificate message (RFC 5246 section 7.4.2), header included
 * @param tls13Octets of the Certificate message (RFC 8446 section 4.4.2), header included
 */
public record Budget(int pemOctets, int derOctets, int tls12Octets, int tls13Octets) {
    /** What ESP-IDF lets one TLS message have unless told otherwise (CONFIG_MBEDTLS_SSL_OUT_CONTENT_LEN). */
    public static final int MESSAGE_OCTETS = 4096;

    private static final int HANDSHAKE_HEADER_OCTETS = 4;
    private static final int LENGTH_OCTETS = 3;

    /** @param sent the leaf, then its issuers without the root */
    public static Budget of(List<CertificateDer> sent) {
        int der = sent.stream().mapToInt(each -> each.octets().length()).sum();
        int listed = HANDSHAKE_HEADER_OCTETS + LENGTH_OCTETS + der + sent.size() * LENGTH_OCTETS;
        int context = 1;
        int noExtensions = 2 * sent.size();
        return new Budget(Pem.certificates(sent).length() + 1, der, listed, listed + context + noExtensions);
    }

    /** What a device may stumble over, a sentence each. */
    public List<String> warnings(Chip chip, List<CertificateDer> chain) {
        List<String> warnings = new ArrayList<>();
        if (tls12Octets > MESSAGE_OCTETS) {
            warnings.add("the TLS Certificate message has " + tls12Octets + " octets, and ESP-IDF sends at most "
                    + MESSAGE_OCTETS + " in one unless CONFIG_MBEDTLS_SSL_OUT_CONTENT_LEN says more");
        }
        for (CertificateDer certificate : chain) {
            int bits = Keys.spec(Certificates.parse(certificate).tbs().publicKey())
                    .map(spec -> spec.match(ec -> 0, KeySpec.Rsa::bits, ed -> 0))
                    .orElse(0);
            if (bits > chip.rsaBits()) {
                warnings.add("the chain has an RSA-" + bits + " key, which " + chip.title()
                        + " computes with in software: slowly, and with tens of kilobytes of RAM in the handshake");
            }
        }
        return warnings;
    }
}
