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
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Requests;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A device's certificate ends, and another one follows: renewed, with a new key, or for another device. */
@Tag("story")
class RenewalStoriesTest extends RenewalFixture {
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
}
