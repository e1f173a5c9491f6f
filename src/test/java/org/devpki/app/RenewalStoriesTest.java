package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.Requests;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A device's certificate ends, and another one follows: renewed, with a new key, or for another device. */
@Tag("story")
class RenewalStoriesTest {
    private static final String START = "2026-11-27T12:00:00Z";

    @TempDir
    private static Path template;

    private static TestStore made;

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private InProcess devpki;

    @BeforeAll
    static void makeAStore() {
        made = TestStore.in(template, FixedClock.at(START));
    }

    @BeforeEach
    void copyTheStore() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse");
        made.copyTo(folder, clock);
        devpki = InProcess.in(folder).at(clock);
    }

    private String out(String name) {
        return folder.resolve(name).toString();
    }

    private String issue(String name, String... more) {
        return serial(run(0, List.of("issue", name, "--not-after", "90d", "--out", out("out"), "--json"), more));
    }

    private Finished renew(int exit, String name, String... more) {
        return run(exit, List.of("device", "renew", name, "--out", out("renewed"), "--json"), more);
    }

    private Finished replace(int exit, String name, String reason, String... more) {
        return run(
                exit, List.of("device", "replace", name, "--reason", reason, "--out", out("replaced"), "--json"), more);
    }

    private Finished run(int exit, List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return devpki.run(all.toArray(String[]::new)).exiting(exit);
    }

    private static String serial(Finished finished) {
        return member(finished, "serial");
    }

    private static String member(Finished finished, String name) {
        return StoreProof.member(finished.out(), name).strip();
    }

    private static void assertRefused(Finished finished, String sentence) {
        assertTrue(finished.err().contains(sentence), finished::all);
    }

    /** Serials of a name's certificates, the oldest first, each with how it stands. */
    private List<String> standings(String name) {
        return devpki.run("device", "list", "--prefix", name, "--jsonl")
                .exiting(0)
                .out()
                .lines()
                .filter(line -> StoreProof.member(line, "name").equals(name))
                .map(line -> StoreProof.member(line, "origin") + " " + StoreProof.member(line, "status"))
                .toList();
    }

    // device renew

    @Test
    void aRenewalKeepsTheKeyAndStandsBesideTheOldCertificateUntilThatEnds() throws IOException {
        // given
        String old = issue("d1");

        // when
        Finished renewed = renew(0, "d1", "--format", "pem");
        Finished again = renew(0, "d1", "--format", "pem");

        // then
        assertEquals("renewed", member(renewed, "origin"));
        assertEquals(old, member(renewed, "follows"));
        assertEquals("false", member(renewed, "keyMadeHere"));
        assertEquals("false", member(again, "changed"));
        assertEquals(serial(renewed), serial(again));
        assertEquals(List.of("issued valid", "renewed valid"), standings("d1"));
        assertFalse(Files.exists(folder.resolve("renewed/d1/key.pem")));
        String history =
                devpki.run("device", "history", "d1", "--json").exiting(0).out();
        List<String> keys = history.lines()
                .filter(line -> line.contains("\"keySha256\""))
                .map(String::strip)
                .distinct()
                .toList();
        assertEquals(1, keys.size(), history);
        devpki.run("verify", folder.resolve("renewed/d1/cert.pem").toString()).exiting(0);
        devpki.run("doctor").exiting(0);
        devpki.run("audit", "verify").exiting(0);
    }

    @Test
    void theSameCommandRenewsAgainInTheSecondHalfOfTheRenewalsLife() {
        issue("d1");
        clock.advance(Duration.ofDays(80));
        String first = serial(renew(0, "d1", "--not-after", "90d"));

        clock.advance(Duration.ofDays(44)); // the very first has ended
        String second = serial(renew(0, "d1", "--not-after", "90d"));
        clock.advance(Duration.ofDays(2));
        Finished third = renew(0, "d1", "--not-after", "90d", "--force");

        assertEquals(first, second);
        assertEquals(first, member(third, "follows"));
        assertEquals(List.of("issued expired", "renewed valid", "renewed valid"), standings("d1"));
    }

    @Test
    void anotherOrderForTheSameRenewalIsAConflictAndSoIsAThirdLiveCertificate() {
        issue("d1");
        String renewed = serial(renew(0, "d1"));

        Finished rekeyed = renew(4, "d1", "--rekey");
        Finished third = renew(4, "d1", "--serial", renewed);

        assertRefused(rekeyed, "d1 has certificate " + renewed + " already, made by a different order to follow ");
        assertRefused(third, "there are two at a time, and no more");
        assertEquals(List.of("issued valid", "renewed valid"), standings("d1"));
    }

    @Test
    void aNewKeyComesByRekeyOrByARequest() throws IOException {
        // given
        String old = issue("d1");
        issue("d2");
        Path csr = folder.resolve("d2.csr");
        Files.write(csr, Requests.of("CN=d2").der().toArray());

        // when
        Finished rekeyed = renew(0, "d1", "--rekey", "--format", "pem");
        Finished again = renew(0, "d1", "--rekey", "--format", "pem");
        Finished requested = renew(0, "d2", "--csr", csr.toString());

        // then
        assertEquals("rekeyed", member(rekeyed, "origin"));
        assertEquals(old, member(rekeyed, "follows"));
        assertEquals(serial(rekeyed), serial(again));
        assertTrue(Files.exists(folder.resolve("renewed/d1/key.pem")));
        assertEquals("rekeyed", member(requested, "origin"));
        assertEquals("false", member(requested, "keyMadeHere"));
        assertRefused(renew(2, "d1", "--key", "P-384", "--serial", old), "--key goes with a new key");
    }

    @Test
    void anExpiredCertificateIsRenewedARevokedOneIsNot() {
        issue("late");
        issue("gone");
        issue("held");
        issue("old");
        devpki.run("revoke", "gone", "--reason", "superseded").exiting(0);
        devpki.run("revoke", "held", "--reason", "certificate-hold").exiting(0);
        devpki.run("device", "mark", "old", "retired").exiting(0);
        clock.advance(Duration.ofDays(91));

        assertEquals("renewed", member(renew(0, "late"), "origin"));
        assertRefused(renew(5, "gone"), "is revoked for superseded, and is not renewed");
        assertRefused(renew(4, "held"), "is on hold");
        assertRefused(renew(5, "old"), "old is retired, and is not renewed");
        assertRefused(renew(3, "nobody"), "there is no certificate named ");
        assertRefused(renew(3, "issuing-ca"), "there is no certificate named ");
    }

    @Test
    void aKeyInWrongHandsIsNotCertifiedAgain() {
        String old = issue("d1");
        clock.advance(Duration.ofDays(80));
        String renewed = serial(renew(0, "d1"));
        clock.advance(Duration.ofDays(11)); // the old one has ended, and is not revoked
        devpki.run("revoke", "--serial", renewed, "--reason", "key-compromise").exiting(0);

        Finished refused = renew(5, "d1", "--force");

        assertRefused(refused, "the key of d1 is in wrong hands: certificate " + renewed);
        assertEquals("rekeyed", member(renew(0, "d1", "--rekey", "--force"), "origin"));
        assertNotEquals(old, renewed);
    }

    @Test
    void aKeyThatGetsIntoWrongHandsWhileTheNameIsWaitedForIsNotCertifiedAgain() {
        issue("d1");
        InProcess slow = devpki.at(
                Checkpoint.Step.ISSUE_1_LOCKED,
                () -> InProcess.in(folder)
                        .at(clock)
                        .run("revoke", "d1", "--reason", "key-compromise")
                        .exiting(0));

        Finished refused =
                slow.run("device", "renew", "d1", "--out", out("renewed")).exiting(5);

        assertRefused(refused, "is revoked for key-compromise, and is not renewed");
        assertEquals(List.of("issued revoked"), standings("d1"));
    }

    @Test
    void aRenewalThatIsThereStaysTheAnswerOnceTheOldCertificateIsRevoked() {
        String old = issue("d1");
        String renewed = serial(renew(0, "d1"));
        devpki.run("revoke", "--serial", old, "--reason", "superseded").exiting(0);

        Finished again = renew(0, "d1");
        Finished named = renew(0, "d1", "--serial", old);

        assertEquals(List.of(renewed, renewed), List.of(serial(again), serial(named)));
        assertEquals("false", member(named, "changed"));
        assertRefused(renew(5, "d1", "--serial", old, "--not-after", "20d"), "is revoked for superseded");
    }

    @Test
    void aDeviceOfACaThatWasSucceededIsRenewedByTheSuccessor() {
        issue("d1");
        devpki.run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2").exiting(0);
        devpki.run("ca", "retire", "issuing-ca").exiting(0);

        Finished renewed = renew(0, "d1");

        assertEquals("issuing-ca-2", member(renewed, "ca"));
        assertEquals(serial(renewed), serial(renew(0, "d1")));
        assertRefused(renew(2, "d1", "--profile", "issuing-ca"), "is not for devices");
    }

    @Test
    void alternativeNamesAndProfileAreThoseOfBefore() throws IOException, CertificateException {
        run(
                0,
                List.of("issue", "mqtt.acme.example", "--profile", "broker-server", "--out", out("out")),
                "--san",
                "dns:mqtt.acme.example",
                "--san",
                "ip:192.0.2.7");
        run(
                0,
                List.of("issue", "b2", "--profile", "broker-server", "--out", out("out")),
                "--san",
                "dns:b2.acme.example");

        Finished renewed = renew(0, "mqtt.acme.example");

        assertEquals("broker-server", member(renewed, "profile"));
        assertEquals(names("out"), names("renewed"));
        assertEquals(2, names("renewed").size());
        assertRefused(
                renew(5, "b2", "--profile", "device-mqtt"),
                "has alternative name dns:b2.acme.example, of a kind that profile ");
    }

    private List<List<?>> names(String out) throws IOException, CertificateException {
        try (InputStream pem = Files.newInputStream(folder.resolve(out).resolve("mqtt.acme.example/cert.pem"))) {
            return List.copyOf(
                    ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem))
                            .getSubjectAlternativeNames());
        }
    }

    // What the chip has.

    @Test
    void aKeyInTheChipStaysThereAndTheFilesKnowTheChip() {
        run(
                0,
                List.of("issue", "d1", "--profile", "device-mqtt", "--target", "esp32h2", "--key-home", "ecdsa"),
                "--out",
                out("out"));

        assertRefused(
                renew(4, "d1", "--target", "esp32p4"),
                "the device's key is in an image for ESP32-H2, not for ESP32-P4");
        Finished renewed = renew(0, "d1");

        assertEquals("esp32h2", member(renewed, "target"));
        assertEquals("ecdsa", member(renewed, "keyHome"));
        assertTrue(Files.exists(folder.resolve("renewed/d1/esp_secure_cert.bin"))); // which holds no key
        assertRefused(renew(5, "d1", "--rekey"), "bound to eFuse KEY1, which is burned for good");
        devpki.run("status").exiting(0);
    }

    @Test
    void anImageThatHoldsTheKeyIsNotMadeWithoutIt() {
        run(0, List.of("issue", "flash", "--target", "esp32c3", "--format", "esp-secure-cert"), "--out", out("out"));
        run(0, List.of("issue", "hmac", "--target", "esp32c3", "--key-home", "hmac", "--out", out("out")));

        assertRefused(
                renew(2, "flash", "--format", "esp-secure-cert"), "the image holds the private key, which is not here");
        assertRefused(
                renew(2, "hmac", "--format", "esp-secure-cert"),
                "key home hmac needs the private key, which only the device has");
        assertEquals("false", member(renew(0, "hmac"), "keyMadeHere"));
        assertEquals("hmac", member(renew(0, "hmac"), "keyHome"));
        assertTrue(Files.exists(folder.resolve("renewed/hmac/client_crt.pem")));
        renew(0, "flash", "--format", "nvs");
        assertTrue(Files.exists(folder.resolve("renewed/flash/nvs.bin")));
    }

    // device replace

    @Test
    void aReplacementHasANewKeyAndEndsWhatWasThere() {
        issue("d1");
        renew(0, "d1");

        Finished replaced = replace(0, "d1", "superseded");
        Finished again = replace(0, "d1", "superseded");

        assertEquals("replaced", member(replaced, "origin"));
        assertEquals("true", member(replaced, "changed"));
        assertEquals("false", member(again, "changed"));
        assertEquals(List.of("issued revoked", "renewed revoked", "replaced valid"), standings("d1"));
        assertRefused(replace(2, "d1", "certificate-hold"), "what is replaced is revoked for good");
    }

    @Test
    void aRevokedDeviceIsReplacedAndTheReplacementReplacedByNamingIt() {
        issue("d1");
        devpki.run("revoke", "d1", "--reason", "key-compromise").exiting(0);

        String first = serial(replace(0, "d1", "key-compromise"));
        String second = serial(replace(0, "d1", "superseded", "--serial", first, "--force"));

        assertNotEquals(first, second);
        assertEquals(List.of("issued revoked", "replaced revoked", "replaced valid"), standings("d1"));
    }

    @Test
    void aReplacementThatIsStolenIsReplacedAndRevoked() {
        issue("d1");
        String first = serial(replace(0, "d1", "superseded"));

        Finished stolen = replace(0, "d1", "key-compromise", "--force");
        Finished again = replace(0, "d1", "key-compromise", "--force");

        assertEquals(first, member(stolen, "follows"));
        assertEquals(serial(stolen), serial(again));
        assertEquals("false", member(again, "changed"));
        assertEquals(List.of("issued revoked", "replaced revoked", "replaced valid"), standings("d1"));
    }

    @Test
    void anotherReasonIsAnotherReplacement() {
        issue("d1");
        devpki.run("revoke", "d1", "--reason", "superseded").exiting(0);
        clock.advance(Duration.ofMinutes(1));
        String first = serial(replace(0, "d1", "cessation-of-operation"));

        assertRefused(replace(4, "d1", "key-compromise"), "d1 has certificate " + first + " already");
        assertEquals("false", member(replace(0, "d1", "cessation-of-operation"), "changed"));
    }

    @Test
    void aReplacementEndsWhatTheNameHadByTheCaBefore() {
        issue("d1");
        devpki.run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2").exiting(0);
        renew(0, "d1");

        replace(0, "d1", "superseded");

        assertEquals(List.of("issued revoked", "renewed revoked", "replaced valid"), standings("d1"));
    }

    @ParameterizedTest(name = "{0}: killed while issuing, {1}")
    @CsvSource({"key-compromise, issued revoked", "superseded, issued valid"})
    void aStolenKeyIsRevokedBeforeAndABrokenDeviceServesUntilTheNewOneIsThere(String reason, String standing) {
        issue("d1");

        InProcess killed = devpki.at(Checkpoint.Step.ISSUE_2_PLANNED, () -> {
            throw new IllegalStateException("killed");
        });
        assertNotEquals(
                0,
                killed.run("device", "replace", "d1", "--reason", reason, "--out", out("replaced"))
                        .exit());
        List<String> before = standings("d1");
        replace(0, "d1", reason);

        assertEquals(List.of(standing), before);
        assertEquals(List.of("issued revoked", "replaced valid"), standings("d1"));
    }

    @Test
    void anOrderThatCannotBeCarriedOutRevokesNothing() {
        issue("d1");

        replace(5, "d1", "key-compromise", "--key", "RSA-2048", "--target", "esp32", "--key-home", "ds");

        assertEquals(List.of("issued valid"), standings("d1"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Checkpoint.Step.class,
            names = {
                "ISSUE_2_PLANNED",
                "ISSUE_3_RESERVED",
                "ISSUE_4_SIGNED",
                "ISSUE_5_RECORDED",
                "ISSUE_6_FILES_WRITTEN",
                "ISSUE_7_RENAMED",
                "ISSUE_8_DELIVERED"
            })
    void aRenewalThatWasCutShortIsEndedByTheSameCommand(Checkpoint.Step step) {
        issue("d1");

        InProcess killed = devpki.at(step, () -> {
            throw new IllegalStateException("killed");
        });
        assertNotEquals(
                0,
                killed.run("device", "renew", "d1", "--rekey", "--out", out("renewed"))
                        .exit());
        renew(0, "d1", "--rekey");

        assertEquals(
                List.of("issued valid", "rekeyed valid"),
                standings("d1").stream()
                        .filter(standing -> !standing.endsWith("revoked") && !standing.endsWith("refused"))
                        .toList());
        assertEquals("false", member(renew(0, "d1", "--rekey"), "changed"));
    }

    // Names that have two.

    @Test
    void revokingADeviceByNameRevokesItsCertificateAndTheRenewal() {
        issue("d1");
        issue("d2");
        issue("d3");
        renew(0, "d1");
        renew(0, "d2");
        renew(0, "d3");

        Finished one = devpki.run("revoke", "d1", "--reason", "key-compromise").exiting(0);
        devpki.feeding(Bytes.utf8("d2\n"))
                .run("revoke", "--from", "-", "--yes", "--reason", "key-compromise")
                .exiting(0);
        devpki.run("bundle", "export", "d3", "--format", "der", "--out", out("packed"))
                .exiting(0);

        assertEquals(
                2,
                one.out()
                        .lines()
                        .filter(line -> line.startsWith("revoked d1, serial "))
                        .count());
        assertEquals(List.of("issued revoked", "renewed revoked"), standings("d1"));
        assertEquals(List.of("issued revoked", "renewed revoked"), standings("d2"));
    }

    @Test
    void aKeyInWrongHandsTakesAllItsCertificatesWithIt() {
        // given
        String d1 = issue("d1", "--batch", "B1");
        String d2 = issue("d2", "--batch", "B1");
        issue("d3");
        String rekeyed = serial(renew(0, "d3", "--rekey"));
        renew(0, "d1");
        renew(0, "d2");

        // when
        Finished one = devpki.run("revoke", "--serial", d1, "--reason", "key-compromise")
                .exiting(0);
        devpki.run("revoke", "--batch", "B1", "--reason", "key-compromise", "--max", "1", "--yes")
                .exiting(5);
        devpki.run("revoke", "--serial", d2, "--reason", "superseded", "--dry-run")
                .exiting(0);
        Finished batch = devpki.run("revoke", "--batch", "B1", "--reason", "key-compromise", "--yes")
                .exiting(0);
        devpki.run("revoke", "--serial", rekeyed, "--reason", "key-compromise").exiting(0);

        // then
        assertTrue(one.out().contains("revoked d1, serial " + d1), one.out());
        assertTrue(batch.out().contains("of these, 1 for the key of another"), batch.out());
        assertEquals(List.of("issued revoked", "renewed revoked"), standings("d1"));
        assertEquals(List.of("issued revoked", "renewed revoked"), standings("d2"));
        assertEquals(List.of("issued valid", "rekeyed revoked"), standings("d3"));
    }

    // device history

    @Test
    void theHistoryTellsWhatFollowedWhatAndWhatTheAuditHas() {
        String old = issue("d1");
        String stranger = issue("stranger");
        String renewed = serial(renew(0, "d1"));
        devpki.run("device", "mark", "d1", "in-field").exiting(0);
        replace(0, "d1", "key-compromise");

        String text = devpki.run("device", "history", "d1").exiting(0).out();
        String brief =
                devpki.run("device", "history", "d1", "--no-audit").exiting(0).out();

        assertTrue(text.contains(" renewed " + renewed + " after " + old + " by issuing-ca"), text);
        assertTrue(text.contains("device revoked, marked at " + START), text);
        assertTrue(text.contains("for key-compromise"), text);
        assertTrue(text.contains("certificate.mark " + renewed + " ca=issuing-ca state=in-field"), text);
        assertTrue(text.contains(" renewed=" + old), text);
        assertFalse(text.contains("stranger") || text.contains(stranger), text);
        assertFalse(brief.contains("certificate.mark"), brief);
        devpki.run("device", "history", "nobody").exiting(3);
    }

    // device expiring, status

    @Test
    void whatEndsCountsUntilALaterCertificateStandsInForIt() {
        issue("d1");
        issue("d2");
        run(0, List.of("issue", "d3", "--not-after", "20d", "--batch", "B1", "--out", out("out")));

        devpki.run("device", "expiring", "--within", "10d").exiting(0);
        Finished soon = devpki.run("device", "expiring", "--by", "batch").exiting(10);
        devpki.run("status").exiting(10);
        clock.advance(Duration.ofDays(21));
        Finished late =
                devpki.run("device", "expiring", "--within", "90d", "--json").exiting(11);
        Finished lines =
                devpki.run("device", "expiring", "--within", "90d", "--jsonl").exiting(11);
        Finished status = InProcess.in(folder).at(clock).run("status").exiting(11);

        assertTrue(soon.out().contains("0 expired, 1 end within 30d"), soon.out());
        assertTrue(soon.out().contains("B1"), soon.out());
        assertEquals("1", member(late, "expired"));
        assertEquals("2", member(late, "due"));
        assertTrue(late.out().contains("\"month\" : \"2027-02\""), late.out());
        assertEquals(
                List.of("d3", "d1", "d2"),
                lines.out().lines().map(line -> StoreProof.member(line, "name")).toList());
        assertTrue(
                status.out().contains("devices without a later certificate: 1 expired, 0 end within 30d"),
                status.out());

        renew(0, "d3");
        devpki.run("revoke", "d1", "--reason", "cessation-of-operation").exiting(0);
        devpki.run("device", "mark", "d2", "retired").exiting(0);
        devpki.run("device", "expiring", "--within", "90d").exiting(0);
    }

    @Test
    void aCaThatWasSignedForSomebodyElseIsNoDevice() throws IOException {
        Path csr = folder.resolve("plant.csr");
        Files.write(csr, Requests.of("CN=plant").der().toArray());
        devpki.run(
                        "ca",
                        "sign",
                        csr.toString(),
                        "--issuer",
                        "root-ca",
                        "--name",
                        "plant",
                        "--not-after",
                        "20d",
                        "--out",
                        out("plant.pem"))
                .exiting(0);

        devpki.run("device", "expiring").exiting(0);
        devpki.run("device", "waves", "--within", "30d", "--waves", "1", "--out", out("waves"))
                .exiting(0);

        assertEquals(List.of(), rows("waves/wave-1.csv"));
    }

    @Test
    void aRenewalThatEndsWithItsCaStandsInForTheOneBefore() {
        devpki.run("ca", "create", "short", "--parent", "root-ca", "--not-after", "20d")
                .exiting(0);
        run(0, List.of("issue", "d1", "--ca", "short", "--not-after", "ca", "--out", out("out")));
        renew(0, "d1", "--not-after", "ca");

        Finished soon = devpki.run("device", "expiring", "--json").exiting(10);

        assertEquals("1", member(soon, "due"));
    }

    @Test
    void aRenewalOfAnotherProfileStandsInToo() {
        issue("d1", "--profile", "device-mqtt");
        renew(0, "d1", "--profile", "device-idevid", "--not-after", "9999");
        clock.advance(Duration.ofDays(80));

        devpki.run("device", "expiring").exiting(0);
    }

    // device waves, batch renew

    @Test
    void wavesAreRenewedBatchByBatch() throws IOException {
        // given
        StringBuilder list = new StringBuilder("name,not_after\n");
        for (int i = 0; i < 12; i++) {
            list.append("w").append(i).append(',').append(i < 6 ? "10d" : "28d").append('\n');
        }
        devpki.feeding(Bytes.utf8(list.toString()))
                .run("batch", "run", "-", "--batch", "B1", "--out", out("out"))
                .exiting(0);
        String[] waves = {"device", "waves", "--within", "30d", "--waves", "3", "--out", out("waves"), "--json"};

        // when
        Finished refused = devpki.run(
                        "device", "waves", "--within", "30d", "--waves", "3", "--per-wave", "5", "--out", out("waves"))
                .exiting(5);
        Finished planned = devpki.run(waves).exiting(0);
        Finished again = devpki.run(waves).exiting(0);
        String[] first = {"batch", "renew", out("waves/wave-1.csv"), "--batch", "R1", "--out", out("renewed"), "--json"
        };
        Finished dry = devpki.run(
                        "batch",
                        "renew",
                        out("waves/wave-1.csv"),
                        "--batch",
                        "R1",
                        "--out",
                        out("renewed"),
                        "--dry-run")
                .exiting(0);
        Finished renewed = devpki.run(first).exiting(0);
        Finished unchanged = devpki.run(first).exiting(0);

        // then those that end on the tenth day can only be in the first wave
        assertRefused(refused, "a wave would have 6 devices, over the 5 of --per-wave");
        assertEquals("12", member(planned, "devices"));
        assertEquals("false", member(again, "changed"));
        assertEquals(6, rows("waves/wave-1.csv").size());
        assertEquals(6, rows("waves/wave-2.csv").size());
        assertTrue(dry.out().contains("6 are new"), dry.out());
        assertEquals("6", member(renewed, "issued"));
        assertEquals("6", member(unchanged, "unchanged"));
        assertEquals("6", member(devpki.run("device", "expiring", "--json").exiting(10), "due"));
        assertRefused(
                devpki.run("batch", "run", out("waves/wave-1.csv"), "--batch", "R1", "--out", out("x"))
                        .exiting(4),
                "R1");
        devpki.run("device", "waves", "--within", "30d", "--waves", "3", "--out", out("waves"))
                .exiting(4); // it is another plan now
        devpki.run("batch", "manifest", "R1", "--from", out("renewed")).exiting(0);
        devpki.run("doctor").exiting(0);
    }

    private List<String> rows(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file)).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("name"))
                .toList();
    }

    @Test
    void aRowOfARenewalThatIsRefusedStopsNoOther() {
        String d1 = issue("d1");
        issue("d2");
        Finished looked = devpki.feeding(Bytes.utf8("name,renews\nd1," + d1 + "\nd2," + d1 + "\n"))
                .run("batch", "renew", "-", "--batch", "R1", "--out", out("renewed"))
                .exiting(3);

        assertRefused(looked, "line 3: d2 has no certificate with serial " + d1);
        assertEquals(List.of("issued valid"), standings("d1"));
    }

    @Test
    void whatBecameOfADeviceStopsNoOtherOfItsWave() {
        // given
        for (String name : List.of("gone", "old", "other", "good")) {
            issue(name);
        }
        devpki.run("revoke", "gone", "--reason", "superseded").exiting(0);
        devpki.run("device", "mark", "old", "retired").exiting(0);
        renew(0, "other", "--rekey");
        InProcess feeding = devpki.feeding(Bytes.utf8("name\ngone\nold\nother\ngood\n"));
        String[] renew = {"batch", "renew", "-", "--batch", "R1", "--out", out("wave")};

        // when
        Finished dry = feeding.run("batch", "renew", "-", "--batch", "R1", "--out", out("wave"), "--dry-run")
                .exiting(0);
        Finished renewed = feeding.run(renew).exiting(6);

        // then
        assertTrue(dry.out().contains("1 of 4 rows can be issued: 1 are new"), dry.out());
        assertTrue(renewed.out().contains("1 issued, 0 done before, 3 failed"), renewed.out());
        assertRefused(renewed, "line 3, old: old is retired, and is not renewed");
        assertEquals(List.of("issued valid", "renewed valid"), standings("good"));
    }
}
