package org.devpki.app;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.devpki.config.LineTokenFile;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.Fault;
import org.devpki.model.LineToken;
import org.devpki.model.NamePattern;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestStore;
import org.devpki.x509.CmsSignatures;
import org.devpki.x509.TestCsr;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headquarters signs how much a factory may issue; the factory's store keeps to it. */
@Tag("story")
class LineTokenStoriesTest {
    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess hq;
    private InProcess home;
    private Path token;

    @BeforeAll
    static void makeHeadquartersAndACopy() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess hq = InProcess.in(template);
        hq.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        hq.run("store", "backup", template.resolve("copy.zip").toString()).exiting(0);
        home(template)
                .run("store", "restore", template.resolve("copy.zip").toString())
                .exiting(0);
    }

    private static InProcess home(Path folder) {
        return InProcess.in(folder).with("DEVPKI_STORE", folder.resolve("home").toString());
    }

    @BeforeEach
    void aCopyOfBoth() {
        StoreProof.copy(template, folder);
        hq = InProcess.in(folder);
        home = home(folder);
        token = folder.resolve("line3.token");
    }

    private Finished sign(Path file, String devices, String name, String... more) {
        String[] command = new String[12 + more.length];
        System.arraycopy(
                new String[] {
                    "batch",
                    "token",
                    "--devices",
                    devices,
                    "--name",
                    name,
                    "--profile",
                    "device-mqtt",
                    "--until",
                    "90d",
                    "--out",
                    file.toString()
                },
                0,
                command,
                0,
                12);
        System.arraycopy(more, 0, command, 12, more.length);
        return hq.run(command);
    }

    private Finished restrict(Path file) {
        return home.run("store", "restrict", "--token", file.toString(), "--yes", "--json");
    }

    private void restrictTo(String devices, String name) {
        sign(token, devices, name).exiting(0);
        restrict(token).exiting(0);
    }

    private Finished issue(String name) {
        return home.run("issue", name, "--out", folder.resolve("out").toString());
    }

    private Finished batch(String list) {
        return home.feeding(Bytes.utf8(list))
                .run(
                        "batch",
                        "run",
                        "-",
                        "--batch",
                        "B1",
                        "--out",
                        folder.resolve("out").toString());
    }

    private String left() {
        return StoreProof.member(home.run("batch", "token", "list", "--json").out(), "left")
                .strip();
    }

    @Test
    void aHomeIssuesWhatItsTokenAllowsAndNothingElse() {
        restrictTo("2", "sensor-*");

        issue("sensor-1").exiting(0);
        Finished otherName = issue("probe-1").exiting(5);
        Finished otherProfile = home.run(
                        "issue",
                        "sensor-3",
                        "--profile",
                        "broker-server",
                        "--san",
                        "dns:a.example",
                        "--out",
                        folder.resolve("out").toString())
                .exiting(5);
        issue("sensor-2").exiting(0);
        Finished tooMany = issue("sensor-3").exiting(5);

        assertTrue(
                otherName.err().contains("name \"probe-1\" is not one that line token ")
                        && otherName.err().contains(" allows: sensor-*; 1 of 2 devices are left"),
                otherName.err());
        assertTrue(otherProfile.err().contains("profile \"broker-server\" is not one that line"), otherProfile.err());
        assertTrue(tooMany.err().contains("allows 2 devices, and 0 are left for sensor-3"), tooMany.err());
        issue("sensor-1").exiting(0); // the same order again needs nothing
        Finished status = home.run("status").exiting(11);
        assertTrue(status.out().contains("0 of 2 devices left, named sensor-* of profile device-mqtt"), status.out());
        assertTrue(status.out().contains("every line token is used up or over"), status.out());
        home.run("audit", "verify").exiting(0);
        home.run("doctor").exiting(0);
    }

    @Test
    void aRequestIsCountedToo() throws IOException {
        restrictTo("1", "sensor-*");
        issue("sensor-1").exiting(0);
        Path csr = folder.resolve("sensor-2.csr");
        Files.write(csr, TestCsr.of("sensor-2").der().octets().toArray());

        Finished refused = home.run("issue", "sensor-2", "--csr", csr.toString(), "--out", "-");

        assertTrue(refused.exiting(5).err().contains("0 are left for sensor-2"), refused.err());
    }

    @Test
    void aBatchIsCountedBeforeItsFirstRowIsIssued() {
        restrictTo("3", "sensor-*");

        Finished refused =
                batch("name\nsensor-1\nsensor-2\nsensor-3\nsensor-4\n").exiting(5);

        assertTrue(refused.err().contains("line 5: line token "), refused.err());
        assertTrue(refused.err().contains("allows 3 devices, and 0 are left for sensor-4"), refused.err());
        assertEquals("3", left());
        batch("name\nsensor-1\nsensor-2\nsensor-3\n").exiting(0);
        batch("name\nsensor-1\nsensor-2\nsensor-3\n").exiting(0);
        assertEquals("0", left());
    }

    @Test
    void aKeyThatAPowerCutTookCostsTheLineNothing() {
        restrictTo("2", "sensor-*");
        for (Checkpoint.Step step :
                new Checkpoint.Step[] {Checkpoint.Step.ISSUE_3_RESERVED, Checkpoint.Step.ISSUE_5_RECORDED}) {
            InProcess cut = home.at(step, () -> {
                throw new IllegalStateException("power cut");
            });
            assertNotEquals(
                    0,
                    cut.feeding(Bytes.utf8("name\nsensor-1\nsensor-2\n"))
                            .run(
                                    "batch",
                                    "run",
                                    "-",
                                    "--batch",
                                    "B1",
                                    "--out",
                                    folder.resolve("out").toString())
                            .exit());
        }

        batch("name\nsensor-1\nsensor-2\n").exiting(0);

        assertEquals("0", left());
        assertEquals(
                2,
                home.run("device", "list", "--jsonl")
                        .out()
                        .lines()
                        .filter(line -> line.contains("\"valid\"") && line.contains("sensor-"))
                        .count());
    }

    @Test
    void devpkisOwnCertificatesAreNotCounted() {
        restrictTo("3", "sensor-*");
        batch("name\nsensor-1\n").exiting(0);

        home.run("batch", "manifest", "B1", "--from", folder.resolve("out").toString())
                .exiting(0);

        assertEquals("2", left());
    }

    @Test
    void aTokenInForceStaysAndAnotherAddsToIt() {
        restrictTo("1", "sensor-*");
        Path more = folder.resolve("more.token");
        sign(more, "4", "*").exiting(0);

        assertTrue(restrict(token).exiting(0).out().contains("\"changed\" : false"));
        assertTrue(restrict(more).exiting(0).out().contains("\"changed\" : true"));

        issue("probe-1").exiting(0);
        Finished list = home.run("batch", "token", "list").exiting(0);
        assertTrue(list.out().contains("1 of 1 devices left, named sensor-*"), list.out());
        assertTrue(list.out().contains("3 of 4 devices left, named *"), list.out());
    }

    @Test
    void aTokenEndsByTheLedgersClock() {
        restrictTo("5", "*");
        issue("d1").exiting(0);

        Finished over = home.at(Clock.offset(Clock.systemUTC(), Duration.ofDays(91)))
                .run("issue", "d2", "--out", folder.resolve("out").toString())
                .exiting(5);
        Finished late = home.at(Clock.offset(Clock.systemUTC(), Duration.ofDays(91)))
                .run("store", "restrict", "--token", token.toString())
                .exiting(5);

        assertTrue(over.err().contains("; 4 of 5 devices are left"), over.err());
        assertTrue(late.err().contains("ended at "), late.err());
    }

    @Test
    void aHomePublishesNothingAndSignsNoToken() {
        restrictTo("5", "*");

        for (String[] command : new String[][] {
            {"crl", "publish"},
            {"crl", "publish", "--if-needed"},
            {"ocsp", "publish"},
            {"ocsp", "serve", "--listen", "127.0.0.1:0"},
            {
                "batch",
                "token",
                "--devices",
                "9",
                "--name",
                "*",
                "--profile",
                "device-mqtt",
                "--until",
                "90d",
                "--out",
                folder.resolve("own.token").toString()
            }
        }) {
            Finished refused = home.run(command).exiting(5);
            assertTrue(refused.err().contains("is a factory home"), refused.err());
        }
        assertFalse(Files.exists(folder.resolve("own.token")));
        hq.run("crl", "publish").exiting(0);
    }

    /** A bit that is wrong in a certificate above the signer changes nothing: the store has its own. */
    @Test
    void aDamagedTokenIsRefusedOrSaysWhatWasSigned() throws IOException {
        sign(token, "5", "sensor-*").exiting(0);
        String said = home.run("batch", "token", "show", token.toString()).out();
        byte[] right = Files.readAllBytes(token);
        Path wrong = folder.resolve("wrong.token");
        int refused = 0;
        for (int i = 0; i < right.length; i += 13) {
            byte[] octets = right.clone();
            octets[i] ^= 0x01;
            Files.write(wrong, octets);
            Finished shown = home.run("batch", "token", "show", wrong.toString());
            refused += shown.exit() == 8 || shown.exit() == 5 ? 1 : 0;
            String where = "octet " + i + " of " + right.length + "\n" + shown.all();
            assertTrue(shown.exit() == 8 || shown.exit() == 5 || shown.out().equals(said), where);
        }
        assertTrue(refused > 8, refused + " were refused");
        Files.write(wrong, Arrays.copyOf(right, right.length - 1));
        restrict(wrong).exiting(8);
        Files.writeString(wrong, "{\"schema\":\"devpki/line-token/1\"}");
        restrict(wrong).exiting(8);
        assertTrue(home.run("batch", "token", "list").out().contains("no line token"));
    }

    @Test
    void aTokenOfAnotherHeadquartersIsRefused() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("passphrase"), "correct horse\n");
        InProcess stranger = InProcess.in(other);
        stranger.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        stranger.run(
                        "batch",
                        "token",
                        "--devices",
                        "5",
                        "--name",
                        "*",
                        "--profile",
                        "device-mqtt",
                        "--until",
                        "90d",
                        "--out",
                        token.toString())
                .exiting(0);

        Finished refused = restrict(token).exiting(5);

        assertTrue(refused.err().contains("who is not of this store's CA issuing-ca"), refused.err());
    }

    @Test
    void aKeyThatIsForManifestsSignsNoToken() {
        TestStore store = TestStore.in(folder.resolve("bench"), FixedClock.at("2026-03-01T12:00:00Z"));
        LineToken wanted = new LineToken(
                "a".repeat(32),
                CaName.ISSUING,
                5,
                new NamePattern("*"),
                List.of("device-mqtt"),
                Optional.empty(),
                Instant.parse("2026-06-01T00:00:00Z"),
                Instant.parse("2026-03-01T12:00:00Z"));
        try (Workshop shop = store.open()) {
            Bytes right = signedBy(shop, Delegates.Task.LINE_TOKEN, wanted);
            Bytes wrong = signedBy(shop, Delegates.Task.MANIFEST, wanted);

            assertEquals(wanted, shop.restrictStore().read(right, "right").token());
            assertFault(
                    Fault.INTEGRITY,
                    "not one to sign line tokens",
                    () -> shop.restrictStore().run(wrong, "wrong"));
            assertFalse(shop.isHome());
        }
    }

    private static Bytes signedBy(Workshop shop, Delegates.Task task, LineToken token) {
        Delegates.Delegate signer = new Delegates(shop, task).lasting(token.ca());
        return CmsSignatures.signWhole(
                LineTokenFile.write(token), signer.key(), signer.certificate().der(), List.of(), shop.now());
    }

    @Test
    void theSameOrderForATokenChangesNothing() {
        sign(token, "5", "sensor-*").exiting(0);

        Finished other = sign(token, "6", "sensor-*").exiting(4);
        assertTrue(other.err().contains("exists already and says something else"), other.err());
        sign(token, "6", "sensor-*", "--force").exiting(0);
    }

    @Test
    void aPatternWithoutALegalNameIsRefused() {
        Finished refused = sign(token, "5", "a b*").exiting(2);

        assertTrue(refused.err().contains("name pattern \"a b*\" matches no device's name"), refused.err());
        assertFalse(Files.exists(token));
    }

    @Test
    void withoutYesAndWithoutATerminalNothingIsRestricted() {
        sign(token, "5", "sensor-*").exiting(0);

        home.run("store", "restrict", "--token", token.toString()).exiting(2);

        assertTrue(home.run("batch", "token", "list").out().contains("no line token"));
    }

    @Test
    void aCaThatAFactoryMayIssueByIsRetiredOnlyByForce() {
        // given
        hq.run("ca", "create", "line-3", "--parent", "root-ca").exiting(0);
        sign(token, "5", "a-*", "--ca", "line-3").exiting(0);

        // when
        Finished refused = hq.run("ca", "retire", "line-3");
        Finished weighed = hq.run("ca", "impact", "line-3");
        Finished forced = hq.run("ca", "retire", "line-3", "--force");

        // then
        assertTrue(refused.exiting(4).err().contains("factories may issue by line-3: line token "), refused::err);
        assertTrue(weighed.exiting(0).out().contains("lets a factory issue by it until"), weighed::out);
        forced.exiting(0);
        assertTrue(sign(token, "6", "a-*", "--ca", "line-3").exiting(5).err().contains("CA line-3 is retired"));
    }

    @Test
    void aTokenThatWasNeverSignedKeepsNoCaFromBeingRetired() throws IOException {
        // given
        hq.run("ca", "create", "line-3", "--parent", "root-ca").exiting(0);
        Path passphrase = folder.resolve("passphrase");
        String right = Files.readString(passphrase);
        Files.writeString(passphrase, "a typing error");

        sign(token, "5", "a-*", "--ca", "line-3").exiting(9);

        Files.writeString(passphrase, right);
        assertFalse(hq.run("audit", "list").out().contains("token.sign"));
        hq.run("ca", "retire", "line-3").exiting(0);
    }
}
