package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are made ahead: sealed, given once, never in a backup. */
class KeyPoolStoriesTest {
    private static final int KEYS = 3;

    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    @TempDir
    private Path elsewhere;

    private InProcess devpki;

    @BeforeAll
    static void makeAStoreWithAPool() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess.in(template)
                .run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        Finished filled = fill(InProcess.in(template), KEYS).exiting(0);
        assertEquals("made 3 keys of kind RSA-2048; the pool has 3\n", filled.out());
    }

    private static Finished fill(InProcess devpki, int keys) {
        return devpki.run("key", "pool", "fill", "--kind", "RSA-2048", "--keys", String.valueOf(keys));
    }

    @BeforeEach
    void aCopyOfIt() {
        StoreProof.copy(template, folder);
        devpki = InProcess.in(folder);
    }

    @Test
    void whatComputesIsToldAndCanBeChosen() {
        String[] fill = {"key", "pool", "fill", "--kind", "RSA-2048", "--keys", "3", "--verbose"};

        String standard = devpki.run(fill).exiting(0).err();
        String plain = devpki.with("DEVPKI_CRYPTO", "java").run(fill).exiting(0).err();
        Finished other = devpki.with("DEVPKI_CRYPTO", "fast").run(fill).exiting(2);
        String few = devpki.run("issue", "d1", "--out", folder.resolve("d1").toString(), "--verbose")
                .exiting(0)
                .err();

        assertTrue(standard.contains("keys and signatures are computed by AmazonCorrettoCryptoProvider"), standard);
        assertFalse(plain.contains("AmazonCorrettoCryptoProvider"), plain);
        assertEquals(
                "devpki: error: DEVPKI_CRYPTO is \"fast\", not java or native",
                other.err().lines().findFirst().orElse(""));
        assertFalse(few.contains("AmazonCorrettoCryptoProvider"), few);
    }

    private List<Path> pool() {
        try (Stream<Path> files = Files.list(folder.resolve("pki/pool/RSA-2048"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Finished batch(String list, String... options) {
        String out = folder.resolve("out").toString();
        String[] command = Stream.concat(
                        Stream.of(
                                "batch",
                                "run",
                                "-",
                                "--batch",
                                "B1",
                                "--key",
                                "RSA-2048",
                                "--profile",
                                "rsa",
                                "--out",
                                out),
                        Stream.of(options))
                .toArray(String[]::new);
        return devpki.feeding(Bytes.utf8(list)).run(command);
    }

    private void profileForRsa() throws IOException {
        Finished shown = devpki.run("profile", "show", "device-mqtt").exiting(0);
        Files.writeString(
                folder.resolve("pki/profiles/rsa.yaml"),
                shown.out().replaceFirst("keys: \\[.*\\]", "keys: [RSA-2048]"));
    }

    private static byte[] pem(Path file) throws IOException {
        String text = Files.readString(file);
        String first = text.substring(text.indexOf('\n'), text.indexOf("-----END"));
        return Base64.getMimeDecoder().decode(first);
    }

    private BigInteger modulusOfKey(String name) throws IOException, GeneralSecurityException {
        var key = KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(pem(folder.resolve("out/" + name + "/client_key.pem"))));
        return ((RSAKey) key).getModulus();
    }

    private BigInteger modulusOfCertificate(String name) throws IOException, GeneralSecurityException {
        var certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem(folder.resolve("out/" + name + "/client_crt.pem"))));
        return ((RSAKey) certificate.getPublicKey()).getModulus();
    }

    @Test
    void theSameFillingAgainChangesNothing() {
        List<Path> before = pool();

        assertTrue(fill(devpki, KEYS).exiting(0).out().startsWith("made 0 keys"));

        assertEquals(before, pool());
        assertTrue(devpki.run("key", "pool", "status").exiting(0).out().contains("RSA-2048          3"));
    }

    @Test
    void aBatchTakesEachKeyOnceAndSaysWhatIsLeft() throws IOException, GeneralSecurityException {
        profileForRsa();

        Finished run = batch("name\nd1\nd2\n", "--json").exiting(0);

        assertEquals(1, pool().size());
        assertTrue(run.err().contains("devpki: the key pool has 1 RSA-2048 keys left"), run.err());
        assertTrue(run.out().contains("\"taken\" : 2"), run.out());
        assertEquals(modulusOfCertificate("d1"), modulusOfKey("d1"));
        assertEquals(modulusOfCertificate("d2"), modulusOfKey("d2"));
        assertFalse(modulusOfKey("d1").equals(modulusOfKey("d2")));
    }

    @Test
    void aPoolThatHasTooFewIsToldBeforehandAndTheOthersAreMade() throws IOException {
        profileForRsa();

        Finished run = batch("name\nd1\nd2\nd3\nd4\n").exiting(0);

        assertTrue(
                run.err().contains("the key pool has 3 of 4 RSA-2048 keys; the others are made on the way"), run.err());
        assertEquals(List.of(), pool());
    }

    @Test
    void nobodyReadsAKeyWithoutThePassphrase() throws IOException {
        profileForRsa();
        for (Path file : pool()) {
            assertFalse(Bytes.of(Files.readAllBytes(file)).hex().contains("2a864886f70d010101"), "an RSA key in clear");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        Files.writeString(folder.resolve("passphrase"), "wrong\n");

        batch("name\nd1\n").exiting(9);

        assertEquals(KEYS, pool().size());
    }

    @Test
    void aDamagedKeyIsToldAndGoneAndTheNextRunTakesAnother() throws IOException {
        profileForRsa();
        byte[] octets = Files.readAllBytes(pool().get(0));
        octets[40] ^= 1;
        Files.write(pool().get(0), octets);

        Finished damaged = batch("name\nd1\n").exiting(9);

        assertTrue(damaged.err().contains("of the pool is damaged, or sealed by another pool"), damaged.err());
        batch("name\nd1\n").exiting(0);
        assertEquals(1, pool().size());
    }

    /** Such as after somebody copied a pool's files elsewhere and back. */
    @Test
    void aKeyUnderAnotherNameDoesNotOpen() throws IOException {
        profileForRsa();
        Path first = pool().get(0);
        Files.move(first, first.resolveSibling("00000000000000000000000000000000.key"));

        batch("name\nd1\n").exiting(9);
    }

    @Test
    void noBackupHoldsTheKeysForTheyWouldBeGivenAgain() {
        devpki.run("store", "backup", folder.resolve("b.zip").toString()).exiting(0);
        devpki.run(
                        "store",
                        "restore",
                        folder.resolve("b.zip").toString(),
                        "--store",
                        elsewhere.resolve("pki").toString())
                .exiting(0);

        assertTrue(Files.exists(elsewhere.resolve("pki/keys")));
        assertFalse(Files.exists(elsewhere.resolve("pki/pool")));
    }

    @Test
    void onlyKindsThatTakeLongAreMadeAhead() {
        Finished refused = devpki.run("key", "pool", "fill", "--kind", "P-256", "--keys", "5")
                .exiting(2);

        assertTrue(refused.err().contains("a key of kind P-256 is made in a moment"), refused.err());
        devpki.run("key", "pool", "fill", "--kind", "RSA-2048", "--keys", "0").exiting(2);
    }
}
