package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.devpki.model.Bytes;

/** What must hold of a store, its shelf and its bundles, seen with other eyes: the JDK's parsers, sha256sum, openssl. */
public final class StoreProof {
    /** One line of {@code device list}; members that it lacks are empty. */
    public record Row(String name, String serial, String status, String reason, String sha256) {}

    private static final byte[] CHALLENGE = "does this key fit?".getBytes(StandardCharsets.UTF_8);

    private final Path folder;
    private final InProcess devpki;

    private StoreProof(Path folder) {
        this.folder = folder;
        this.devpki = InProcess.in(folder);
    }

    /** Of the store {@code pki} and the bundles in {@code out} of this folder. */
    public static StoreProof of(Path folder) {
        return new StoreProof(folder);
    }

    public List<Row> rows() {
        return devpki.run("device", "list", "--jsonl")
                .exiting(0)
                .out()
                .lines()
                .map(line -> new Row(
                        member(line, "name"),
                        member(line, "serial"),
                        member(line, "status"),
                        member(line, "reason"),
                        member(line, "sha256")))
                .toList();
    }

    public List<Row> rows(String name) {
        return rows().stream().filter(row -> row.name().equals(name)).toList();
    }

    /** A string or number member of one line of JSON; empty if it is not there. */
    public static String member(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\" ?: ?\"?([^\",}]*)").matcher(json);
        return matcher.find() ? matcher.group(1) : "";
    }

    /** Exactly one certificate of the name is valid and everything else under it can open no door. */
    public Row oneValid(String name) {
        return oneValid(name, rows(name));
    }

    /** The same of rows that were listed before. */
    public static Row oneValid(String name, List<Row> rows) {
        List<Row> valid =
                rows.stream().filter(row -> row.status().equals("valid")).toList();
        assertEquals(1, valid.size(), () -> "certificates of " + name + ": " + rows);
        for (Row row : rows) {
            boolean isHarmless = row.status().equals("refused")
                    || (row.status().equals("revoked") && row.reason().equals("superseded"));
            assertTrue(valid.contains(row) || isHarmless, () -> "of " + name + " this is left over: " + row);
        }
        return valid.get(0);
    }

    /** The one certificate of a name, which is revoked. */
    public Row oneRevoked(String name) {
        List<Row> rows = rows(name);
        assertEquals(List.of("revoked"), rows.stream().map(Row::status).toList());
        return rows.get(0);
    }

    public void serialsAreUnique() {
        List<String> serials = rows().stream().map(Row::serial).toList();
        assertEquals(serials.size(), new HashSet<>(serials).size(), () -> "a serial twice in " + serials);
    }

    /** The device's folder holds this certificate and the key that fits it, and sha256sum agrees. */
    public void bundleHolds(Row row) {
        bundleHolds(row, folder.resolve("out"));
    }

    public void bundleHolds(Row row, Path out) {
        Path bundle = out.resolve(row.name());
        Tool.in(bundle)
                .run("sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS")
                .exiting(0);
        try {
            X509Certificate certificate =
                    certificates(bundle.resolve("client_crt.pem")).get(0);
            assertEquals(new BigInteger(row.serial(), 16), certificate.getSerialNumber());
            assertEquals(
                    row.sha256(), Bytes.of(certificate.getEncoded()).sha256().hex());
            PrivateKey key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(pem(bundle.resolve("client_key.pem"))));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(CHALLENGE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(CHALLENGE);
            assertTrue(signature.verify(signed), () -> "the key in " + bundle + " is of another certificate");
            assertEquals(
                    "rw-------",
                    java.nio.file.attribute.PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(bundle.resolve("client_key.pem"))));
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Publishes what is pending; then doctor and audit find nothing at all. */
    public void cleanOncePublished() {
        devpki.run("crl", "publish", "--if-needed").exiting(0);
        clean();
    }

    public void clean() {
        devpki.run("doctor").exiting(0);
        devpki.run("audit", "verify").exiting(0);
        serialsAreUnique();
        nothingLeft(folder.resolve("pki"));
    }

    /** No temporary file or folder in the folder, however deep. */
    public static void nothingLeft(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> left = all.filter(
                            path -> String.valueOf(path.getFileName()).contains("devpki-tmp"))
                    .toList();
            assertEquals(List.of(), left);
        } catch (IOException | UncheckedIOException e) {
            throw new AssertionError(e);
        }
    }

    /** SHA-256 of every device certificate in {@code out}, half-made bundles too. */
    public Set<String> certificatesSeen() {
        Set<String> seen = new HashSet<>();
        try {
            Files.walkFileTree(folder.resolve("out"), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (file.endsWith("client_crt.pem")) {
                        whole(file).ifPresent(seen::add);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE; // renamed meanwhile; it will be seen under its new name
                }

                @Override
                public FileVisitResult postVisitDirectory(Path gone, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return seen;
    }

    private static Optional<String> whole(Path file) throws IOException {
        try {
            return Optional.of(
                    Bytes.of(certificates(file).get(0).getEncoded()).sha256().hex());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
            // half a file may only be where nobody looks
            assertTrue(file.toString().contains("devpki-tmp"), () -> "half a file: " + file);
            return Optional.empty();
        }
    }

    public Path shelf() {
        return folder.resolve("pki/publish/crl");
    }

    /** Numbers of the CRLs in the file that brokers read; every one of them is whole and signed by its CA. */
    public Map<String, BigInteger> numbersInAll(Path shelf) {
        Map<String, BigInteger> numbers = new TreeMap<>();
        for (X509CRL crl : crls(shelf.resolve("all.crl.pem"))) {
            numbers.put(
                    crl.getIssuerX500Principal().getName(),
                    number(crl, "2.5.29.20").orElseThrow());
        }
        assertEquals(2, numbers.size(), () -> "CRLs in all.crl.pem: " + numbers);
        return numbers;
    }

    /** The files of a shelf agree with each other, and every CRL is whole and signed. */
    public void shelfIsWhole(Path shelf) {
        numbersInAll(shelf);
        for (String ca : List.of("root-ca", "issuing-ca")) {
            List<X509CRL> der = crls(shelf.resolve(ca + ".crl"));
            assertEquals(1, der.size());
            assertEquals(der, crls(shelf.resolve(ca + ".crl.pem")));
            assertTrue(crls(shelf.resolve("all.crl.pem")).contains(der.get(0)), () -> "all.crl.pem lacks " + ca);
        }
        nothingLeft(shelf);
    }

    /** Whether the CRLs that brokers read revoke the serial. */
    public boolean isRevokedIn(Path shelf, String serial) {
        BigInteger wanted = new BigInteger(serial, 16);
        return crls(shelf.resolve("all.crl.pem")).stream().anyMatch(crl -> crl.getRevokedCertificate(wanted) != null);
    }

    /** Reads the CRLs of a file as a broker does, PEM or DER, and proves each one's signature. */
    public List<X509CRL> crls(Path file) {
        try {
            byte[] octets = Files.readAllBytes(file);
            if (file.toString().endsWith(".pem")) {
                String text = new String(octets, StandardCharsets.US_ASCII);
                assertTrue(text.endsWith("-----END X509 CRL-----\n"), () -> "half a file: " + file);
            }
            List<X509CRL> all = new ArrayList<>();
            for (var crl : CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(octets))) {
                all.add((X509CRL) crl);
            }
            assertFalse(all.isEmpty(), () -> "no CRL in " + file);
            for (X509CRL crl : all) {
                verify(crl);
            }
            return all;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("half a file: " + file, e);
        }
    }

    private void verify(X509CRL crl) throws IOException, GeneralSecurityException {
        for (X509Certificate ca : certificates(folder.resolve("pki/publish/ca/all.pem"))) {
            if (ca.getSubjectX500Principal().equals(crl.getIssuerX500Principal())) {
                crl.verify(ca.getPublicKey());
                return;
            }
        }
        throw new AssertionError("a CRL of " + crl.getIssuerX500Principal());
    }

    /** The number in a CRL's extension: cRLNumber, or deltaCRLIndicator. */
    static Optional<BigInteger> number(X509CRL crl, String oid) {
        return Optional.ofNullable(crl.getExtensionValue(oid)) // OCTET STRING { INTEGER }, both short
                .map(octetString -> new BigInteger(octetString, 4, octetString.length - 4));
    }

    static List<X509Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        List<X509Certificate> all = new ArrayList<>();
        for (var certificate : CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            all.add((X509Certificate) certificate);
        }
        return all;
    }

    private static byte[] pem(Path file) throws IOException {
        StringBuilder body = new StringBuilder();
        Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("-----"))
                .forEach(body::append);
        return Base64.getDecoder().decode(body.toString());
    }

    /** Copies a folder as it is at this moment, with everything in it, under another name. */
    public static void copyAs(Path from, Path to) {
        Tool.in(from).run("cp", "-a", from.toString(), to.toString()).exiting(0);
    }

    /** Copies a store that was made once, with everything beside it. */
    public static void copy(Path from, Path to) {
        Tool.in(from).run("cp", "-a", from + "/.", to.toString()).exiting(0);
    }
}
