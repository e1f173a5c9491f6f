package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole commands at a clock of the test's choosing: what happens over days, and when something is missing. */
@Tag("story")
class StoriesTest {
    private static final Pattern SERIAL = Pattern.compile("serial ([0-9a-f]{32})");

    @TempDir
    Path folder;

    private final FixedClock clock = FixedClock.at("2026-11-22T12:00:00Z");
    private InProcess devpki;

    @BeforeEach
    void aStore() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        devpki = InProcess.in(folder).at(clock);
        run(
                "init",
                "--org",
                "Acme",
                "--root-key",
                "P-256",
                "--crl-url",
                "http://crl.acme.example",
                "--ocsp-url",
                "http://ocsp.acme.example");
    }

    // Publishing.

    @Test
    void aHookRunsAfterAChangeThatARunWithoutHooksMade() {
        issue("d1");
        run("revoke", "d1");
        run("crl", "publish");
        Path told = folder.resolve("told");

        run("crl", "publish", "--if-needed", "--hook", "touch " + told);

        assertTrue(Files.exists(told));
    }

    @Test
    void aHookRunsOnceForAChange() throws IOException {
        issue("d1");
        run("revoke", "d1");
        Path told = folder.resolve("told");
        String hook = "echo x >> " + told;

        run("crl", "publish", "--if-needed", "--hook", hook);
        run("crl", "publish", "--if-needed", "--hook", hook);

        assertEquals("x\n", Files.readString(told));
    }

    @Test
    void aRevocationUnderASlowerClockIsPublishedToo() {
        String serial = issue("d1");
        clock.advance(Duration.ofMinutes(1));
        run("crl", "publish");
        clock.advance(Duration.ofMinutes(-1));
        run("revoke", "d1");

        devpki.run("crl", "check").exiting(10);
        run("crl", "publish", "--if-needed");

        assertTrue(run("crl", "show", "issuing-ca").out().contains(serial));
    }

    @Test
    void aClockThatWasAheadDropsNoEntry() {
        String serial = issue("d1", "--not-after", "100d");
        run("revoke", "d1");
        clock.advance(Duration.ofDays(200));
        run("crl", "publish");
        clock.advance(Duration.ofDays(-200));
        run("doctor", "--repair");

        run("crl", "publish");

        assertTrue(run("crl", "show", "issuing-ca").out().contains(serial));
    }

    @Test
    void anExpiredEntryStaysForOneMoreCrl() {
        String serial = issue("d1", "--not-after", "10d");
        run("revoke", "d1");
        run("crl", "publish");
        clock.advance(Duration.ofDays(11));

        run("crl", "publish");
        boolean isOnFirst = run("crl", "show", "issuing-ca").out().contains(serial);
        clock.advance(Duration.ofDays(1));
        run("crl", "publish");

        assertTrue(isOnFirst);
        assertFalse(run("crl", "show", "issuing-ca").out().contains(serial));
    }

    @Test
    void aRestoredBackupTakesBackTheHoldThatIsOnTheShelf() throws IOException {
        String serial = issue("d1");
        run("store", "backup", path("backup.zip"));
        clock.advance(Duration.ofMinutes(5));
        run("revoke", "d1", "--reason", "certificate-hold");
        run("crl", "publish", "--dir", path("shelf"));
        Files.move(folder.resolve("pki"), folder.resolve("lost"));
        run("store", "restore", path("backup.zip"));

        Finished published = run("crl", "publish", "--dir", path("shelf"));

        assertTrue(published.err().contains("which the ledger did not know: 1 revoked"), published::err);
        assertTrue(run("crl", "show", path("shelf/issuing-ca.crl")).out().contains(serial + "  "));
        assertTrue(run("device", "show", "d1").out().contains("held"));
    }

    @Test
    void aRestoredBackupTakesBackWhatItNeverKnewAndNeverCallsItGood() throws IOException {
        run("store", "backup", path("backup.zip"));
        clock.advance(Duration.ofMinutes(5));
        String serial = issue("d2");
        run("revoke", "d2", "--reason", "key-compromise");
        run("crl", "publish", "--dir", path("shelf"));
        String before = number("issuing-ca");
        Files.move(folder.resolve("pki"), folder.resolve("lost"));
        run("store", "restore", path("backup.zip"));

        run("crl", "publish", "--dir", path("shelf"), "--if-needed");

        assertTrue(run("crl", "show", path("shelf/issuing-ca.crl")).out().contains(serial + "  "));
        assertTrue(number("issuing-ca").compareTo(before) > 0);
        assertTrue(run("device", "show", "unknown-" + serial).out().contains("revoked"));
        run("audit", "verify");
        run("doctor");
    }

    @Test
    void whatLeavesTheMainCrlForItsShardIsNoForgottenRevocationWhateverTheIdpSaid() throws IOException {
        setting("shards: 0", "shards: 1");
        setting("idp: auto", "idp: always");
        String serial = issue("d1");
        run("revoke", "d1");
        run("crl", "publish");
        assertTrue(run("crl", "show", "issuing-ca").out().contains(serial));
        setting("complete: true", "complete: false");

        run("crl", "publish");

        assertFalse(run("crl", "show", "issuing-ca").out().contains(serial));
        assertTrue(run("crl", "show", "issuing-ca.1").out().contains(serial));
    }

    private void setting(String before, String after) throws IOException {
        Path settings = folder.resolve("pki/devpki.yaml");
        String text = Files.readString(settings);
        assertTrue(text.contains(before), text);
        Files.writeString(settings, text.replace(before, after));
    }

    @Test
    void aForcedPublicationNeedsAReasonWhichTheAuditKeeps() throws IOException {
        String serial = issue("d1");
        run("store", "backup", path("backup.zip"));
        clock.advance(Duration.ofMinutes(5));
        run("revoke", "d1");
        run("crl", "publish", "--dir", path("shelf"));
        Files.move(folder.resolve("pki"), folder.resolve("lost"));
        run("store", "restore", path("backup.zip"));

        devpki.run("crl", "publish", "--dir", path("shelf"), "--force").exiting(2);
        run("crl", "publish", "--dir", path("shelf"), "--force", "--reason", "d1 was revoked by mistake");

        assertFalse(run("crl", "show", path("shelf/issuing-ca.crl")).out().contains(serial));
        assertTrue(run("audit", "list").out().contains("d1 was revoked by mistake"));
    }

    @Test
    void aReleasedHoldLeavesTheCrl() {
        String serial = issue("d1");
        run("revoke", "d1", "--reason", "certificate-hold");
        run("crl", "publish");
        run("device", "release", "d1");

        run("crl", "publish", "--if-needed");

        assertFalse(run("crl", "show", "issuing-ca").out().contains(serial));
    }

    @Test
    void aCaWithoutItsKeyKeepsNoOtherFromPublishing() throws IOException {
        Files.delete(folder.resolve("pki/keys/root-ca.key.pem"));
        clock.advance(Duration.ofDays(4));
        String before = number("issuing-ca");

        devpki.run("crl", "publish", "--if-needed").exiting(9);

        assertNotEquals(before, number("issuing-ca"));
    }

    @Test
    void theStoresOwnShelfIsKeptBesideAnother() {
        run("crl", "publish", "--dir", path("shelf"));
        clock.advance(Duration.ofDays(6));
        run("crl", "publish", "--if-needed", "--dir", path("shelf"));
        clock.advance(Duration.ofDays(2));

        run("crl", "check", "--min-remaining", "1d");
        run("crl", "check", "--min-remaining", "1d", "--dir", path("shelf"));
    }

    @Test
    void aRevokedResponderHoldsUpNoCrlAndAnswersNoMore() throws IOException {
        Path settings = folder.resolve("pki/devpki.yaml");
        Files.writeString(settings, Files.readString(settings).replace("idp: auto", "idp: always"));
        issue("d1");
        String before = responder();

        run("revoke", "issuing-ca-ocsp", "--reason", "key-compromise");
        run("crl", "publish");
        answer("d1");

        assertNotEquals(before.replace("valid  ", "revoked"), responder());
    }

    // The responder.

    @Test
    void aRenewalThatFailsLeavesTheOldResponder() throws IOException {
        issue("d1");
        Bytes request = request("d1");
        Files.delete(folder.resolve("pki/keys/issuing-ca.key.pem"));
        clock.advance(Duration.ofDays(8));

        Finished answered = devpki.feeding(request).run("ocsp", "respond").exiting(0);

        assertTrue(shown(answered.outOctets()).contains(": good"));
        assertTrue(answered.err().contains("cannot be renewed yet"), answered::err);
    }

    @Test
    void aResponderIsRenewedAfterHalfItsLife() {
        issue("d1");
        String before = responder();
        clock.advance(Duration.ofDays(8));

        answer("d1");

        assertNotEquals(before, responder());
    }

    @Test
    void aResponderWhoseKeyIsGoneIsMadeAnew() throws IOException {
        issue("d1");
        Files.delete(responderKey());
        devpki.run("doctor").exiting(10);

        assertTrue(shown(answer("d1")).contains(": good"));

        run("doctor");
    }

    // Issuing.

    @Test
    void aRevokedCaIssuesNothing() {
        run("revoke", "issuing-ca", "--reason", "ca-compromise", "--yes");

        Finished refused = devpki.run("issue", "d1", "--out", path("out")).exiting(5);

        assertTrue(refused.err().contains("issuing-ca is revoked"), refused::err);
        assertTrue(devpki.run("status").exiting(10).out().contains("issues nothing"));
    }

    @Test
    void aStoreWithAnEndIsMadeWhateverTheSecond() {
        devpki.at(clock.tickingBy(Duration.ofSeconds(1)))
                .run("init", "--store", path("other"), "--not-after", "20y")
                .exiting(0);
    }

    @Test
    void aFormatThatComesLaterIsNotSaidToBeThere() {
        issue("d1", "--format", "pem");

        Finished refused = devpki.run(
                        "issue",
                        "d1",
                        "--format",
                        "pem,p12",
                        "--export-passphrase-file",
                        path("passphrase"),
                        "--out",
                        path("out"))
                .exiting(4);

        assertTrue(refused.err().contains("private key was handed out"), refused::err);
    }

    @Test
    void aServerGetsItsNextCertificateBesideTheLast() {
        String first = issue("mqtt.acme.example", "--profile", "broker-server");

        Finished again = run("issue", "mqtt.acme.example", "--profile", "broker-server", "--out", path("next"));

        assertNotEquals(first, serial(again));
        assertEquals(
                2,
                run("device", "list", "--prefix", "mqtt")
                        .out()
                        .lines()
                        .filter(l -> l.contains(" valid "))
                        .count());
    }

    @Test
    void forceIntoAFolderWithOtherFilesSignsNothing() {
        issue("d1", "--format", "pem");
        run("revoke", "d1");

        devpki.run("issue", "d1", "--format", "embed", "--force", "--out", path("out"))
                .exiting(4);

        assertEquals(
                1, run("device", "list", "--prefix", "d1").out().lines().skip(1).count());
    }

    @Test
    void aHeldDeviceIsSaidToBeHeld() {
        issue("d1");
        run("revoke", "d1", "--reason", "certificate-hold");

        assertTrue(
                devpki.run("issue", "d1", "--out", path("out")).exiting(4).err().contains("on hold"));
    }

    private Finished run(String... arguments) {
        return devpki.run(arguments).exiting(0);
    }

    private String issue(String name, String... options) {
        String[] all = Stream.concat(Stream.of("issue", name, "--out", path("out")), Stream.of(options))
                .toArray(String[]::new);
        return serial(run(all));
    }

    private static String serial(Finished issued) {
        Matcher serial = SERIAL.matcher(issued.out());
        assertTrue(serial.find(), issued::out);
        return serial.group(1);
    }

    private String number(String ca) {
        return run("crl", "show", ca)
                .out()
                .lines()
                .filter(line -> line.startsWith("number"))
                .findFirst()
                .orElseThrow();
    }

    private Bytes request(String name) {
        return run("ocsp", "request", path("out/" + name + "/client_crt.pem")).outOctets();
    }

    private Bytes answer(String name) {
        Bytes request = request(name);
        return devpki.feeding(request).run("ocsp", "respond").exiting(0).outOctets();
    }

    private String shown(Bytes answer) {
        return devpki.feeding(answer).run("ocsp", "show").exiting(0).out();
    }

    /** The newest responder's line in the ledger. */
    private String responder() {
        return run("device", "list", "--prefix", "issuing-ca-ocsp")
                .out()
                .lines()
                .reduce((older, newer) -> newer)
                .orElseThrow();
    }

    private Path responderKey() throws IOException {
        try (Stream<Path> keys = Files.list(folder.resolve("pki/keys"))) {
            List<Path> found = keys.filter(key -> key.toString().contains("issuing-ca-ocsp-"))
                    .sorted()
                    .toList();
            return found.get(found.size() - 1);
        }
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}
