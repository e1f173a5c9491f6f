package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.security.cert.CRL;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.devpki.model.KeySpec;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestKeys;
import org.devpki.x509.Csrs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kind of key, from the root's making to the CRL that refuses a leaf; and the inventory of what is in use. */
class AlgorithmStoriesTest {
    private static final String START = "2026-11-27T12:00:00Z";

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private InProcess devpki;

    @BeforeEach
    void keepAPassphrase() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse");
        devpki = InProcess.in(folder).at(clock);
    }

    private Finished init(String rootKey, String issuingKey) {
        return devpki.run(
                        "init",
                        "--org",
                        "Acme",
                        "--root-key",
                        rootKey,
                        "--key",
                        issuingKey,
                        "--crl-url",
                        "http://crl.acme.example",
                        "--ocsp-url",
                        "http://ocsp.acme.example",
                        "--ca-url",
                        "http://ca.acme.example")
                .exiting(0);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Finished issue(String name, String... more) {
        List<String> words = new ArrayList<>(List.of("issue", name, "--out", file("out"), "--format", "pem"));
        words.addAll(List.of(more));
        return devpki.run(words.toArray(String[]::new));
    }

    private static byte[] octets(String pem) {
        return pem.getBytes(StandardCharsets.US_ASCII);
    }

    /** By the JDK: the chain of a leaf up to the root, each by its CA's CRL. */
    private boolean passesInTheJdk(List<X509Certificate> chain) throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
        Certificate root =
                factory.generateCertificate(Files.newInputStream(folder.resolve("pki/publish/ca/root-ca.cer")));
        Collection<? extends CRL> crls =
                factory.generateCRLs(Files.newInputStream(folder.resolve("pki/publish/crl/all.crl.pem")));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor((X509Certificate) root, null)));
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
        parameters.setDate(Date.from(clock.instant().plusSeconds(60))); // what was revoked before
        try {
            CertPathValidator.getInstance("PKIX", "SUN").validate(factory.generateCertPath(chain), parameters);
            return true;
        } catch (CertPathValidatorException e) {
            return false;
        }
    }

    private static List<X509Certificate> chain(String pem) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
        return factory.generateCertificates(new ByteArrayInputStream(octets(pem))).stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    /** The first certificate with an octet of its signature changed, then the others. */
    private static List<X509Certificate> tampered(List<X509Certificate> chain) throws GeneralSecurityException {
        byte[] der = chain.get(0).getEncoded();
        der[der.length - 5] ^= 1;
        List<X509Certificate> bad = new ArrayList<>(chain);
        bad.set(0, (X509Certificate)
                CertificateFactory.getInstance("X.509", "SUN").generateCertificate(new ByteArrayInputStream(der)));
        return bad;
    }

    @ParameterizedTest
    @CsvSource({
        "ML-DSA-87, ML-DSA-65, ML-DSA-44",
        "ML-DSA-65, ML-DSA-44, ML-DSA-87",
        "ML-DSA-44, ML-DSA-87, ML-DSA-65",
        "Ed25519, Ed25519, Ed25519",
        "P-521, P-521, P-521",
    })
    void eachKindOfKeyGoesFromARootToARevokedLeaf(String rootKey, String issuingKey, String leafKey)
            throws IOException, GeneralSecurityException {
        // given: a store, two leaves by request, one of them lost
        Finished made = init(rootKey, issuingKey);
        for (String name : List.of("plant-1", "lost")) {
            byte[] csr = Csrs.request(TestKeys.key(KeySpec.parse(leafKey), name), name)
                    .octets()
                    .toArray();
            Files.write(folder.resolve(name + ".csr"), csr);
            csr[csr.length - 5] ^= 1;
            Files.write(folder.resolve(name + ".bad.csr"), csr);
            assertTrue(issue(name, "--csr", file(name + ".bad.csr"))
                    .exiting(5)
                    .err()
                    .contains("signature"));
            issue(name, "--csr", file(name + ".csr")).exiting(0);
        }

        // when
        devpki.run("revoke", "lost", "--reason", "key-compromise").exiting(0);
        devpki.run("crl", "publish").exiting(0);
        devpki.run("ocsp", "publish").exiting(0);
        Finished status =
                devpki.run("ocsp", "check", "--dir", file("pki/publish/ocsp")).exiting(0);

        // then devpki itself
        devpki.run("verify", file("out/plant-1/cert.pem")).exiting(0);
        devpki.run("verify", file("out/lost/cert.pem")).exiting(8);
        assertTrue(status.out().contains("good     revoked "), status::out);
        devpki.run("doctor").exiting(0);
        assertEquals(rootKey.startsWith("ML-DSA"), made.err().contains(rootKey + " is experimental"), made::err);

        // then the JDK, where it knows the kind: ML-DSA from 24 on
        boolean isKnown =
                !rootKey.startsWith("ML-DSA") || Security.getProvider("SUN").getService("Signature", "ML-DSA") != null;
        List<X509Certificate> good = chain(Files.readString(folder.resolve("out/plant-1/chain.pem")));
        List<X509Certificate> lost = chain(Files.readString(folder.resolve("out/lost/chain.pem")));
        assertEquals(2, good.size());
        assertEquals(isKnown, passesInTheJdk(good));
        assertFalse(passesInTheJdk(lost));
        assertFalse(passesInTheJdk(tampered(good)));
        assertEquals(isKnown, !rootKey.startsWith("ML-DSA") || Runtime.version().feature() >= 24);
    }

    @Test
    void anMlDsaLeafIsRefusedWhereItCannotBeReadOrKept() throws IOException {
        // given
        init("P-256", "P-256");
        Files.writeString(folder.resolve("export.pass"), "a passphrase of the line");

        // when
        Finished chip = issue("d1", "--key", "ML-DSA-44", "--target", "esp32c3");
        Finished home = issue("d1", "--key", "ML-DSA-44", "--target", "esp32c3", "--key-home", "ds");
        Finished p12 = devpki.run(
                "issue",
                "d1",
                "--key",
                "ML-DSA-44",
                "--format",
                "p12",
                "--export-passphrase-file",
                file("export.pass"),
                "--out",
                file("out"));
        Finished server = issue("d1", "--key", "ML-DSA-44", "--profile", "broker-server");
        Finished token = devpki.run(
                "ca",
                "create",
                "line-3",
                "--parent",
                "root-ca",
                "--key",
                "ML-DSA-65",
                "--key-uri",
                "pkcs11:token=acme;object=line-3");
        Finished good = issue("d1", "--key", "ML-DSA-44");

        // then
        assertTrue(chip.exiting(5).err().contains("the key is ML-DSA-44, which mbedTLS cannot read"), chip::err);
        assertTrue(home.exiting(5).err().contains("2048, 3072 or 4096 bits, not ML-DSA-44"), home::err);
        assertTrue(p12.exiting(5).err().contains("format p12 is not made for a key of kind ML-DSA-44"), p12::err);
        assertTrue(server.exiting(5).err().contains("is not one that profile \"broker-server\" allows"), server::err);
        assertTrue(token.exiting(2).err().contains("kind ML-DSA-65 is not made in tokens"), token::err);
        assertTrue(good.exiting(0).err().contains("warning: ML-DSA-44 is experimental"), good::err);
    }

    @Test
    void theInventoryTellsWhatIsInUseAndMarksIt() {
        // given
        init("ML-DSA-44", "RSA-2048");
        issue("d1", "--key", "P-256").exiting(0);
        issue("d2", "--key", "P-256", "--not-after", "20y").exiting(0);
        issue("d3", "--key", "RSA-2048", "--not-after", "2030-12-31T23:59:59Z").exiting(0);
        issue("d4", "--key", "RSA-2048", "--not-after", "2031-01-01T00:00:00Z").exiting(0);
        issue("d5", "--key", "RSA-3072").exiting(0);
        issue("lost", "--key", "Ed25519").exiting(0);
        issue("held", "--key", "Ed25519").exiting(0);
        issue("over", "--key", "P-521", "--not-after", "1d").exiting(0);
        devpki.run("revoke", "lost", "--reason", "key-compromise").exiting(0);
        devpki.run("revoke", "held", "--reason", "certificate-hold").exiting(0);
        clock.advance(Duration.ofDays(2));

        // when
        String text = devpki.run("ca", "algorithms").exiting(0).out().replaceAll(" +", " ");
        String json = devpki.run("ca", "algorithms", "--json").exiting(0).out();

        // then
        assertEquals("""
                USED BY NAME KEY SIGNED WITH COUNT LATEST END MARKS
                ca issuing-ca RSA-2048 ML-DSA-44 1 9999-12-31T23:59:59Z weak, experimental, quantum-vulnerable
                ca root-ca ML-DSA-44 ML-DSA-44 1 9999-12-31T23:59:59Z experimental
                responder ocsp-responder P-256 sha256WithRSAEncryption 1 2026-12-11T12:00:00Z quantum-vulnerable
                certificate device-mqtt P-256 sha256WithRSAEncryption 2 2046-11-22T12:00:00Z quantum-vulnerable
                certificate device-mqtt RSA-2048 sha256WithRSAEncryption 1 2030-12-31T23:59:59Z quantum-vulnerable
                certificate device-mqtt RSA-2048 sha256WithRSAEncryption 1 2031-01-01T00:00:00Z weak, quantum-vulnerable
                certificate device-mqtt RSA-3072 sha256WithRSAEncryption 1 2036-11-24T12:00:00Z quantum-vulnerable
                crl issuing-ca - sha256WithRSAEncryption 1 2026-12-04T12:00:00Z quantum-vulnerable
                crl root-ca - ML-DSA-44 1 2026-12-04T12:00:00Z experimental
                """, text);
        assertTrue(json.contains("\"schema\" : \"devpki/ca-algorithms/1\""), json);
        assertTrue(json.contains("\"marks\" : [ \"weak\", \"experimental\", \"quantum-vulnerable\" ]"), json);
    }

    @Test
    void revokedCasAndCrlsThatAreOverAreNotInUse() {
        // given
        init("P-256", "P-256");
        devpki.run("ca", "create", "line-3", "--parent", "root-ca", "--key", "P-384")
                .exiting(0);
        String serial = StoreProof.member(
                        devpki.run("ca", "show", "line-3", "--json").out(), "serial")
                .strip();
        devpki.run("revoke", "--serial", serial, "--reason", "superseded", "--yes")
                .exiting(0);
        clock.advance(Duration.ofDays(8)); // past the CRLs' end

        String text = devpki.run("ca", "algorithms").exiting(0).out();

        assertTrue(text.contains("root-ca"), text);
        assertFalse(text.lines().anyMatch(line -> line.matches("ca +line-3 .*")), text);
        assertFalse(text.lines().anyMatch(line -> line.startsWith("crl ")), text);
    }
}
