package org.devpki.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
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
import org.devpki.testing.TestStore;
import org.devpki.testing.Tool;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.EncryptedKeys;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;
import org.devpki.x509.Pkcs12;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CA that another program made comes into a store, and what it issued. */
@Tag("story")
class ImportStoriesTest {
    private static final String START = "2026-11-27T12:00:00Z";
    private static final Instant REVOKED_AT = Instant.parse("2026-05-01T00:00:00Z");
    private static final TestAuthority ROOT = TestAuthority.root("old-root");
    private static final TestAuthority CA = TestAuthority.root("old-ca");

    @TempDir
    private static Path template;

    private static TestStore made;

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private TestStore store;
    private InProcess devpki;

    @BeforeAll
    static void makeAStore() {
        made = TestStore.in(template, FixedClock.at(START));
    }

    @BeforeEach
    void aStoreAndAnOldCa() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse");
        Files.writeString(folder.resolve("old-passphrase"), "old");
        store = made.copyTo(folder, clock);
        devpki = InProcess.in(folder).at(clock);
        Files.writeString(folder.resolve("ca.crt"), Pem.certificate(CA.certificate()));
        key("ca.key", "old-ca", "rw-------");
    }

    private void key(String name, String owner, String mode) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, pkcs8(owner));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static byte[] pkcs8(String owner) {
        return Pem.privateKey(TestKeys.key(TestKeys.P_256, owner).pkcs8()).lend(byte[]::clone);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Finished adopt(String... more) {
        String[] first = {"ca", "import", "old", "--cert", file("ca.crt")};
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return devpki.run(all);
    }

    private Finished adoptWithKey(String... more) {
        String[] first = {"--private-key", file("ca.key")};
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return adopt(all);
    }

    private Finished bring(String place, String... more) {
        String[] first = {"device", "import", file(place), "--ca", "old", "--from", "folder"};
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return devpki.run(all);
    }

    private void write(String name, CertificateDer certificate) throws IOException {
        Path target = folder.resolve(name);
        Files.createDirectories(target.getParent());
        Files.writeString(target, Pem.certificate(certificate));
    }

    private static CertificateDer device(String name, String serial) {
        return CA.device(name, SerialNumber.parse(serial), List.of());
    }

    private void oldCrl(long number, String... serials) throws IOException {
        List<RevokedEntry> entries = Arrays.stream(serials)
                .map(serial ->
                        new RevokedEntry(SerialNumber.parse(serial), REVOKED_AT, RevocationReason.KEY_COMPROMISE))
                .toList();
        Files.write(
                folder.resolve("old.crl"),
                CA.crl(CA.crlPlan(number, Instant.parse("2026-06-01T00:00:00Z"), entries, List.of()))
                        .octets()
                        .toBytes()
                        .toArray());
    }

    private ParsedCrl published() throws IOException {
        return Crls.parse(
                Pem.readCrl(Bytes.of(Files.readAllBytes(folder.resolve("pki/publish/crl/old.crl"))), "old.crl"));
    }

    private static void assertSays(int exit, String sentence, Finished finished) {
        assertTrue(finished.exiting(exit).err().contains(sentence), finished::all);
    }

    private void assertNothingIsThere() throws IOException {
        devpki.run("ca", "show", "old").exiting(3);
        assertTrue(Files.notExists(folder.resolve("pki/keys/old.key.pem")));
        devpki.run("doctor").exiting(0);
    }

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

    // ---- what it issued ----

    @Test
    void devicesOfAFolderAreListedRevokedAndAnsweredFor() throws IOException {
        // given devices in files of several forms, and what is none of them
        oldCrl(1000, "12");
        adoptWithKey("--crl", file("old.crl")).exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        Files.write(
                Files.createDirectories(folder.resolve("certs/deep")).resolve("d2.der"),
                device("d2", "12").octets().toArray());
        write("certs/again/d1.crt", device("d1", "11"));
        write("certs/ca.crt", CA.certificate());
        write("certs/odd.pem", device("sensor 3", "13"));
        Files.write(folder.resolve("certs/d1.key.pem"), pkcs8("d1"));
        Files.write(Files.createDirectories(folder.resolve("certs/private")).resolve("d9.pem"), new byte[] {1});

        // when
        Finished dry = bring("certs", "--dry-run");
        long before = devpki.run("device", "list").out().lines().count();
        Finished first = bring("certs", "--results", file("results.jsonl"));
        Finished again = bring("certs");

        // then
        assertTrue(dry.exiting(0).out().contains("would import 3, revoked 0, known before 0, left out 0"), dry::all);
        assertTrue(first.exiting(0).out().contains("imported 3, revoked 0, known before 0, left out 0"), first::all);
        assertTrue(again.exiting(0).out().contains("imported 0, revoked 0, known before 3, left out 0"), again::all);
        assertTrue(Files.readString(folder.resolve("results.jsonl"))
                .contains("\"serial\":\"13\",\"name\":\"unknown-13\",\"message\":\"name \\\"sensor 3\\\""));
        assertEquals(before + 3, devpki.run("device", "list").out().lines().count()); // d1, 13, a responder
        assertTrue(devpki.run("device", "show", "d2").out().contains("key-compromise"));
        devpki.run("revoke", "d1", "--reason", "superseded").exiting(0);
        devpki.run("revoke", "--serial", "13", "--reason", "superseded").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);
        assertEquals(3, published().entries().count());
        devpki.run("ocsp", "publish").exiting(0);
        devpki.run("doctor").exiting(0);
        devpki.run("audit", "verify").exiting(0);
    }

    @Test
    void strangersAreNamedAndLeftOut() throws IOException {
        adoptWithKey().exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        write("certs/other.pem", ROOT.device("d2", SerialNumber.parse("12"), List.of()));
        write("certs/below.pem", CA.intermediate("below").certificate());
        Files.writeString(
                folder.resolve("certs/cut.pem"),
                Pem.certificate(device("d3", "13")).substring(0, 200));
        Files.writeString(folder.resolve("certs/bad.der"), "no certificate");

        Finished told = bring("certs");

        assertSays(6, "other.pem, left: another CA issued it: \"cn=old-root\"", told);
        assertSays(6, "cut.pem, left: it is cut or damaged", told);
        assertSays(6, "bad.der, left: it is cut or damaged", told);
        assertSays(6, "below.pem, left: it is a CA's certificate; devpki ca import brings it", told);
        assertTrue(told.out().contains("imported 1"), told::all);
        devpki.run("device", "show", "d1").exiting(0);
    }

    @Test
    void devicesOfTwoCasWithOneSerialAreKeptApart() throws IOException {
        // given two roots with one serial, and a device of each with another
        adoptWithKey().exiting(0);
        Files.writeString(folder.resolve("root.crt"), Pem.certificate(ROOT.certificate()));
        key("root.key", "old-root", "rw-------");
        devpki.run("ca", "import", "old-root", "--cert", file("root.crt"), "--private-key", file("root.key"))
                .exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        write("roots/e1.pem", ROOT.device("e1", SerialNumber.parse("11"), List.of()));
        bring("certs").exiting(0);
        devpki.run("device", "import", file("roots"), "--ca", "old-root", "--from", "folder")
                .exiting(0);

        // when
        Finished ambiguous = devpki.run("revoke", "--serial", "11", "--reason", "superseded");
        devpki.run("revoke", "--serial", "old-root/11", "--reason", "superseded")
                .exiting(0);
        Files.writeString(folder.resolve("list.csv"), "serial\nold/11\n");
        Finished listed = devpki.run("revoke", "--from", file("list.csv"), "--dry-run");
        devpki.run("device", "mark", "--serial", "OLD/11", "shipped").exiting(2);
        devpki.run("device", "mark", "--serial", "old/0x11", "shipped").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // then
        assertSays(4, "several CAs gave serial 11: old to d1, old-root to e1", ambiguous);
        assertTrue(ambiguous.err().contains("hint: write it as old/11"), ambiguous::err);
        assertTrue(listed.exiting(0).out().contains("d1"), listed::all);
        assertEquals(0, published().entries().count());
        devpki.run("verify", file("certs/d1.pem")).exiting(0);
        assertTrue(devpki.run("verify", file("roots/e1.pem")).all().contains("revoked"));
        assertTrue(devpki.run("device", "history", "e1").out().contains("certificate.revoke"));
        String history = devpki.run("device", "history", "d1").out();
        assertTrue(history.contains("certificate.mark"), history);
        assertFalse(history.contains("certificate.revoke"), history);
        devpki.run("doctor").exiting(0);
        devpki.run("audit", "verify").exiting(0);
    }

    @Test
    void anIndexTellsOfRevocationsWhoseCertificatesAreGoneAndOfThoseThatCameLater() throws IOException {
        adoptWithKey().exiting(0);
        write("demoCA/newcerts/11.pem", device("d1", "11"));
        write("demoCA/newcerts/12.pem", device("d1", "12"));
        String live = "V\t360101000000Z\t\t11\tunknown\t/CN=d1\nV\t360101000000Z\t\t12\tunknown\t/CN=d1\n";
        String gone = """
                R\t360101000000Z\t260501000000Z,superseded\t13\tunknown\t/CN=d3
                V\t360101000000Z\t\t14\tunknown\t/CN=d4
                E\t260101000000Z\t\t15\tunknown\t/CN=d5
                """;
        Files.writeString(folder.resolve("demoCA/index.txt"), live + gone);
        String[] order = {"device", "import", file("demoCA"), "--ca", "old", "--from", "openssl"};

        // when
        Finished first = devpki.run(order);
        Files.writeString(
                folder.resolve("demoCA/index.txt"),
                live.replaceFirst("V\t360101000000Z\t", "R\t360101000000Z\t261001000000Z,keyCompromise") + gone);
        Finished later = devpki.run(order);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // then
        assertSays(6, "index.txt line 4, left: its certificate is in no file of the folder", first);
        assertTrue(first.out().contains("imported 3, revoked 1, known before 1, left out 1"), first::all);
        assertTrue(first.out().contains("names with several live certificates"), first::all);
        assertTrue(later.out().contains("imported 0, revoked 1, known before 3, left out 1"), later::all);
        assertEquals(
                List.of(
                        new RevokedEntry(
                                SerialNumber.parse("11"),
                                Instant.parse("2026-10-01T00:00:00Z"),
                                RevocationReason.KEY_COMPROMISE),
                        new RevokedEntry(SerialNumber.parse("13"), REVOKED_AT, RevocationReason.SUPERSEDED)),
                published().entries().list());
        devpki.run("doctor").exiting(0);

        // and it is no other CA's
        assertSays(
                4,
                "its certificates are of cn=old-ca; is --ca the right one?",
                devpki.run("device", "import", file("demoCA"), "--ca", "issuing-ca", "--from", "openssl"));
    }

    @Test
    void aSerialThatAnotherCaInTheSameFolderGaveTooIsNoMatch() throws IOException {
        adoptWithKey().exiting(0);
        write("demoCA/above/11.pem", ROOT.device("other", SerialNumber.parse("11"), List.of()));
        write("demoCA/above/12.pem", ROOT.device("other", SerialNumber.parse("12"), List.of()));
        write("demoCA/newcerts/11.pem", device("d1", "11"));
        Files.writeString(folder.resolve("demoCA/index.txt"), """
                V\t360101000000Z\t\t11\tunknown\t/CN=d1
                R\t360101000000Z\t260501000000Z\t12\tunknown\t/CN=d2
                """);

        devpki.run("device", "import", file("demoCA"), "--ca", "old", "--from", "openssl")
                .exiting(0);

        devpki.run("device", "show", "d1").exiting(0);
        devpki.run("device", "show", "other").exiting(3);
        devpki.run("device", "show", "unknown-12").exiting(0);
    }

    @Test
    void aHoldThatTheOldLedgerMadeARevocationForGoodIsOneHere() throws IOException {
        // given: the CRL tells of two holds, one of which has its certificate here before it was revoked for good
        Files.write(
                folder.resolve("old.crl"),
                CA.crl(CA.crlPlan(
                                1,
                                Instant.parse("2026-06-01T00:00:00Z"),
                                List.of(hold("11"), hold("12"), hold("13")),
                                List.of()))
                        .octets()
                        .toBytes()
                        .toArray());
        adoptWithKey("--crl", file("old.crl")).exiting(0);
        write("demoCA/newcerts/11.pem", device("d1", "11"));
        Files.writeString(folder.resolve("demoCA/index.txt"), """
                R\t360101000000Z\t260601000000Z,keyCompromise\t11\tunknown\t/CN=d1
                R\t360101000000Z\t260601000000Z,keyCompromise\t12\tunknown\t/CN=d2
                """);

        // when
        devpki.run("device", "import", file("demoCA"), "--ca", "old", "--from", "openssl")
                .exiting(0);
        oldCrl(2, "13"); // for good by now
        adoptWithKey("--crl", file("old.crl")).exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // then
        assertEquals(
                List.of(
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE),
                published().entries().list().stream().map(RevokedEntry::reason).toList());
    }

    private static RevokedEntry hold(String serial) {
        return new RevokedEntry(SerialNumber.parse(serial), REVOKED_AT, RevocationReason.CERTIFICATE_HOLD);
    }

    @Test
    void aRootWhoseResponderAPowerCutTookHasOneOnceItsDevicesAreImportedAgain() throws IOException {
        // given: the devices are on the ledger, the responder is not
        adoptWithKey().exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        InProcess cut = devpki.at(step -> {
            if (step == Checkpoint.Step.ISSUE_2_PLANNED) {
                throw new AssertionError("power cut");
            }
        });
        assertThrows(
                AssertionError.class,
                () -> cut.run("device", "import", file("certs"), "--ca", "old", "--from", "folder"));
        devpki.run("device", "show", "old-ocsp").exiting(3);

        bring("certs", "--dry-run").exiting(0);
        devpki.run("device", "show", "old-ocsp").exiting(3);
        bring("certs").exiting(0);

        devpki.run("device", "show", "old-ocsp").exiting(0);
    }

    @Test
    void whatHadEndedBeforeItCameIsRetiredAndNobodyIsAskedToRenewIt() throws IOException {
        clock.advance(Duration.ofDays(365 * 12)); // past the end of each device, not of the CA
        devpki.run("crl", "publish").exiting(0);
        adoptWithKey().exiting(0);
        write("certs/d1.pem", device("d1", "11"));

        bring("certs").exiting(0);

        assertEquals(
                "retired",
                StoreProof.member(devpki.run("device", "show", "d1", "--json").out(), "life")
                        .strip());
        assertFalse(devpki.run("device", "expiring").all().contains("d1"));
        devpki.run("device", "expiring").exiting(0);
    }

    @Test
    void whatIsNoFileIsToldAndNeverWaitedFor() throws IOException, InterruptedException {
        adoptWithKey().exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        assertEquals(
                0, new ProcessBuilder("mkfifo", file("certs/pipe.pem")).start().waitFor());
        Files.createSymbolicLink(folder.resolve("certs/endless.pem"), Path.of("/dev/zero"));

        Finished told = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> bring("certs"));

        assertSays(6, "pipe.pem, left: it is no file", told);
        assertSays(6, "endless.pem, left: it is no file", told);
        assertTrue(told.out().contains("imported 1"), told::all);
    }

    @Test
    void aRevokedSerialThatNoCrlCanListIsLeftOutWhereThatIsSaid() throws IOException {
        adoptWithKey().exiting(0);
        write("demoCA/newcerts/11.pem", device("d1", "11"));
        Files.writeString(folder.resolve("demoCA/index.txt"), """
                V\t360101000000Z\t\t11\tunknown\t/CN=d1
                R\t360101000000Z\t260501000000Z\t00\tunknown\t/CN=d2
                R\t360101000000Z\t260501000000Z\t%s\tunknown\t/CN=d3
                """.formatted("f".repeat(42)));
        String[] order = {
            "device", "import", file("demoCA"), "--ca", "old", "--from", "openssl", "--leave-out", "f".repeat(42)
        };

        assertSays(4, "1 revoked certificates of", devpki.run(order));
        order[order.length - 1] = "00," + "f".repeat(42);
        devpki.run(order).exiting(6);

        devpki.run("device", "show", "d1").exiting(0);
        assertTrue(devpki.run("audit", "list").out().contains("certificate.leave-out"));
    }

    @Test
    void aDeviceIsNotRenewedUnderANameThatIsNotItsOwnNorWithoutOneOfItsAlternativeNames() throws IOException {
        // given
        adoptWithKey().exiting(0);
        write("certs/odd.pem", device("sensor 3", "13"));
        Tool openssl = Tool.in(folder);
        openssl.run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "d1.key")
                .exiting(0);
        openssl.run("openssl", "req", "-new", "-key", "d1.key", "-subj", "/CN=d1", "-out", "d1.csr")
                .exiting(0);
        Files.writeString(folder.resolve("ext"), """
                subjectAltName=DNS:d1.acme.example,email:d1@acme.example
                authorityKeyIdentifier=keyid
                subjectKeyIdentifier=hash
                """);
        openssl.run(
                        "openssl",
                        "x509",
                        "-req",
                        "-in",
                        "d1.csr",
                        "-CA",
                        "ca.crt",
                        "-CAkey",
                        "ca.key",
                        "-set_serial",
                        "0x14",
                        "-days",
                        "30",
                        "-extfile",
                        "ext",
                        "-out",
                        "certs/d1.pem")
                .exiting(0);
        bring("certs").exiting(0);

        // when
        Finished odd = devpki.run("device", "renew", "unknown-13", "--out", file("out"));
        Finished replaced =
                devpki.run("device", "replace", "unknown-13", "--reason", "superseded", "--out", file("out"));
        Finished mailed = devpki.run("device", "renew", "d1", "--out", file("out"));
        devpki.run("device", "waves", "--within", "10000d", "--waves", "1", "--out", file("waves"))
                .exiting(0);

        // then
        assertSays(5, "unknown-13 stands in the ledger for a name that no device may have", odd);
        assertSays(5, "unknown-13 stands in the ledger for a name that no device may have", replaced);
        assertSays(5, "has alternative name \"general name of kind 1\", and only dns, ip and uri", mailed);
        String wave = Files.readString(folder.resolve("waves/wave-1.csv"));
        assertTrue(wave.contains("d1,14") && !wave.contains("unknown"), wave);
    }
}
