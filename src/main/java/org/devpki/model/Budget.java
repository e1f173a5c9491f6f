package org.devpki.model;

import java.util.List;

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
    private static final int CONTEXT_OCTETS = 1;
    private static final int NO_EXTENSIONS_OCTETS = 2;
    private static final int PEM_LINE = 64;
    private static final int PEM_FRAME_OCTETS = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".length();

    /** @param sent the leaf, then its issuers without the root */
    public static Budget of(List<CertificateDer> sent) {
        int der = sent.stream().mapToInt(each -> each.octets().length()).sum();
        int tls12 = HANDSHAKE_HEADER_OCTETS + LENGTH_OCTETS + der + sent.size() * LENGTH_OCTETS;
        int tls13 = tls12 + CONTEXT_OCTETS + sent.size() * NO_EXTENSIONS_OCTETS;
        int pem = sent.stream()
                .mapToInt(each -> pemOctets(each.octets().length()))
                .sum();
        return new Budget(pem + 1, der, tls12, tls13);
    }

    private static int pemOctets(int der) {
        int base64 = (der + 2) / 3 * 4;
        int newlines = (base64 + PEM_LINE - 1) / PEM_LINE;
        return PEM_FRAME_OCTETS + base64 + newlines;
    }

    /** Such as {@code chain 1840 octets as PEM and 1290 as DER, Certificate message 1303 in TLS 1.2 and 1308 in TLS 1.3}. */
    public String text() {
        return "chain " + pemOctets + " octets as PEM and " + derOctets + " as DER, Certificate message " + tls12Octets
                + " in TLS 1.2 and " + tls13Octets + " in TLS 1.3";
    }
}
