package org.devpki.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.devpki.files.WholeFiles;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A CA's life: made, taken over from, retired; and what hangs on it. */
@Tag("story")
class CaStoriesTest {
    private static final String START = "2026-11-27T12:00:00Z";

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private TestStore store;
    private InProcess devpki;

    @BeforeEach
    void copyTheStore() throws IOException {
        store = TestStore.copied(folder, clock);
        devpki = InProcess.in(folder).at(clock);
    }

    private Finished issue(String name, String... more) {
        List<String> words = new ArrayList<>(
                List.of("issue", name, "--out", folder.resolve("out").toString(), "--json"));
        words.addAll(List.of(more));
        return devpki.run(words.toArray(String[]::new));
    }

    private static String member(Finished finished, String name) {
        return StoreProof.member(finished.exiting(0).out(), name).strip();
    }

    private List<Path> keys() {
        return WholeFiles.list(folder.resolve("pki/keys")).stream().sorted().toList();
    }

    private Path key(String file) {
        return folder.resolve("pki/keys").resolve(file);
    }

    /** A refusal with this exit code, which says so, and after which there is no key more than before. */
    private void assertRefused(int exit, String sentence, String... command) {
        List<Path> before = keys();
        Finished refused = devpki.run(command).exiting(exit);
        assertTrue(refused.err().contains(sentence), refused::err);
        assertEquals(before, keys());
    }

    @Test
    void aCaIsMadeOnceWithItsCrlAndResponderAndIssues() {
        // when
        Finished first = devpki.run("ca", "create", "line-3", "--parent", "root-ca", "--json");
        boolean hasCrl = Files.exists(folder.resolve("pki/publish/crl/line-3.crl"));
        Finished again = devpki.run("ca", "create", "line-3", "--parent", "root-ca", "--json");
        Finished other = devpki.run("ca", "create", "line-3", "--parent", "root-ca", "--key", "P-384");
        Finished device = issue("d1", "--ca", "line-3");

        // then
        assertEquals("true", member(first, "changed"));
        assertEquals("issues", member(first, "standing"));
        assertEquals("cn=Acme Issuing CA line-3", member(first, "subject"));
        assertEquals("false", member(again, "changed"));
        assertTrue(hasCrl);
        assertTrue(other.exiting(4).err().contains("there is a CA line-3 already, made by a different order"));
        assertEquals("line-3", member(device, "ca"));
        devpki.run("verify", folder.resolve("out/d1/client_crt.pem").toString()).exiting(0);
        devpki.run("ocsp", "publish").exiting(0);
        devpki.run("ocsp", "check", "--dir", folder.resolve("pki/publish/ocsp").toString())
                .exiting(0);
        devpki.run("doctor").exiting(0);
    }

    @Test
    void aCaThatIsCalledAsAnothersResponderKeepsItsKey() {
        // given
        devpki.run("ca", "create", "issuing-ca-ocsp-2", "--parent", "root-ca").exiting(0);
        Path key = key("issuing-ca-ocsp-2.key.pem");

        // when two new responders have come, and only the key of the one before is kept
        for (int i = 0; i < 2; i++) {
            clock.advance(Duration.ofDays(10));
            devpki.run("ocsp", "publish").exiting(0);
        }

        // then
        assertTrue(Files.exists(key));
        issue("d1", "--ca", "issuing-ca-ocsp-2").exiting(0);
    }

    @Test
    void aProcessThatKnowsNothingOfARotationYetIssuesNoSecondCertificate() {
        // given a process that has read who issues
        try (Workshop old = store.open();
                Workshop other = store.open()) {
            assertEquals(List.of(CaName.ISSUING), old.line(CaName.ISSUING));
            devpki.run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2").exiting(0);

            // when
            store.issue(other, "d1");
            assertThrows(DevpkiException.class, () -> store.issue(old, "d1")); // its key went where nobody kept it

            // then
            List<LedgerCertificate> all = old.store().certificatesNamed("d1");
            assertEquals(1, all.size());
            assertEquals("issuing-ca-2", all.get(0).reservation().ca().value());
        }
    }

    @Test
    void aCaThatHasEndedKeepsNobodyFromAnsweringForTheOthers() {
        // given
        devpki.run("ca", "create", "lab-1", "--parent", "root-ca", "--not-after", "30d")
                .exiting(0);
        clock.advance(Duration.ofDays(40));

        // then
        try (Workshop shop = store.open()) {
            shop.answerOcsp().openKeys();
        }
    }

    @Test
    void severalRootsAndThreeLevelsStandInOneTree() {
        // given
        clock.advance(Duration.ofSeconds(1));
        devpki.run("ca", "create", "lab-root", "--root", "--cn", "Lab Root").exiting(0);
        write("pki/profiles/policy-ca.yaml", POLICY_CA);
        devpki.run("ca", "create", "policy", "--parent", "lab-root", "--profile", "policy-ca")
                .exiting(0);
        devpki.run("ca", "create", "lab-1", "--parent", "policy").exiting(0);

        // when
        Finished tree = devpki.run("ca", "tree");
        Finished device = issue("d1", "--ca", "lab-1");
        Finished chain = devpki.run("ca", "export", "lab-1", "--chain");

        // then
        assertEquals("""
                root-ca  issues, P-256, until 9999-12-31T23:59:59Z
                  issuing-ca  issues, P-256, until 9999-12-31T23:59:59Z
                lab-root  issues, P-384, until 9999-12-31T23:59:59Z
                  policy  issues, P-256, until 9999-12-31T23:59:59Z
                    lab-1  issues, P-256, until 9999-12-31T23:59:59Z
                """, tree.exiting(0).out());
        assertEquals("lab-1", member(device, "ca"));
        assertEquals(3, chain.out().split("BEGIN CERTIFICATE", -1).length - 1);
        devpki.run("verify", folder.resolve("out/d1/client_crt.pem").toString()).exiting(0);
    }

    private static final String POLICY_CA = """
            description: A CA that signs one more level of CAs.
            subject:
              CN: "{organization} {name}"
            keys: [P-256]
            validity:
              not-after: ca
            ca: true
            path-length: 1
            key-usage: [keyCertSign, cRLSign]
            urls: [crl, ca]
            """;

    private void write(String file, String text) {
        try {
            Files.writeString(folder.resolve(file), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsRefusedSaysWhyAndLeavesNoKeyBehind() {
        devpki.run("ca", "create", "short", "--root", "--not-after", "1y", "--cn", "Short")
                .exiting(0);

        assertRefused(
                5,
                "outlives the issuer, whose certificate ends at 2027-11-27T12:00:00Z",
                words("sub --parent short --not-after 2y"));
        assertRefused(5, "pathLenConstraint is 0, so it may not issue to another CA", words("sub --parent issuing-ca"));
        assertRefused(
                5,
                "path length 1 exceeds the 0 that profile \"issuing-ca\" allows",
                words("sub --parent root-ca --path-length 1"));
        assertRefused(
                4,
                "CA issuing-ca has the subject cn=Acme Issuing CA,o=Acme already",
                words("sub --parent root-ca --cn {organization}%Issuing%CA"));
        assertRefused(2, "profile \"device-mqtt\" is not for CAs", words("sub --parent root-ca --profile device-mqtt"));
        assertRefused(
                5,
                "key of kind RSA-2048 is not one that profile \"root-ca\" allows",
                words("sub --root --key RSA-2048"));
        assertRefused(3, "there is no CA nobody", words("sub --parent nobody"));
        assertRefused(2, "--parent", words("sub"));
        assertRefused(2, "--parent", words("sub --root --parent root-ca"));
        assertRefused(2, "must be 1 to 64 of a-z 0-9 -", words("Sub --root"));
        assertRefused(2, "a CA is not called all", words("all --root"));
        assertRefused(2, "is not one of a token", words("sub --root --key-uri file:/elsewhere/sub.key.pem"));
    }

    /** Nor does a backup have it, which copies the ledger. */
    @ParameterizedTest
    @CsvSource({
        "create, pkcs11:token=acme;object=sub?pin-value=4711secret, 2, a PIN has no place in a URI",
        "csr,    pkcs11:token=acme;object=sub?pin-value=4711secret, 2, a PIN has no place in a URI",
        "create, pkcs11:token=acme;id=%01,                          2, needs a label: object=",
        "create, pkcs11:token=acme;object=sub4711secret,            9, no PKCS #11 library is named",
    })
    void aKeyUriThatIsRefusedIsNotOnTheLedger(String deed, String uri, int exit, String sentence) throws IOException {
        List<String> order = new ArrayList<>(List.of("ca", deed, "sub", "--key-uri", uri));
        order.addAll(
                deed.equals("csr")
                        ? List.of("--out", folder.resolve("sub.csr").toString())
                        : List.of("--parent", "root-ca"));

        assertRefused(exit, sentence, order.toArray(String[]::new));

        for (Path file : WholeFiles.list(folder.resolve("pki"))) {
            if (Files.isRegularFile(file)) {
                assertFalse(new String(Files.readAllBytes(file), ISO_8859_1).contains("4711secret"), file::toString);
            }
        }
        devpki.run("doctor").exiting(0);
        devpki.run("ca", "create", "sub", "--parent", "root-ca").exiting(0);
    }

    @Test
    void aCaThatMayNotNameItsOwnResponderIsNotMade() {
        write("pki/profiles/plant-ca.yaml", """
                description: A CA that names what another company has.
                subject:
                  O: Bolt
                  CN: Plant CA
                keys: [P-256]
                validity:
                  not-after: ca
                ca: true
                path-length: 0
                key-usage: [keyCertSign, cRLSign]
                name-constraints:
                  permitted: ["dn:O=Bolt"]
                """);

        assertRefused(
                5,
                "CA plant could have no ocsp-responder: its name cn=plant-ocsp,o=Acme is not within the nameConstraints",
                words("plant --parent root-ca --profile plant-ca"));
        devpki.run("ca", "show", "plant").exiting(3);
        devpki.run("doctor").exiting(0);
    }

    private static String[] words(String rest) {
        return Stream.concat(
                        Stream.of("ca", "create"), Stream.of(rest.split(" ")).map(word -> word.replace('%', ' ')))
                .toArray(String[]::new);
    }

    @ParameterizedTest(name = "stopped at {0}, time {1}")
    @CsvSource({
        "CA_1_KEY_MADE, 1",
        "ISSUE_3_RESERVED, 1",
        "ISSUE_5_RECORDED, 1",
        "CA_2_ADDED, 1",
    })
    void aCaThatWasCutShortIssuesNothingUntilTheSameCommandHasFinishedIt(Checkpoint.Step step, int nth) {
        // given
        String[] create = words("line-3 --parent root-ca");
        AtomicInteger times = new AtomicInteger();
        Finished stopped = devpki.at(reached -> {
                    if (reached == step && times.incrementAndGet() == nth) {
                        throw new IllegalStateException("stopped");
                    }
                })
                .run(create);
        assertEquals(1, stopped.exit(), stopped::all);

        // when
        Finished early = issue("d1", "--ca", "line-3");
        Finished doctor = devpki.run("doctor");
        devpki.run(create).exiting(0);

        // then
        assertTrue(early.exit() == 3 || early.exit() == 5, early::all);
        assertNotEquals(0, doctor.exit(), doctor::all);
        assertEquals("line-3", member(issue("d1", "--ca", "line-3"), "ca"));
        devpki.run("crl", "publish", "--if-needed").exiting(0);
        devpki.run("doctor").exiting(0);
        assertEquals(
                1,
                keys().stream().filter(file -> file.endsWith("line-3.key.pem")).count());
        assertEquals("false", member(devpki.run("ca", "create", "line-3", "--parent", "root-ca", "--json"), "changed"));
    }

    @Test
    void fromItsDayOnOrdersGoToTheSuccessorAndOldOnesAreNotCarriedOutAgain() {
        // given a device of before, and the day in the future
        String old = member(issue("d1"), "serial");
        devpki.run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2", "--at", "2026-12-01T00:00:00Z")
                .exiting(0);
        Finished dayBefore = issue("d2");

        // when
        clock.set("2026-12-01T00:00:00Z");
        Finished dayOf = issue("d3");
        Finished again = issue("d1");
        Finished another = issue("d1", "--not-after", "1y");
        Finished successors = issue("d1", "--ca", "issuing-ca-2", "--force");

        // then
        assertEquals("issuing-ca", member(dayBefore, "ca"));
        assertEquals("issuing-ca-2", member(dayOf, "ca"));
        assertEquals("issuing-ca", member(again, "ca"));
        assertEquals(old, member(again, "serial"));
        assertEquals("false", member(again, "changed"));
        assertTrue(another.exiting(4).err().contains("d1 has live certificate " + old), another::err);
        assertEquals("issuing-ca-2", member(successors, "ca"));
        devpki.run("doctor").exiting(0);
    }

    @Test
    void aBatchThatIsRunAgainAfterARotationIssuesNothingAnew() {
        // given
        write("line.csv", "name\nd1\nd2\n");
        String[] run = {
            "batch",
            "run",
            folder.resolve("line.csv").toString(),
            "--batch",
            "B1",
            "--out",
            folder.resolve("line").toString()
        };
        devpki.run(run).exiting(0);
        devpki.run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2").exiting(0);

        // when
        devpki.run(run).exiting(0);
        write("more.csv", "name\nd3\n");
        devpki.run(
                        "batch",
                        "run",
                        folder.resolve("more.csv").toString(),
                        "--batch",
                        "B2",
                        "--out",
                        folder.resolve("line").toString())
                .exiting(0);

        // then
        assertEquals(List.of("d1", "d2"), devices("issuing-ca"));
        assertEquals(List.of("d3"), devices("issuing-ca-2"));
    }

    private List<String> devices(String ca) {
        return devpki.run("device", "list", "--ca", ca, "--profile", "device-mqtt", "--jsonl")
                .exiting(0)
                .out()
                .lines()
                .map(line -> StoreProof.member(line, "name"))
                .sorted()
                .toList();
    }

    @Test
    void twoOrdersForOneNameWaitForEachOtherAroundARotation() {
        // given an order that is at work when the rotation comes, and the same order a moment later
        List<Finished> second = new ArrayList<>();
        InProcess slow = devpki.at(Checkpoint.Step.ISSUE_1_LOCKED, () -> {
            devpki.run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2").exiting(0);
            second.add(issue("d1", "--lock-timeout", "1s"));
        });

        // when
        slow.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);

        // then
        assertEquals(7, second.get(0).exit(), second.get(0)::all);
        assertEquals("false", member(issue("d1"), "changed"));
        assertEquals(List.of("d1"), devices("issuing-ca"));
        assertEquals(List.of(), devices("issuing-ca-2"));
    }

    @Test
    void aRotationIsSetOnceItIsInForceAndNeverRunsInACircle() {
        // given
        devpki.run("ca", "rotate", "issuing-ca", "--to", "b", "--at", "2027-01-01T00:00:00Z")
                .exiting(0);
        Finished moved =
                devpki.run("ca", "rotate", "issuing-ca", "--to", "b", "--at", "2026-12-24T00:00:00Z", "--json");
        Finished same = devpki.run("ca", "rotate", "issuing-ca", "--to", "b", "--json");
        Finished circle = devpki.run("ca", "rotate", "b", "--to", "issuing-ca");
        Finished itself = devpki.run("ca", "rotate", "b", "--to", "b");

        // when
        clock.set("2026-12-24T00:00:00Z");
        Finished late = devpki.run("ca", "rotate", "issuing-ca", "--to", "c");
        devpki.run("ca", "rotate", "b", "--to", "c").exiting(0);

        // then
        assertEquals("true", member(moved, "changed"));
        assertEquals("2026-12-24T00:00:00Z", member(same, "succeededFrom"));
        assertEquals("false", member(same, "changed"));
        assertTrue(circle.exiting(4).err().contains("orders for issuing-ca go to b, or will"), circle::err);
        assertTrue(itself.exiting(4).err().contains("orders for b cannot go to itself"), itself::err);
        assertTrue(late.exiting(4).err().contains("orders for issuing-ca go to b since 2026-12-24"), late::err);
        assertEquals("c", member(issue("d1"), "ca"));
    }

    @Test
    void aCaIsRetiredOnlyOnceNoOrdersGoToItAndThenIssuesNothing() {
        // given
        write(
                "pki/profiles/sensor.yaml",
                "issuer: line-3\n"
                        + devpki.run("profile", "show", "device-mqtt").out());
        devpki.run("ca", "create", "line-3", "--parent", "root-ca").exiting(0);
        Finished byDefault = devpki.run("ca", "retire", "issuing-ca");
        devpki.run("ca", "rotate", "issuing-ca", "--to", "line-3", "--at", "2027-01-01T00:00:00Z")
                .exiting(0);
        Finished planned = devpki.run("ca", "retire", "issuing-ca");
        Finished impact = devpki.run("ca", "impact", "issuing-ca");
        Finished byProfile = devpki.run("ca", "retire", "line-3");
        Finished sensor = issue("s1", "--profile", "sensor");
        devpki.run("ca", "rotate", "issuing-ca", "--to", "line-3", "--at", START)
                .exiting(0);

        // when
        Finished retired = devpki.run("ca", "retire", "issuing-ca", "--json");
        Finished again = devpki.run("ca", "retire", "issuing-ca", "--json");
        Finished back = devpki.run("ca", "rotate", "line-3", "--to", "old");
        Finished lone = devpki.run("ca", "create", "lone", "--parent", "root-ca");
        devpki.run("ca", "retire", "lone").exiting(0);
        Finished order = issue("d1", "--ca", "lone");

        // then
        assertTrue(byDefault.exiting(4).err().contains("devpki.yaml names issuing-ca as defaults.ca"), byDefault::err);
        assertTrue(
                planned.exiting(4).err().contains("hint: devpki ca rotate issuing-ca --to line-3 --at " + START),
                planned::err);
        assertTrue(
                impact.out()
                        .contains("as defaults.ca; orders for issuing-ca go to line-3 from 2027-01-01T00:00:00Z on"),
                impact::out);
        assertTrue(byProfile.exiting(4).err().contains("profile sensor names line-3"), byProfile::err);
        assertEquals("line-3", member(sensor, "ca"));
        assertEquals("true", member(retired, "changed"));
        assertEquals("retired", member(retired, "standing"));
        assertEquals("false", member(again, "changed"));
        back.exiting(0);
        lone.exiting(0);
        assertTrue(
                order.exiting(5).err().contains("CA lone is retired since " + START + ", and issues nothing"),
                order::err);
    }

    @Test
    void aRetiredCaKeepsItsCrlAndAnswersUntilItsLastLeafHasExpired() {
        // given
        issue("d1", "--not-after", "2027-01-01T00:00:00Z").exiting(0);
        devpki.run("ca", "rotate", "issuing-ca", "--to", "b").exiting(0);
        devpki.run("ca", "retire", "issuing-ca").exiting(0);
        issue("d2").exiting(0);

        // when it is revoked after the retirement
        clock.set("2026-12-30T00:00:00Z");
        devpki.run("revoke", "d1", "--reason", "key-compromise").exiting(0);
        Finished published = devpki.run("crl", "publish", "--if-needed");
        Finished bundle = devpki.run("ca", "export", "--bundle");
        clock.set("2027-01-01T00:00:00Z");
        Finished lastDay = devpki.run("crl", "publish");
        clock.advance(Duration.ofSeconds(1));
        Finished over = devpki.run("crl", "publish");
        Finished small = devpki.run("ca", "export", "--bundle");

        // then
        assertTrue(published.exiting(0).out().contains("of issuing-ca: 1 revoked"), published::all);
        assertTrue(lastDay.exiting(0).out().contains("of issuing-ca: 1 revoked"), lastDay::all);
        assertFalse(over.exiting(0).out().contains("issuing-ca"), over::all);
        assertEquals(3, certificates(bundle));
        assertEquals(2, certificates(small));
        devpki.run("crl", "check").exiting(0);
        devpki.run("doctor").exiting(0);
    }

    private static int certificates(Finished finished) {
        return finished.exiting(0).out().split("BEGIN CERTIFICATE", -1).length - 1;
    }

    @Test
    void theImpactOfACaTellsDevicesServersOrdersAndUrls() {
        // given
        issue("d1").exiting(0);
        issue("d2", "--not-after", "400d").exiting(0);
        issue("broker", "--profile", "broker-server", "--san", "dns:mqtt.acme.example", "--format", "pem")
                .exiting(0);
        devpki.run("ca", "create", "line-3", "--parent", "root-ca").exiting(0);
        issue("d3", "--ca", "line-3").exiting(0);

        // when
        Finished issuing = devpki.run("ca", "impact", "issuing-ca", "--json").exiting(0);
        Finished root = devpki.run("ca", "impact", "root-ca").exiting(0);

        // then
        String json = issuing.out().replaceAll("\\s+", " ");
        assertTrue(json.contains("\"live\" : 3,"), json);
        assertTrue(json.contains("\"byProfile\" : { \"broker-server\" : 1, \"device-mqtt\" : 2 }"), json);
        assertTrue(json.contains("\"2y\" : 2, \"5y\" : 2, \"10y\" : 3,"), json);
        assertTrue(json.contains("\"servers\" : [ \"broker\" ]"), json);
        assertTrue(json.contains("\"orders\" : [ \"devpki.yaml names issuing-ca as defaults.ca\" ]"), json);
        assertTrue(json.contains("\"crlUrls\" : [ \"http://crl.acme.example/issuing-ca.crl\" ]"), json);
        assertTrue(root.out().startsWith("4 live certificates of devices and servers hang on root-ca\n"), root::out);
    }

    @Test
    void aKeyFileThatIsCutOrAnothersOrOpenSaysSoAndLosesNothing() throws IOException {
        // given
        devpki.run("ca", "create", "line-3", "--parent", "root-ca").exiting(0);
        Path key = key("line-3.key.pem");
        Path safe = Files.copy(key, folder.resolve("safe"), StandardCopyOption.COPY_ATTRIBUTES);

        // when
        Files.writeString(key, Files.readString(safe).substring(0, 200));
        Finished cut = issue("d1", "--ca", "line-3");
        Files.copy(key("issuing-ca.key.pem"), key, StandardCopyOption.REPLACE_EXISTING);
        Finished anothers = issue("d1", "--ca", "line-3");
        Files.copy(safe, key, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Finished open = devpki.run("doctor");
        devpki.run("doctor", "--repair").exiting(0);

        // then
        assertTrue(cut.exiting(9).err().contains("line-3.key.pem"), cut::err);
        assertTrue(
                anothers.exiting(9).err().contains("holds another key than the one its certificate names"),
                anothers::err);
        assertTrue(open.exiting(8).all().contains("line-3.key.pem has mode 644; others can reach it"), open::all);
        assertEquals("line-3", member(issue("d1", "--ca", "line-3"), "ca"));
        devpki.run("doctor").exiting(0);
    }

    @Test
    void aSuccessorThatEndsBeforeItsDayIsRefused() {
        devpki.run("ca", "create", "short", "--parent", "root-ca", "--not-after", "30d")
                .exiting(0);
        assertRefused(
                5,
                "CA short ends at 2026-12-27T12:00:00Z, and takes no orders over at 2027-02-01T00:00:00Z",
                "ca",
                "rotate",
                "issuing-ca",
                "--to",
                "short",
                "--at",
                "2027-02-01T00:00:00Z");
    }

    @Test
    void nobodyVouchesForACaThatIsRevokedOrOver() {
        // given
        devpki.run("ca", "create", "other", "--root", "--cn", "Other Root").exiting(0);
        Finished gone = devpki.run("ca", "create", "gone", "--parent", "root-ca", "--json");
        devpki.run("ca", "create", "over", "--parent", "root-ca", "--not-after", "1d")
                .exiting(0);
        devpki.run("revoke", "--serial", member(gone, "serial"), "--reason", "superseded", "--yes")
                .exiting(0);
        clock.advance(Duration.ofDays(2));

        // then
        assertRefused(5, "CA gone is revoked, so nobody vouches for gone", "ca", "cross-sign", "gone", "--by", "other");
        assertRefused(5, "CA over ended at 2026-11-28", "ca", "cross-sign", "over", "--by", "other");
    }

    @Test
    void aCaThatIsRetiredAndOverNeedsNoKeyAndNoCrl() throws IOException {
        // given
        devpki.run("ca", "create", "lone", "--parent", "root-ca").exiting(0);
        devpki.run("ca", "retire", "lone").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // when
        Files.delete(key("lone.key.pem"));

        // then
        devpki.run("doctor").exiting(0);
    }

    @Test
    void whereAllCasAreRetiredAndOverThereIsNothingToPublish() throws IOException {
        // given
        Path place = Files.createDirectory(folder.resolve("short"));
        Files.writeString(place.resolve("passphrase"), "correct horse");
        InProcess old = InProcess.in(place).at(clock);
        old.run("init", "--org", "Acme", "--not-after", "5y", "--root-key", "P-256")
                .exiting(0);
        Path settings = place.resolve("pki/devpki.yaml");
        Files.writeString(settings, Files.readString(settings).replace("ca: issuing-ca", "ca: nobody"));
        old.run("ca", "retire", "issuing-ca").exiting(0);
        old.run("ca", "retire", "root-ca").exiting(0);

        // when
        clock.advance(Duration.ofDays(6 * 366));
        Finished published = old.run("crl", "publish");

        // then
        assertEquals("", published.exiting(0).out());
    }

    @Test
    void whatAnotherProcessMayBeWritingIsNotSweptByDoctor() throws IOException {
        // given
        Path left = Files.writeString(folder.resolve("pki/keys/.x.key.pem.devpki-tmp-1234"), "");
        Finished told = devpki.run("doctor");
        try (Workshop writer = store.open();
                var writing = writer.store().lock(RewrapKeys.LOCK)) {
            devpki.run("doctor", "--repair");
            assertTrue(Files.exists(left));
        }

        // when
        devpki.run("doctor", "--repair").exiting(0);

        // then
        assertTrue(told.out().contains(left.getFileName().toString()), told::all);
        assertFalse(Files.exists(left));
    }
}
