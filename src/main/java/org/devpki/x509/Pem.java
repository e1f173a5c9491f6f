package org.devpki.x509;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlDer;
import org.devpki.model.CsrDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.OctetSource;
import org.devpki.model.SecretBytes;

/** PEM text (RFC 7468): LF only, lines of 64, one final newline, nothing outside the blocks. */
public final class Pem {
    /** One block; the content may be a secret. */
    private record Block(String label, SecretBytes content) {
        byte[] octets() {
            return content.lend(byte[]::clone);
        }
    }

    private static final String CRL = "X509 CRL";
    private static final byte[] LF = {'\n'};
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private Pem() {}

    public static String certificate(CertificateDer certificate) {
        return text("CERTIFICATE", certificate.octets().toArray());
    }

    /** One block after the other, in the order given. */
    public static String certificates(List<CertificateDer> certificates) {
        StringBuilder text = new StringBuilder();
        certificates.forEach(certificate -> text.append(certificate(certificate)));
        return text.toString();
    }

    public static String request(CsrDer csr) {
        return text("CERTIFICATE REQUEST", csr.octets().toArray());
    }

    /** Encoded while it is read, for a CRL may be more than memory holds. */
    public static OctetSource crl(CrlDer crl) {
        return new PemSource(CRL, crl.octets());
    }

    /** Unencrypted PKCS #8, as octets, for text cannot be wiped. */
    public static SecretBytes privateKey(SecretBytes pkcs8) {
        return secret("PRIVATE KEY", pkcs8);
    }

    /** A block that holds a secret, such as {@code EC PRIVATE KEY}. */
    public static SecretBytes secret(String label, SecretBytes content) {
        return content.lend(octets -> {
            byte[] body = Base64.getMimeEncoder(64, LF).encode(octets);
            byte[] begin = ("-----BEGIN " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
            byte[] end = ("\n-----END " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
            byte[] all = Arrays.copyOf(begin, begin.length + body.length + end.length);
            System.arraycopy(body, 0, all, begin.length, body.length);
            System.arraycopy(end, 0, all, begin.length + body.length, end.length);
            Arrays.fill(body, (byte) 0);
            return SecretBytes.taking(all);
        });
    }

    /** Reads one certificate, PEM or DER; of several blocks the first. */
    public static CertificateDer readCertificate(Bytes file, String origin) {
        return new CertificateDer(Bytes.of(first(file, origin, "CERTIFICATE")));
    }

    /** Reads all certificates of a PEM file, or the one of a DER file. */
    public static List<CertificateDer> readCertificates(Bytes file, String origin) {
        if (!isPem(file)) {
            return List.of(readCertificate(file, origin));
        }
        return blocks(file, origin).stream()
                .filter(block -> block.label().equals("CERTIFICATE"))
                .map(block -> new CertificateDer(Bytes.of(block.octets())))
                .toList();
    }

    /** All CRLs of a PEM file, in its order. @throws DevpkiException INVALID_INPUT if one is cut off */
    public static List<CrlDer> readCrls(Bytes file, String origin) {
        List<CrlDer> crls = blocks(file, origin).stream()
                .filter(block -> block.label().equals(CRL))
                .map(block -> new CrlDer(Bytes.of(block.octets())))
                .toList();
        String text = new String(file.toArray(), StandardCharsets.ISO_8859_1);
        if (text.split("-----BEGIN " + CRL, -1).length - 1 != crls.size()) {
            throw without(file, origin, CRL);
        }
        return crls;
    }

    public static CrlDer readCrl(Bytes file, String origin) {
        return new CrlDer(Bytes.of(first(file, origin, CRL)));
    }

    public static CsrDer readCsr(Bytes file, String origin) {
        return new CsrDer(Bytes.of(first(file, origin, "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")));
    }

    /** The DER of the first private key block of any unencrypted kind, or of a DER file as it is. */
    static SecretBytes readPrivateKey(SecretBytes file, String origin) {
        boolean isEncrypted = file.lend(octets -> isPem(Bytes.of(octets))
                && blocks(Bytes.of(octets), origin).stream()
                        .anyMatch(block -> block.label().equals("ENCRYPTED PRIVATE KEY")));
        if (isEncrypted) {
            throw DevpkiException.invalid(
                    origin + " is encrypted; a key as it is, which openssl pkey makes of it, is right");
        }
        return file.lend(octets -> SecretBytes.taking(
                first(Bytes.of(octets), origin, "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")));
    }

    /** The content of one secret block, such as {@code ENCRYPTED PRIVATE KEY}. */
    static SecretBytes readSecret(Bytes file, String origin, String label) {
        return SecretBytes.taking(first(file, origin, label));
    }

    /** Whether the octets are PEM text rather than DER. */
    public static boolean isPem(Bytes file) {
        return file.length() > 0 && file.toArray()[0] != 0x30; // DER structures here all begin with SEQUENCE
    }

    private static String text(String label, byte[] octets) {
        String body = Base64.getMimeEncoder(64, LF).encodeToString(octets);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    private static byte[] first(Bytes file, String origin, String... labels) {
        if (!isPem(file)) {
            if (file.length() == 0) {
                throw DevpkiException.invalid(origin + " is empty");
            }
            return file.toArray();
        }
        return blocks(file, origin).stream()
                .filter(block -> Arrays.asList(labels).contains(block.label()))
                .findFirst()
                .orElseThrow(() -> without(file, origin, labels[0]))
                .octets();
    }

    private static DevpkiException without(Bytes file, String origin, String label) {
        String begin = "-----BEGIN " + label + "-----";
        return DevpkiException.invalid(
                new String(file.toArray(), StandardCharsets.ISO_8859_1).contains(begin)
                        ? origin + " is cut or damaged: its block \"" + begin + "\" does not go on to its end"
                        : origin + " has no block \"" + begin + "\" and is no DER");
    }

    private static List<Block> blocks(Bytes file, String origin) {
        Matcher matcher = BLOCK.matcher(new String(file.toArray(), StandardCharsets.ISO_8859_1));
        List<Block> blocks = new ArrayList<>();
        while (matcher.find()) {
            try {
                blocks.add(new Block(
                        matcher.group(1),
                        SecretBytes.taking(Base64.getMimeDecoder().decode(matcher.group(2)))));
            } catch (IllegalArgumentException e) {
                throw DevpkiException.invalid(origin + " has a " + matcher.group(1) + " block that is not base64")
                        .causedBy(e);
            }
        }
        return blocks;
    }
}
