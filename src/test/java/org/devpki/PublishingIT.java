package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.CrlPicture;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.OcspPicture;
import org.devpki.testing.Refusal;
import org.devpki.testing.ShardedStore;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Tool;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Laws 18 and 19 for what is published at any size: shards, delta CRLs and OCSP answers outlive kills and crowds. */
@Tag("crash")
class PublishingIT {
    /** How many runs of each command are killed at random moments. */
    private static final int KILLS = 4;

    /** How long a publication takes at most, from its lock to its end, on a machine that has nothing else to do. */
    private static final int MOST_MILLIS = 500;

    private static final long SEED = Long.getLong("devpki.seed", new Random().nextLong());

    private static final List<String> CRLS = List.of(
            "issuing-ca.1.crl",
            "issuing-ca.1.delta.crl",
            "issuing-ca.2.crl",
            "issuing-ca.2.delta.crl",
            "issuing-ca.3.crl",
            "issuing-ca.3.delta.crl",
            "issuing-ca.crl",
            "issuing-ca.delta.crl",
            "root-ca.crl");

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    @TempDir
    Path morgue;

    private InProcess inside;
    private StoreProof proof;

    @BeforeAll
    static void publishesWithShardsAndRevokedDevicesInEach() {
        ShardedStore.copyTo(template);
        ShardedStore.revoke(template, ShardedStore.nth(0));
        InProcess.in(template).run("crl", "publish").exiting(0);
        InProcess.in(template).run("ocsp", "publish", "--dir", www(template)).exiting(0);
    }

    @BeforeEach
    void copiesTheStore() {
        StoreProof.copy(template, folder);
        inside = InProcess.in(folder);
        proof = StoreProof.of(folder);
    }

    private static String www(Path home) {
        return home.resolve("www").toString();
    }

    // CRLs.

    /** One more of each part is revoked and a third shard begins, so that every file of the issuing CA is due. */
    private List<String> makeDue(boolean isComplete) throws IOException {
        if (!isComplete) {
            ShardedStore.setting(folder, "complete: true", "complete: false");
            inside.run("crl", "publish").exiting(0);
        }
        ShardedStore.setting(folder, "shards: 2", "shards: 3");
        Files.createDirectory(folder.resolve("heard"));
        return ShardedStore.revoke(folder, ShardedStore.nth(1));
    }

    private static String[] publish(Path home, String option) {
        Stream<String> command = Stream.of(
                "crl",
                "publish",
                option,
                "--hook",
                "cp \"$DEVPKI_SHELF\"/* " + home.resolve("heard").toAbsolutePath());
        return command.filter(word -> !word.isEmpty()).toArray(String[]::new);
    }

    private CrlPicture picture(Path home) {
        return CrlPicture.of(StoreProof.of(home), StoreProof.of(home).shelf());
    }

    /** The same command again does the rest, and everybody who was revoked is refused then. */
    private void isFinishedAfter(
            CrlPicture killed, Path home, String option, boolean isComplete, List<String> serials) {
        InProcess devpki = InProcess.in(home);

        devpki.run(publish(home, option)).exiting(0);

        CrlPicture after = picture(home);
        killed.isFollowedBy(after);
        after.isFinished(
                CRLS,
                isComplete
                        ? List.of("issuing-ca.crl", "root-ca.crl")
                        : List.of(
                                "issuing-ca.crl",
                                "issuing-ca.1.crl",
                                "issuing-ca.2.crl",
                                "issuing-ca.3.crl",
                                "root-ca.crl"));
        for (int shard = 0; shard < serials.size(); shard++) {
            String part = shard == 0 ? "issuing-ca" : "issuing-ca." + shard;
            assertTrue(after.revokes(part + ".crl", serials.get(shard)), part);
            assertTrue(after.revokes(part + ".delta.crl", serials.get(shard)), part);
        }
        ShardedStore.nth(1).forEach(name -> assertTrue(verify(home, name).err().contains("error 23"), name));
        ShardedStore.nth(2).forEach(name -> verify(home, name).exiting(0));
        assertEquals(
                after.toString(),
                CrlPicture.of(StoreProof.of(home), home.resolve("heard")).toString());
        devpki.run("crl", "check").exiting(0);
        StoreProof.of(home).clean();
    }

    private static Finished verify(Path home, String name) {
        String[] command = {
            "openssl",
            "verify",
            "-crl_check_all",
            "-CAfile",
            "pki/publish/ca/root-ca.pem",
            "-untrusted",
            "pki/publish/ca/issuing-ca.pem",
            "-CRLfile",
            "pki/publish/crl/all.crl.pem",
            "out/" + name + "/client_crt.pem"
        };
        return Tool.in(home).run(command);
    }

    /**
     * What a kill leaves is what is on the disk at that moment, so a copy of it is as good as a corpse. Of the steps that
     * come once a CRL the one that others see is taken each time, and of the rest the first.
     */
    @Test
    void aPublishOfShardsThatIsCutOffAtAnyStepIsFinishedByTheNextIfNeeded() throws IOException {
        List<String> serials = makeDue(false);
        CrlPicture before = picture(folder);
        Map<Path, CrlPicture> corpses = new LinkedHashMap<>();
        Set<Step> reached = new TreeSet<>();
        inside.at(step -> {
                    boolean isFirst = reached.add(step);
                    if (isFirst || step == Step.PUBLISH_5_DER_SHELVED) {
                        Path corpse = morgue.resolve(corpses.size() + "-" + step);
                        StoreProof.copyAs(folder, corpse);
                        corpses.put(corpse, picture(folder));
                    }
                })
                .run(publish(folder, "--if-needed"))
                .exiting(0);

        corpses.forEach((corpse, killed) -> {
            before.isFollowedBy(killed);
            isFinishedAfter(killed, corpse, "--if-needed", false, serials);
        });

        assertEquals(
                Stream.of(Step.values())
                        .filter(step -> step.name().startsWith("PUBLISH"))
                        .toList(),
                List.copyOf(reached));
        assertEquals(8 + 8, corpses.size()); // the root's CRL is not due
    }

    @RepeatedTest(KILLS)
    void aPublishOfShardsThatIsKilledAtAnyMomentIsFinishedByTheSameCommand(RepetitionInfo repetition)
            throws IOException {
        Random random = random(repetition);
        boolean isComplete = random.nextBoolean();
        String option = random.nextBoolean() ? "--if-needed" : "";
        List<String> serials = makeDue(isComplete);
        CrlPicture before = picture(folder);

        killedAtAnyMoment(random, Step.PUBLISH_1_LOCKED, publish(folder, option));
        CrlPicture killed = picture(folder);

        before.isFollowedBy(killed);
        isFinishedAfter(killed, folder, option, isComplete, serials);
    }

    private static Random random(RepetitionInfo repetition) {
        return new Random(SEED + repetition.getCurrentRepetition());
    }

    private void killedAtAnyMoment(Random random, Step first, String... order) {
        int millis = random.nextInt(MOST_MILLIS);
        boolean isKilled = Victim.killedAfter(Devpki.in(folder), first, Duration.ofMillis(millis), order);
        System.out.println("seed " + SEED + ": " + order[0] + " publish was "
                + (isKilled ? "killed after " : "done in ") + millis + " ms");
    }

    @Test
    void aHookThatKillsItsPublisherRunsAgain() {
        ShardedStore.revoke(folder, ShardedStore.nth(1));
        String hook = "echo heard >> " + folder.resolve("heard") + " && kill -9 $PPID";

        Finished killed = Devpki.in(folder).run("crl", "publish", "--if-needed", "--hook", hook);
        Finished again = Devpki.in(folder).run("crl", "publish", "--if-needed", "--hook", hook);
        inside.run("crl", "publish", "--if-needed", "--hook", "true").exiting(0);

        assertEquals(List.of(137, 137), List.of(killed.exit(), again.exit()));
        assertEquals(2, lines(folder.resolve("heard")));
        proof.clean();
    }

    private static long lines(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // OCSP answers.

    @ParameterizedTest(name = "killed at {0}, time {1}")
    @CsvSource({
        "OCSP_1_LOCKED, 1",
        "OCSP_3_SHELVED, 2",
        "OCSP_4_ALL_SHELVED, 1",
        "OCSP_5_RECORDED, 1",
    })
    void answersWhosePublisherIsKilledAreWholeAndFinishedByTheSameCommand(Step step, int nth) {
        answersAreFinishedAfter(order -> Victim.killedAt(Devpki.in(folder), step, nth, order));
    }

    @Test
    void whoeverWaitsTooLongForAPublisherOfAnswersExits7AndFinishesOnceThatOneIsKilled() {
        answersAreFinishedAfter(order -> {
            try (Victim holder = Victim.pausedAt(Devpki.in(folder), Step.OCSP_2_SIGNED, order)) {
                String sentence = Refusal.sentence(
                        Devpki.in(folder).run("ocsp", "publish", "--dir", www(folder), "--lock-timeout", "1s"), 7);
                assertTrue(sentence.startsWith("another process works on publishing OCSP answers"), sentence);
            }
        });
    }

    @RepeatedTest(KILLS)
    void answersWhosePublisherIsKilledAtAnyMomentAreWholeAndFinishedByTheSameCommand(RepetitionInfo repetition) {
        answersAreFinishedAfter(order -> killedAtAnyMoment(random(repetition), Step.OCSP_1_LOCKED, order));
    }

    /** Some devices are revoked since the answers were published, and one is new. */
    private void answersAreFinishedAfter(Consumer<String[]> killing) {
        String[] order = {"ocsp", "publish", "--dir", www(folder), "--json"};
        OcspPicture before = OcspPicture.of(folder, folder.resolve("www"));
        ShardedStore.revoke(folder, ShardedStore.nth(1));
        inside.run("issue", "d-new", "--out", folder.resolve("out").toString()).exiting(0);

        killing.accept(order);
        OcspPicture killed = OcspPicture.of(folder, folder.resolve("www"));
        Finished rest = inside.run(order).exiting(0);

        OcspPicture after = OcspPicture.of(folder, folder.resolve("www"));
        assertEquals(before.count() + 1, after.count());
        assertEquals(killed.differences(after), number(rest, "written"));
        assertEquals(after.count(), number(rest, "written") + number(rest, "kept"));
        assertEquals(0, number(rest, "removed"));
        for (StoreProof.Row row : devices()) {
            String right = row.status().equals("revoked") ? "revoked 1" : "good";
            assertEquals(right, after.status(row.serial()), row::toString);
            List<String> oldOrNew = List.of(before.status(row.serial()), right);
            assertTrue(oldOrNew.contains(killed.status(row.serial())), row::toString);
        }
        inside.run("ocsp", "check", "--dir", www(folder)).exiting(0);
        StoreProof.nothingLeft(folder.resolve("www"));
        proof.cleanOncePublished();
    }

    private List<StoreProof.Row> devices() {
        return proof.rows().stream().filter(row -> row.name().startsWith("d")).toList();
    }

    private static int number(Finished finished, String member) {
        return Integer.parseInt(StoreProof.member(finished.out(), member));
    }

    // Crowds.

    /** Several at once, while somebody reads and each of his pictures must follow the one before. */
    private static <T> List<Finished> atOnce(
            List<Callable<List<Finished>>> works, Supplier<T> look, BiConsumer<T, T> follows) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(works.size() + 1);
        AtomicBoolean isOver = new AtomicBoolean();
        try {
            Future<Integer> reader = pool.submit(() -> {
                int looks = 0;
                for (T before = look.get(); !isOver.get(); looks++) {
                    T now = look.get();
                    follows.accept(before, now);
                    before = now;
                }
                return looks;
            });
            List<Finished> all = new ArrayList<>();
            try {
                for (Future<List<Finished>> work : pool.invokeAll(works)) {
                    all.addAll(work.get());
                }
            } finally {
                isOver.set(true);
            }
            assertTrue(reader.get() > 5, "the reader hardly read");
            return all;
        } finally {
            pool.shutdown();
        }
    }

    private Callable<List<Finished>> revoking(int nth) {
        return () -> ShardedStore.nth(nth).stream()
                .map(name -> Devpki.in(folder).run("revoke", name, "--reason", "key-compromise"))
                .toList();
    }

    @Test
    void fourCronRunsAtOnceWhileOthersRevokePublishEveryRevocation() throws Exception {
        Callable<List<Finished>> cron = () -> List.of(Devpki.in(folder).run("crl", "publish", "--if-needed"));

        List<Finished> all = atOnce(
                List.of(revoking(1), revoking(2), cron, cron, cron, cron),
                () -> picture(folder),
                CrlPicture::isFollowedBy);

        all.subList(0, 6).forEach(revoke -> revoke.exiting(0));
        // a publisher may find that more was revoked while it worked, and say so
        all.forEach(one -> assertTrue(one.exit() == 0 || one.exit() == 10, one::all));
        inside.run("crl", "publish", "--if-needed").exiting(0);
        CrlPicture after = picture(folder);
        devices()
                .forEach(row -> assertEquals(
                        row.status().equals("revoked"), after.revokes("issuing-ca.crl", row.serial()), row::toString));
        numbersGrow();
        inside.run("crl", "check").exiting(0);
        proof.clean();
    }

    /** By the audit: of each CA, numbers were given out in rising order, and each was published once. */
    private void numbersGrow() {
        Map<String, BigInteger> last = new HashMap<>();
        Set<String> published = new HashSet<>();
        for (String line :
                inside.run("audit", "list", "--jsonl").exiting(0).out().lines().toList()) {
            String ca = StoreProof.member(line, "subject");
            String detail = StoreProof.member(line, "detail");
            if (line.contains("\"crl.number\"")) {
                String[] range = detail.replace("number=", "").split("\\.\\.", -1);
                BigInteger before = last.put(ca, new BigInteger(range[range.length - 1]));
                assertTrue(before == null || new BigInteger(range[0]).compareTo(before) > 0, line);
            }
            Matcher each = Pattern.compile("number=([0-9]+) sha256=").matcher(detail);
            while (each.find()) {
                assertTrue(published.add(ca + each.group(1)), line);
            }
        }
        assertTrue(published.size() > 14, published::toString);
    }

    @Test
    void twoPublishersOfAnswersAtOnceWhileOthersRevokeWriteEachAnswerOnce() throws Exception {
        String[] publish = {"ocsp", "publish", "--dir", www(folder), "--json"};
        Callable<List<Finished>> cron =
                () -> List.of(Devpki.in(folder).run(publish), Devpki.in(folder).run(publish));

        List<Finished> all = atOnce(
                List.of(revoking(1), revoking(2), cron, cron),
                () -> OcspPicture.of(folder, folder.resolve("www")),
                OcspPicture::isFollowedBy);

        all.forEach(one -> one.exiting(0));
        Finished rest = inside.run(publish).exiting(0);
        int written = Stream.concat(all.stream().skip(6), Stream.of(rest))
                .mapToInt(one -> number(one, "written"))
                .sum();
        assertEquals(6, written);
        OcspPicture after = OcspPicture.of(folder, folder.resolve("www"));
        devices()
                .forEach(row -> assertEquals(
                        row.status().equals("revoked") ? "revoked 1" : "good",
                        after.status(row.serial()),
                        row::toString));
        StoreProof.nothingLeft(folder.resolve("www"));
        proof.cleanOncePublished();
    }
}
