package org.devpki.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.Reservation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;
import org.devpki.model.Validity;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.x509.Certificates;
import org.devpki.x509.EncryptedKeys;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;
import org.devpki.x509.Pkcs12;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A CA that another program made comes into a store, with its key and its CRL. */
@Tag("story")
class ImportStoriesTest extends OldCaFixture {
    // ---- the CA ----

    @Test
    void aCaComesWithItsKeyAndIssuesAndTheSameAgainChangesNothing() throws IOException {
        byte[] before = Files.readAllBytes(folder.resolve("ca.key"));

        Finished first = adoptWithKey("--json");
        Finished again = adoptWithKey("--json");
        Finished device = devpki.run("issue", "d1", "--ca", "old", "--not-after", "5y", "--out", file("out"));

        assertEquals(
                "true", StoreProof.member(first.exiting(0).out(), "changed").strip());
        assertEquals(
                "false", StoreProof.member(again.exiting(0).out(), "changed").strip());
        device.exiting(0);
        devpki.run("verify", file("out/d1/client_crt.pem")).exiting(0);
        assertArrayEquals(
                before, Files.readAllBytes(folder.resolve("ca.key"))); // whose it is decides what becomes of it
        String kept = Files.readString(folder.resolve("pki/keys/old.key.pem"));
        assertTrue(kept.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"), kept);
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("pki/keys/old.key.pem"))));
        devpki.run("key", "list", "--open").exiting(0);
        devpki.run("doctor").exiting(0);
        devpki.run("audit", "verify").exiting(0);
    }

    @Test
    void aKeyUnderAPassphraseOrInPkcs12OpensWithThat() throws IOException {
        // given
        try (SecretBytes old = SecretBytes.taking("old".getBytes(UTF_8))) {
            Files.write(
                    folder.resolve("ca.key"),
                    EncryptedKeys.encrypt(TestKeys.key(TestKeys.P_256, "old-ca").pkcs8(), old, new CountingRandom())
                            .lend(byte[]::clone));
            Files.setPosixFilePermissions(
                    folder.resolve("ca.key"), PosixFilePermissions.fromString("rw-r--r--")); // as it is no secret
            TestAuthority below = ROOT.intermediate("old-issuing");
            Files.write(
                    folder.resolve("ca.p12"),
                    Pkcs12.encode(
                                    "x",
                                    TestKeys.key(TestKeys.P_256, "old-issuing"),
                                    List.of(below.certificate(), ROOT.certificate()),
                                    old)
                            .lend(byte[]::clone));
        }
        Files.writeString(folder.resolve("root.crt"), Pem.certificate(ROOT.certificate()));
        String[] pkcs12 = {
            "ca", "import", "old-issuing", "--p12", file("ca.p12"), "--key-passphrase-file", file("old-passphrase")
        };

        // then: without a passphrase, with another, with its own
        assertSays(9, "no passphrase for key file", adoptWithKey());
        assertSays(
                9, "the passphrase does not open key file", adoptWithKey("--key-passphrase-file", file("passphrase")));
        adoptWithKey("--key-passphrase-file", file("old-passphrase")).exiting(0);

        // and the CA below an unknown root, then a known one whose serial is that of another root
        assertSays(5, "no CA that this store knows issued the certificate", devpki.run(pkcs12));
        devpki.run("ca", "import", "old-root", "--cert", file("root.crt"), "--without-key")
                .exiting(0);
        assertSays(
                4,
                "another certificate with serial old-root/4fca, of old-root; a CA gives each serial once",
                devpki.run(pkcs12));
    }

    @Test
    void aRootWithoutItsKeyIsKnownAndIssuesNothing() throws IOException {
        Files.writeString(folder.resolve("root.crt"), Pem.certificate(ROOT.certificate()));

        Finished root = devpki.run("ca", "import", "old-root", "--cert", file("root.crt"), "--without-key");

        root.exiting(0);
        assertSays(
                2,
                "the CRLs of a CA whose key is elsewhere are made there",
                devpki.run("ca", "import", "r", "--cert", file("root.crt"), "--without-key", "--crl-number", "7"));
        assertSays(
                9,
                "has the certificate of CA old-root, and not its key",
                devpki.run("issue", "d1", "--ca", "old-root", "--out", file("out")));
        devpki.run("ca", "export", "old-root").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);
        devpki.run("doctor").exiting(0);
    }

    @Test
    void aKeyThatIsCutOrOfAnotherCaOrOpenToOthersIsRefusedAndNothingIsThere() throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve("ca.key"));
        Files.write(folder.resolve("ca.key"), Arrays.copyOf(whole, whole.length / 2));
        assertSays(9, "ca.key is cut or damaged", adoptWithKey());

        key("ca.key", "another", "rw-------");
        assertSays(9, "is not that of the certificate in " + file("ca.crt"), adoptWithKey());

        key("ca.key", "old-ca", "rw-r-----");
        assertSays(9, "has mode 640, so others can read it; it must be 600", adoptWithKey());

        Files.writeString(folder.resolve("passphrase"), "a typing error");
        key("ca.key", "old-ca", "rw-------");
        assertSays(9, "the passphrase does not open key file", adoptWithKey());
        Files.writeString(folder.resolve("passphrase"), "correct horse");

        assertSays(2, "one of --private-key, --p12, --key-uri and --without-key", adoptWithKey("--without-key"));
        assertNothingIsThere();
    }

    @Test
    void aCertificateThatNoCaCanWorkWithIsRefused() throws IOException {
        write("ca.crt", CA.device("d1"));
        assertSays(5, "is not one for a CA", adoptWithKey());

        write("ca.crt", CA.certificate());
        FixedClock later = FixedClock.at("2046-01-02T00:00:00Z");
        assertSays(
                5,
                "ended at 2046-01-01T00:00:00Z",
                InProcess.in(folder)
                        .at(later)
                        .run("ca", "import", "old", "--cert", file("ca.crt"), "--private-key", file("ca.key")));

        // and a name or subject that is taken
        assertSays(
                4,
                "there is a CA root-ca already, with another certificate",
                devpki.run("ca", "import", "root-ca", "--cert", file("ca.crt"), "--private-key", file("ca.key")));
        assertNothingIsThere();
        adoptWithKey().exiting(0);
        assertSays(
                4,
                "CA old has the subject cn=old-ca already",
                devpki.run("ca", "import", "old-2", "--cert", file("ca.crt"), "--private-key", file("ca.key")));
        assertSays(4, "CA old is here already, with its key at file:old.key.pem", adopt("--without-key"));
    }

    @Test
    void aCaThatAPowerCutLeftHalfImportedIsFinishedByTheSameCommand() throws IOException {
        // given: the key is kept, the ledger is full
        InProcess cut = devpki.at(step -> {
            if (step == Checkpoint.Step.PUBLISH_3_SIGNED) {
                throw new AssertionError("power cut");
            }
        });
        assertThrows(
                AssertionError.class,
                () -> cut.run("ca", "import", "old", "--cert", file("ca.crt"), "--private-key", file("ca.key")));
        assertSays(5, "is not finished", devpki.run("issue", "d1", "--ca", "old", "--out", file("out")));

        adoptWithKey().exiting(0);

        devpki.run("issue", "d1", "--ca", "old", "--not-after", "5y", "--out", file("out"))
                .exiting(0);
        devpki.run("doctor").exiting(0);
    }

    @Test
    void aReservationThatAPowerCutLeftOfACaIsFinishedByTheSameCommand() throws IOException {
        // given: the certificate is reserved and not recorded
        ParsedTbs own = Certificates.parse(CA.certificate()).tbs();
        try (Workshop shop = store.open()) {
            shop.store()
                    .reserve(
                            new Reservation(
                                    new CaName("old"),
                                    own.serialNumber(),
                                    "old",
                                    "root-ca",
                                    shop.profile("root-ca").source().sha256(),
                                    CA.certificate().octets().sha256(),
                                    own.publicKey().octets().sha256(),
                                    own.octets().sha256(),
                                    new Validity(
                                            own.notBefore().at(), own.notAfter().at()),
                                    0,
                                    Optional.empty(),
                                    false),
                            Set.of(),
                            List.of(),
                            false);
        }

        adoptWithKey().exiting(0);

        devpki.run("issue", "d1", "--ca", "old", "--not-after", "5y", "--out", file("out"))
                .exiting(0);
        devpki.run("doctor").exiting(0);
    }

    @Test
    void whoeverPublishesForAHalfImportedCaListsWhatItRevokedAndCountsOn() throws IOException {
        // given
        long last = 9_000_000_000_000L;
        oldCrl(last, "11", "12");
        InProcess cut = devpki.at(step -> {
            if (step == Checkpoint.Step.CA_2_ADDED) {
                throw new AssertionError("power cut");
            }
        });
        String[] order = {
            "ca", "import", "old", "--cert", file("ca.crt"), "--private-key", file("ca.key"), "--crl", file("old.crl")
        };
        assertThrows(AssertionError.class, () -> cut.run(order));

        // when
        devpki.run("crl", "publish", "--if-needed").exiting(0); // by cron

        // then
        assertEquals(2, published().entries().count());
        assertTrue(published().number().orElseThrow().longValueExact() > last);
        devpki.run(order).exiting(0);
        assertEquals(2, published().entries().count());
        devpki.run("doctor").exiting(0);
    }

    // ---- its CRLs ----

    @Test
    void numbersGoOnFromTheOldCrlAndWhatItListsStaysListed() throws IOException {
        // given: a number above the milliseconds since 1970, by which devpki counts itself
        long last = 9_000_000_000_000L;
        oldCrl(last, "11", "12");

        adoptWithKey("--crl", file("old.crl")).exiting(0);

        assertTrue(published().number().orElseThrow().longValueExact() > last);
        assertEquals(
                List.of(
                        new RevokedEntry(SerialNumber.parse("11"), REVOKED_AT, RevocationReason.KEY_COMPROMISE),
                        new RevokedEntry(SerialNumber.parse("12"), REVOKED_AT, RevocationReason.KEY_COMPROMISE)),
                published().entries().list());

        // and a later CRL of the old program brings what came since; the same again brings nothing
        oldCrl(last + 500, "11", "12", "13");
        assertTrue(adoptWithKey("--crl", file("old.crl")).out().contains("revoked by its CRL: 1"));
        assertEquals(3, published().entries().count());
        assertTrue(published().number().orElseThrow().longValueExact() > last + 500);
        assertTrue(adoptWithKey("--crl", file("old.crl")).out().contains("nothing to do"));
        devpki.run("doctor").exiting(0);
    }

    @Test
    void aNumberAloneIsGoneOnFromAsDecimalOrHex() throws IOException {
        adoptWithKey("--crl-number", "0x8000000000000").exiting(0);

        assertTrue(published().number().orElseThrow().longValueExact() > 0x8000000000000L);
        assertSays(2, "is no number such as 4099 or 0x1003", adoptWithKey("--crl-number", "10z"));
        assertSays(5, "cannot be gone on from", adoptWithKey("--crl-number", "0x" + "f".repeat(16)));
    }

    @Test
    void aCrlOfAnotherCaChangesNothingAndASerialThatAnotherCaGaveTooIsItsOwn() throws IOException {
        Files.write(
                folder.resolve("other.crl"),
                ROOT.crl(ROOT.crlPlan(1, Instant.parse(START), List.of(), List.of()))
                        .octets()
                        .toBytes()
                        .toArray());
        assertSays(5, "is not a CRL that the CA's key signed", adoptWithKey("--crl", file("other.crl")));
        assertNothingIsThere();

        String taken = StoreProof.member(
                        devpki.run("ca", "show", "issuing-ca", "--json").out(), "serial")
                .strip();
        oldCrl(1, "11", taken);
        adoptWithKey("--crl", file("old.crl")).exiting(0);

        assertEquals(2, published().entries().count());
        assertFalse(devpki.run("device", "show", "issuing-ca").out().contains("revoked"));
    }
}
