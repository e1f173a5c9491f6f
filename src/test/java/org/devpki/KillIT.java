package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Fleet;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Law 18: killed at any instant, nothing is lost, and the same command again finishes the work. */
@Tag("crash")
class KillIT {
    /** How many issues are killed at random moments; the second JDK of a CI run takes fewer. */
    private static final int KILLS = Integer.parseInt(System.getenv().getOrDefault("DEVPKI_TEST_KILLS", "120"));

    private static final long SEED = Long.getLong("devpki.seed", new Random().nextLong());

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeOneStoreForAll() {
        Devpki.withStore(template);
    }

    private Devpki copiedStore() {
        StoreProof.copy(template, folder);
        return Devpki.in(folder);
    }

    @ParameterizedTest(name = "killed at {0}: {1} rows")
    @CsvSource({
        "ISSUE_1_LOCKED, 1",
        "ISSUE_2_PLANNED, 1",
        "ISSUE_3_RESERVED, 2",
        "ISSUE_4_SIGNED, 2",
        "ISSUE_5_RECORDED, 2",
        "ISSUE_6_FILES_WRITTEN, 2",
        "ISSUE_7_RENAMED, 1",
        "ISSUE_8_DELIVERED, 1",
    })
    void anIssueThatIsKilledIsFinishedByTheSameCommand(Step step, int rowsAfterwards) {
        Devpki devpki = copiedStore();
        StoreProof proof = StoreProof.of(folder);

        Victim.killedAt(devpki, step, 1, "issue", "d1", "--out", "out");
        Set<String> seen = Files.exists(folder.resolve("out")) ? proof.certificatesSeen() : Set.of();
        devpki.run("issue", "d1", "--out", "out").exiting(0);

        StoreProof.Row valid = proof.oneValid("d1");
        assertEquals(rowsAfterwards, proof.rows("d1").size());
        proof.bundleHolds(valid);
        StoreProof.nothingLeft(folder.resolve("out"));
        assertTrue(
                proof.rows().stream()
                        .map(StoreProof.Row::sha256)
                        .collect(Collectors.toSet())
                        .containsAll(seen),
                "a certificate that was seen in a bundle is not in the ledger");
        // a revocation that no CRL tells of is a thing to attend to, until it is published
        assertEquals(
                rowsAfterwards == 1 ? 0 : 10, InProcess.in(folder).run("doctor").exit());
        proof.cleanOncePublished();
        proof.rows("d1").stream()
                .filter(row -> !row.equals(valid))
                .forEach(row -> assertTrue(proof.isRevokedIn(proof.shelf(), row.serial()), row.serial()));
        Finished again = InProcess.in(folder)
                .run("issue", "d1", "--out", folder.resolve("out").toString(), "--json");
        assertTrue(again.exiting(0).out().contains("\"changed\" : false"), again::all);
    }

    @ParameterizedTest(name = "killed at {0}: {1} rows")
    @CsvSource({
        "ISSUE_1_LOCKED, 1",
        "ISSUE_2_PLANNED, 1",
        "ISSUE_3_RESERVED, 2",
        "ISSUE_4_SIGNED, 2",
        "ISSUE_5_RECORDED, 1",
        "ISSUE_6_FILES_WRITTEN, 1",
        "ISSUE_7_RENAMED, 1",
        "ISSUE_8_DELIVERED, 1",
    })
    void aRequestThatIsKilledKeepsTheCertificateThatWasRecorded(Step step, int rowsAfterwards) {
        Devpki devpki = copiedStore();
        StoreProof proof = StoreProof.of(folder);
        devpki.other("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "d2.key")
                .exiting(0);
        devpki.other("openssl", "req", "-new", "-key", "d2.key", "-subj", "/CN=d2", "-out", "d2.csr")
                .exiting(0);

        Victim.killedAt(devpki, step, 1, "issue", "d2", "--csr", "d2.csr", "--out", "out");
        devpki.run("issue", "d2", "--csr", "d2.csr", "--out", "out").exiting(0);

        proof.oneValid("d2");
        assertEquals(rowsAfterwards, proof.rows("d2").size());
        devpki.other("sh", "-c", "cd out/d2 && sha256sum -c --strict SHA256SUMS")
                .exiting(0);
        StoreProof.nothingLeft(folder.resolve("out"));
        proof.cleanOncePublished();
    }

    @ParameterizedTest(name = "{0} killed at {1}: {2}")
    @CsvSource({
        "renew, ISSUE_4_SIGNED, renewed revoked",
        "renew, ISSUE_6_FILES_WRITTEN, renewed valid",
        "replace, ISSUE_8_DELIVERED, replaced valid",
    })
    void whatFollowsACertificateIsFinishedByTheSameCommand(String verb, Step step, String second) {
        Devpki devpki = copiedStore();
        InProcess.in(folder)
                .run("issue", "d4", "--out", folder.resolve("old").toString())
                .exiting(0);
        List<String> command = new ArrayList<>(List.of("device", verb, "d4", "--out", "out"));
        if (verb.equals("replace")) {
            command.addAll(List.of("--reason", "superseded"));
        }

        Victim.killedAt(devpki, step, 1, command.toArray(String[]::new));
        devpki.run(command.toArray(String[]::new)).exiting(0);

        String listed = InProcess.in(folder)
                .run("device", "list", "--prefix", "d4", "--jsonl")
                .exiting(0)
                .out();
        List<String> rows = listed.lines()
                .map(line -> StoreProof.member(line, "origin") + " " + StoreProof.member(line, "status"))
                .toList();
        assertEquals(verb.equals("renew") ? "issued valid" : "issued revoked", rows.get(0));
        assertEquals(second, rows.get(1));
        assertTrue(rows.get(rows.size() - 1).endsWith("ed valid"), listed);
        devpki.other("sh", "-c", "cd out/d4 && sha256sum -c --strict SHA256SUMS")
                .exiting(0);
        StoreProof.nothingLeft(folder.resolve("out"));
        StoreProof.of(folder).cleanOncePublished();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"ISSUE_3_RESERVED", "ISSUE_4_SIGNED"})
    void aSerialThatIsOnlyReservedIsNeverGood(Step step) {
        Devpki devpki = copiedStore();

        Victim.killedAt(devpki, step, 1, "issue", "d3", "--out", "out");
        StoreProof.Row reserved = StoreProof.of(folder).rows("d3").get(0);
        String before = ocspStatus(devpki, reserved.serial());
        devpki.run("issue", "d3", "--out", "out").exiting(0);
        String after = ocspStatus(devpki, reserved.serial());
        String issued = ocspStatus(devpki, StoreProof.of(folder).oneValid("d3").serial());

        assertEquals("reserved", reserved.status());
        assertEquals("unknown", before);
        assertEquals("revoked", after);
        assertEquals("good", issued);
    }

    private static String ocspStatus(Devpki devpki, String serial) {
        String issuer = "pki/publish/ca/issuing-ca.pem";
        devpki.other("openssl", "ocsp", "-issuer", issuer, "-serial", "0x" + serial, "-reqout", "q.der", "-no_nonce")
                .exiting(0);
        devpki.run("ocsp", "respond", "q.der", "--out", "a.der").exiting(0);
        Finished openssl = devpki.other(
                "openssl",
                "ocsp",
                "-issuer",
                issuer,
                "-serial",
                "0x" + serial,
                "-respin",
                "a.der",
                "-CAfile",
                "pki/publish/ca/all.pem");
        assertTrue(openssl.all().contains("Response verify OK"), openssl::all);
        return openssl.out()
                .lines()
                .filter(line -> line.startsWith("0x"))
                .map(line -> line.substring(line.indexOf(": ") + 2))
                .findFirst()
                .orElseThrow(() -> new AssertionError(openssl.all()));
    }

    /** Every step of publishing, as often as it is reached; {@code PublishingIT} does the same with {@code --if-needed}. */
    static Stream<Arguments> publishing() {
        Map<Step, Integer> twice = Map.of(
                Step.PUBLISH_2_NUMBERED, 2,
                Step.PUBLISH_3_SIGNED, 2,
                Step.PUBLISH_4_PROVEN, 2,
                Step.PUBLISH_5_DER_SHELVED, 2,
                Step.PUBLISH_6_PEM_SHELVED, 2);
        return Stream.of(Step.values())
                .filter(step -> step.name().startsWith("PUBLISH"))
                .flatMap(step ->
                        IntStream.rangeClosed(1, twice.getOrDefault(step, 1)).mapToObj(nth -> Arguments.of(step, nth)));
    }

    @ParameterizedTest(name = "killed at {0}, time {1}")
    @MethodSource("publishing")
    void aPublishThatIsKilledLeavesWholeCrlsAndIsFinishedByTheSameCommand(Step step, int nth) throws IOException {
        Devpki devpki = copiedStore();
        InProcess inside = InProcess.in(folder);
        StoreProof proof = StoreProof.of(folder);
        inside.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);
        String serial = proof.oneValid("d1").serial();
        Map<String, BigInteger> first = proof.numbersInAll(proof.shelf());
        inside.run("revoke", "d1", "--reason", "key-compromise").exiting(0);
        String[] publish = {"crl", "publish", "--hook", "cp $DEVPKI_SHELF/* " + folder.resolve("heard")};
        Files.createDirectory(folder.resolve("heard"));

        Victim.killedAt(devpki, step, nth, publish);
        Map<String, BigInteger> killed = proof.numbersInAll(proof.shelf());
        inside.run(publish).exiting(0);
        Map<String, BigInteger> last = proof.numbersInAll(proof.shelf());

        grew(first, killed);
        grew(killed, last);
        assertTrue(last.get("CN=Acme Issuing CA,O=Acme").compareTo(first.get("CN=Acme Issuing CA,O=Acme")) > 0);
        proof.shelfIsWhole(proof.shelf());
        assertTrue(proof.isRevokedIn(proof.shelf(), serial));
        // what the hook heard of is what is published now
        assertEquals(last, proof.numbersInAll(folder.resolve("heard")));
        proof.clean();
    }

    private static void grew(Map<String, BigInteger> before, Map<String, BigInteger> after) {
        before.forEach((ca, number) ->
                assertTrue(after.get(ca).compareTo(number) >= 0, () -> ca + " went from " + number + " to " + after));
    }

    @Test
    void aHookThatWasCutOffRunsWithTheNextPublishThoughNothingElseIsDue() {
        Devpki devpki = copiedStore();
        devpki.run("issue", "d1", "--out", "out").exiting(0);
        devpki.run("revoke", "d1").exiting(0);

        Victim.killedAt(
                devpki, Step.PUBLISH_8_RECORDED, 1, "crl", "publish", "--if-needed", "--hook", "echo a >> heard");
        boolean isHeardBefore = Files.exists(folder.resolve("heard"));
        devpki.run("crl", "publish", "--if-needed", "--hook", "echo a >> heard").exiting(0);
        boolean isHeardAfter = Files.exists(folder.resolve("heard"));
        devpki.run("crl", "publish", "--if-needed", "--hook", "echo b >> again").exiting(0);

        assertFalse(isHeardBefore);
        assertTrue(isHeardAfter);
        assertFalse(Files.exists(folder.resolve("again")), "a hook ran without a change");
    }

    @ParameterizedTest(name = "killed at {0}: {1} revoked")
    @CsvSource({"REVOKE_1_PLANNED, 0", "REVOKE_2_GROUP_REVOKED, 500"})
    void aRevocationOfManyThatIsKilledIsFinishedByTheSameCommand(Step step, int revokedBefore) {
        Devpki devpki = copiedStore();
        InProcess inside = InProcess.in(folder);
        inside.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);
        Fleet.like("d1", folder.resolve("pki/ledger.db")).fill("L3W47", 501);
        String[] order = {"revoke", "--batch", "L3W47", "--reason", "cessation-of-operation", "--yes"};

        Victim.killedAt(devpki, step, 1, order);
        long killed = revocations(inside);
        Finished rest = inside.run(order).exiting(0);
        Finished again = inside.run(order).exiting(0);

        assertEquals(revokedBefore, killed);
        assertTrue(rest.out().startsWith("revoked " + (501 - revokedBefore) + " certificate"), rest::out);
        assertTrue(again.out().startsWith("nothing to do: "), again::out);
        assertEquals(501, revocations(inside));
        inside.run("audit", "verify").exiting(0);
    }

    /** How many the audit tells of, which must be as many as the ledger has. */
    private static long revocations(InProcess devpki) {
        long listed = lines(devpki.run("device", "list", "--revoked"), " revoked ");
        assertEquals(listed, lines(devpki.run("audit", "list"), " certificate.revoke "));
        return listed;
    }

    private static long lines(Finished finished, String part) {
        return finished.exiting(0)
                .out()
                .lines()
                .filter(line -> line.contains(part))
                .count();
    }

    @Test
    void issuesKilledAtRandomMomentsLoseNothing() throws Exception {
        System.out.println("seed of the random kills: " + SEED);
        copiedStore();
        StoreProof proof = StoreProof.of(folder);
        long usual = usualMillis();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger killed = new AtomicInteger();
        Object oneInside = new Object();

        ExecutorService two = Executors.newFixedThreadPool(2);
        List<Future<?>> runs = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            String name = "d" + i;
            long delay = new Random(SEED + i).nextLong(usual + 1);
            runs.add(two.submit(() -> {
                killed.addAndGet(issueKilledAfter(delay, name));
                seen.addAll(proof.certificatesSeen());
                synchronized (oneInside) {
                    InProcess.in(folder)
                            .run("issue", name, "--out", folder.resolve("out").toString())
                            .exiting(0);
                }
                return name;
            }));
        }
        finish(two, runs);
        seen.addAll(proof.certificatesSeen());

        System.out.println("killed " + killed + " of " + KILLS + " issues that take " + usual + " ms");
        assertTrue(killed.get() > KILLS / 5, "most runs ended before their kill: " + killed);
        Map<String, List<StoreProof.Row>> byName =
                proof.rows().stream().collect(Collectors.groupingBy(StoreProof.Row::name));
        for (int i = 0; i < KILLS; i++) {
            proof.bundleHolds(StoreProof.oneValid("d" + i, byName.get("d" + i)));
        }
        Set<String> kept = proof.rows().stream().map(StoreProof.Row::sha256).collect(Collectors.toSet());
        assertTrue(kept.containsAll(seen), "seed " + SEED + ": a certificate was seen that the ledger lacks");
        StoreProof.nothingLeft(folder.resolve("out"));
        proof.cleanOncePublished();
    }

    private static void finish(ExecutorService pool, List<Future<?>> runs)
            throws InterruptedException, ExecutionException {
        pool.shutdown();
        for (Future<?> run : runs) {
            run.get();
        }
    }

    /** How long an issue takes while another one runs too; the quickest of three, for the machine has other work. */
    private long usualMillis() throws InterruptedException {
        long quickest = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            Process one = start("warm-1-" + i);
            Process two = start("warm-2-" + i);
            one.waitFor();
            two.waitFor();
            quickest = Math.min(quickest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        }
        return quickest;
    }

    private Process start(String name) {
        return Devpki.in(folder).start(folder.resolve(name + ".log"), "issue", name, "--out", "out");
    }

    /** @return 1 if it was killed, 0 if it had ended before */
    private int issueKilledAfter(long millis, String name) throws InterruptedException {
        Process process = start(name);
        if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
            process.destroyForcibly(); // SIGKILL
        }
        return process.waitFor() == 0 ? 0 : 1;
    }

    @Test
    void anInitThatIsKilledLeavesNoStoreOrAWholeOne() throws Exception {
        System.out.println("seed of the random kills: " + SEED);
        String[] init = {"init", "--org", "Acme", "--crl-url", "http://crl.acme.example"};
        Path warm = Files.createDirectory(folder.resolve("warm"));
        long start = System.nanoTime();
        Devpki.in(warm).run(init).exiting(0);
        long usual = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

        for (int i = 0; i < 10; i++) {
            Path place = Files.createDirectory(folder.resolve("place" + i));
            Devpki devpki = Devpki.in(place);
            // most of the first half is the start of the virtual machine
            long delay = usual / 4 + new Random(SEED + i).nextLong(usual * 3 / 4);
            Process process = devpki.start(place.resolve("log"), init);
            if (!process.waitFor(delay, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            process.waitFor();

            if (Files.exists(place.resolve("pki"))) {
                StoreProof.of(place).clean();
            }
            devpki.run(init).exiting(0);
            StoreProof.of(place).clean();
            StoreProof.of(place).shelfIsWhole(place.resolve("pki/publish/crl"));
        }
    }

    @ParameterizedTest(name = "{0}, time {1}")
    @CsvSource({
        "ISSUE_3_RESERVED, 1",
        "ISSUE_5_RECORDED, 2",
        "ISSUE_5_RECORDED, 3",
        "PUBLISH_1_LOCKED, 1",
        "PUBLISH_5_DER_SHELVED, 2",
        "PUBLISH_9_HOOKS_RUN, 1",
    })
    void anInitThatIsKilledAtAStepLeavesNoStore(Step step, int nth) {
        Devpki devpki = Devpki.in(folder);
        String[] init = {"init", "--org", "Acme", "--crl-url", "http://crl.acme.example"};

        Victim.killedAt(devpki, step, nth, init);
        boolean isThere = Files.exists(folder.resolve("pki"));
        devpki.run(init).exiting(0);

        assertFalse(isThere);
        StoreProof.of(folder).clean();
    }
}
