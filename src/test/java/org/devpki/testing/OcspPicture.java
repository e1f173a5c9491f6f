package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.TestOcsp;

/** All published OCSP answers at one moment: each is whole, signed for the issuing CA, and lies where its question leads. */
public final class OcspPicture {
    private final Map<BigInteger, String> statuses = new TreeMap<>();

    private OcspPicture() {}

    /**
     * @param home the folder of the store {@code pki}
     * @param folder where the answers are; others may be writing to it
     */
    public static OcspPicture of(Path home, Path folder) {
        OcspPicture picture = new OcspPicture();
        try {
            CertificateDer issuer =
                    new CertificateDer(Bytes.of(StoreProof.certificates(home.resolve("pki/publish/ca/issuing-ca.pem"))
                            .get(0)
                            .getEncoded()));
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (!isStaged(file)) {
                        picture.add(issuer, folder, file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (!isStaged(file)) { // such a one was renamed meanwhile
                        throw e;
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        return picture;
    }

    private static boolean isStaged(Path path) {
        return path.toString().contains(".devpki-tmp-");
    }

    private void add(CertificateDer issuer, Path folder, Path file) throws IOException {
        byte[] answer = Files.readAllBytes(file);
        ParsedTbs ca = Certificates.parse(issuer).tbs();
        List<TestOcsp.Told> told = TestOcsp.told(answer, ca);
        assertEquals(1, told.size(), file::toString);
        TestOcsp.Told one = told.get(0);
        Bytes question = TestOcsp.request(ca, "SHA-1", one.serial(), Optional.empty());
        Path asked = Path.of(folder + "/" + Base64.getEncoder().encodeToString(question.toArray()));
        assertEquals(asked, file, "an answer about another certificate");
        assertTrue(one.isOfIssuer() && TestOcsp.isSigned(answer), file::toString);
        try {
            CertificateFactory x509 = CertificateFactory.getInstance("X.509");
            x509.generateCertificate(stream(TestOcsp.read(answer).responder().orElseThrow()))
                    .verify(x509.generateCertificate(stream(issuer)).getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("a stranger's answer: " + file, e);
        }
        statuses.put(one.serial(), one.status());
    }

    private static ByteArrayInputStream stream(CertificateDer certificate) {
        return new ByteArrayInputStream(certificate.octets().toArray());
    }

    /** {@code good}, {@code revoked} and its reason's code, or {@code none} where no file is. */
    public String status(String serial) {
        return statuses.getOrDefault(new BigInteger(serial, 16), "none");
    }

    /** How many answers the other has that are not here or say something else. */
    public long differences(OcspPicture other) {
        return other.statuses.entrySet().stream()
                .filter(answer -> !answer.getValue().equals(statuses.get(answer.getKey())))
                .count();
    }

    /** What is asked of a later picture: no answer went, and none that said revoked says anything else. */
    public void isFollowedBy(OcspPicture later) {
        statuses.forEach((serial, status) -> {
            String next = later.status(serial.toString(16));
            assertTrue(next.equals(status) || (status.equals("good") && next.startsWith("revoked")), next);
        });
    }

    public int count() {
        return statuses.size();
    }
}
