package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.Devpki;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A batch that is killed at any instant ends, by the same command, with each row exactly once. */
@Tag("crash")
class BatchKillIT {
    /** How many runs are killed at most, until one comes through. */
    private static final int KILLS = Integer.parseInt(System.getenv().getOrDefault("DEVPKI_TEST_BATCH_KILLS", "25"));

    private static final long SEED = Long.getLong("devpki.seed", new Random().nextLong());
    private static final String[] RUN = {
        "batch", "run", "list.csv", "--batch", "B1", "--out", "out", "--results", "results.jsonl"
    };

    @TempDir
    static Path template;

    @TempDir
    Path folder;

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

    @ParameterizedTest(name = "killed at {0}, time {1}: {2} rows superseded at most")
    @CsvSource({
        "BATCH_1_PLANNED, 1, 0",
        "ISSUE_1_LOCKED, 3, 2",
        "ISSUE_3_RESERVED, 3, 2",
        "ISSUE_5_RECORDED, 4, 2",
        "ISSUE_6_FILES_WRITTEN, 2, 2",
        "ISSUE_7_RENAMED, 2, 2",
        "ISSUE_8_DELIVERED, 5, 2",
        "BATCH_2_NOTED, 1, 0",
    })
    void aBatchThatIsKilledIsFinishedByTheSameCommand(Step step, int nth, int mostSuperseded) throws IOException {
        Devpki devpki = storeWithList(6);

        Victim.killedAt(devpki, step, nth, RUN);
        Set<String> seen = seen();
        devpki.run(RUN).exiting(0);

        eachRowIsThereOnce(6, seen, mostSuperseded);
    }

    @Test
    void aBatchThatIsKilledAtRandomMomentsEndsWithEachRowOnce() throws IOException {
        System.out.println("seed of the random kills: " + SEED);
        int rows = 150;
        Devpki devpki = storeWithList(rows);
        Random random = new Random(SEED);
        Set<String> seen = new HashSet<>();
        int killed = 0;
        while (killed < KILLS
                && Victim.killedAfter(devpki, Step.BATCH_1_PLANNED, Duration.ofMillis(random.nextInt(700)), RUN)) {
            killed++;
            seen.addAll(seen());
        }
        System.out.println("killed " + killed + " runs, " + seen.size() + " certificates seen");

        devpki.run(RUN).exiting(0);

        assertTrue(killed >= 5, "the batch was whole before it was killed often: " + killed);
        assertTrue(seen.size() > 10, "the kills came before the work: " + seen.size());
        eachRowIsThereOnce(rows, seen, killed * Runtime.getRuntime().availableProcessors());
    }

    private Set<String> seen() {
        return Files.exists(folder.resolve("out")) ? StoreProof.of(folder).certificatesSeen() : Set.of();
    }

    private void eachRowIsThereOnce(int rows, Set<String> seen, int mostSuperseded) throws IOException {
        StoreProof proof = StoreProof.of(folder);
        Map<String, List<StoreProof.Row>> byName = proof.rows().stream()
                .filter(row -> row.name().matches("d[0-9]+"))
                .collect(Collectors.groupingBy(StoreProof.Row::name));
        List<String> results = Files.readAllLines(folder.resolve("results.jsonl"));
        assertEquals(rows, byName.size());
        assertEquals(rows, results.size());
        int superseded = 0;
        Set<String> kept = new HashSet<>();
        for (int i = 0; i < rows; i++) {
            String name = "d" + i;
            StoreProof.Row valid = StoreProof.oneValid(name, byName.get(name));
            superseded += byName.get(name).size() - 1;
            byName.get(name).forEach(row -> kept.add(row.sha256()));
            proof.bundleHolds(valid);
            assertEquals(String.valueOf(1000 + i), StoreProof.member(results.get(i), "row"));
            assertEquals(valid.sha256(), StoreProof.member(results.get(i), "sha256"));
        }
        assertTrue(kept.containsAll(seen), "seed " + SEED + ": a certificate was seen that the ledger lacks");
        assertTrue(superseded <= mostSuperseded, "superseded " + superseded);
        Devpki.in(folder).run("batch", "show", "B1").exiting(0);
        StoreProof.nothingLeft(folder.resolve("out"));
        proof.cleanOncePublished();
    }
}
