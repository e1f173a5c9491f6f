package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.Devpki;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is killed at any instant ends, by the same command, with each row exactly once. */
@Tag("crash")
class BatchKillIT {
    /** How many runs are killed at most, until one comes through. */
    private static final int KILLS = Integer.parseInt(System.getenv().getOrDefault("DEVPKI_TEST_BATCH_KILLS", "12"));

    private static final long SEED = Long.getLong("devpki.seed", new Random().nextLong());
    private static final String[] RUN = {
        "batch", "run", "list.csv", "--batch", "B1", "--out", "out", "--results", "results.jsonl"
    };

    /** The same from elsewhere. */
    private static String[] run(Path home, String... more) {
        Stream<String> command = Stream.of(RUN)
                .map(word -> word.equals("out") || word.contains(".")
                        ? home.resolve(word).toString()
                        : word);
        return Stream.concat(command, Stream.of(more)).toArray(String[]::new);
    }

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    @TempDir
    Path morgue;

    @BeforeAll
    static void makeOneStoreForAll() {
        Devpki.withStore(template);
    }

    private Devpki storeWithList(int rows) throws IOException {
        StoreProof.copy(template, folder);
        StringBuilder list = new StringBuilder("name,id\n");
        for (int i = 0; i < rows; i++) {
            list.append('d').append(i).append(',').append(1000 + i).append('\n');
        }
        Files.writeString(folder.resolve("list.csv"), list);
        return Devpki.in(folder);
    }

    /** What a kill leaves is what is on the disk at that moment, so a copy of it is as good as a corpse. */
    @Test
    void aBatchThatIsCutOffAtAnyStepOfAnyRowEndsWithEachRowOnce() throws Exception {
        int rows = 25;
        storeWithList(rows);
        List<Corpse> corpses = new ArrayList<>();
        InProcess.in(folder)
                .at(step -> {
                    Path home = morgue.resolve(corpses.size() + "-" + step);
                    StoreProof.copyAs(folder, home);
                    corpses.add(new Corpse(home, corpses.size(), step, seen(folder)));
                })
                .run(run(folder, "--jobs", "1"))
                .exiting(0);

        ExecutorService some = Executors.newFixedThreadPool(2);
        List<Future<?>> ends = new ArrayList<>();
        for (Corpse corpse : corpses) {
            ends.add(some.submit(() -> corpse.isEnded(rows)));
        }
        some.shutdown();
        for (Future<?> end : ends) {
            end.get();
        }

        assertEquals(1 + 8 * rows + 1, corpses.size()); // planned, the steps of each row, noted
    }

    /** @param seen certificates in its bundles */
    private record Corpse(Path home, int number, Step step, Set<String> seen) {
        Corpse isEnded(int rows) throws IOException {
            InProcess.in(home).run(run(home)).exiting(0);
            int row = (number - 1) / 8; // that was worked on
            Ended ended = new Ended(home, rows, List.of(Math.max(0, row - 1), Math.min(row, rows - 1)));
            ended.eachRowIsThereOnce(seen, 1);
            if (number % 4 == 0) {
                itsManifestHolds(home);
                StoreProof.of(home).cleanOncePublished();
            }
            return this;
        }
    }

    @Test
    void aBatchThatIsKilledAtRandomMomentsEndsWithEachRowOnce() throws IOException {
        System.out.println("seed of the random kills: " + SEED);
        int rows = 100;
        Devpki devpki = storeWithList(rows);
        Random random = new Random(SEED);
        Set<String> seen = new HashSet<>();
        int killed = 0;
        while (killed < KILLS
                && Victim.killedAfter(devpki, Step.BATCH_1_PLANNED, Duration.ofMillis(random.nextInt(700)), RUN)) {
            killed++;
            seen.addAll(seen(folder));
        }
        System.out.println("killed " + killed + " runs, " + seen.size() + " certificates seen");

        devpki.run(RUN).exiting(0);

        assertTrue(killed >= 3, "the batch was whole before it was killed often: " + killed);
        assertTrue(seen.size() > 10, "the kills came before the work: " + seen.size());
        new Ended(folder, rows, IntStream.range(0, rows).boxed().toList())
                .eachRowIsThereOnce(seen, killed * 8 * Runtime.getRuntime().availableProcessors());
        StoreProof.nothingLeft(folder); // not of the results either
        itsManifestHolds(folder);
        StoreProof.of(folder).cleanOncePublished();
    }

    private static void itsManifestHolds(Path home) {
        String out = home.resolve("out").toString();
        InProcess.in(home).run("batch", "manifest", "B1", "--from", out).exiting(0);
        InProcess.in(home)
                .run("batch", "verify", out + "/B1.manifest.json", "--from", out)
                .exiting(0);
    }

    private static Set<String> seen(Path home) {
        return Files.exists(home.resolve("out")) ? StoreProof.of(home).certificatesSeen() : Set.of();
    }

    /**
     * A batch that has come to its end.
     *
     * @param lookedInto the rows whose bundles are opened
     */
    private record Ended(Path home, int rows, List<Integer> lookedInto) {
        void eachRowIsThereOnce(Set<String> seen, int mostSuperseded) throws IOException {
            StoreProof proof = StoreProof.of(home);
            Map<String, List<StoreProof.Row>> byName = proof.rows().stream()
                    .filter(row -> row.name().matches("d[0-9]+"))
                    .collect(Collectors.groupingBy(StoreProof.Row::name));
            List<String> results = Files.readAllLines(home.resolve("results.jsonl"));
            assertEquals(rows, byName.size());
            assertEquals(rows, results.size());
            int superseded = 0;
            Set<String> kept = new HashSet<>();
            for (int i = 0; i < rows; i++) {
                List<StoreProof.Row> ofName = byName.get("d" + i);
                StoreProof.Row valid = StoreProof.oneValid("d" + i, ofName);
                superseded += ofName.size() - 1;
                ofName.forEach(row -> kept.add(row.sha256()));
                assertEquals(String.valueOf(1000 + i), StoreProof.member(results.get(i), "row"));
                assertEquals(valid.sha256(), StoreProof.member(results.get(i), "sha256"));
                if (lookedInto.contains(i)) {
                    proof.bundleHolds(valid);
                }
            }
            assertTrue(kept.containsAll(seen), () -> home + ": a certificate was seen that the ledger lacks");
            assertTrue(superseded <= mostSuperseded, home + ": superseded " + superseded);
            InProcess.in(home).run("batch", "show", "B1").exiting(0);
            StoreProof.nothingLeft(home.resolve("out"));
        }
    }
}
