package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.PostgresServer;
import org.devpki.testing.Refusal;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Laws 18 and 19 with the ledger in PostgreSQL: stations that crowd, clients that are killed, a server that is. */
@Tag("crash")
class PostgresCrashIT {
    private static final int STATIONS = 16;
    private static final int OWN = 3;
    private static final int CONTESTED = 2;
    private static final long SEED = Long.getLong("devpki.seed", new Random().nextLong());

    @TempDir
    Path folder;

    private InProcess storeAt(String place) {
        Devpki.in(folder);
        InProcess devpki = InProcess.in(folder);
        devpki.run("init", "--org", "Acme", "--crl-url", "http://crl.acme.example", "--ledger", place)
                .exiting(0);
        return devpki;
    }

    /** Each station is a folder of its own with settings and keys, as on a machine of its own. */
    @Test
    void sixteenStationsOnOneServerMakeNoDuplicateAndLoseNothing() throws Exception {
        InProcess devpki = storeAt(PostgresServer.shared().newPlace());
        List<Path> homes = new ArrayList<>();
        for (int station = 0; station < STATIONS; station++) {
            Path home = folder.resolve("station" + station);
            Files.createDirectory(home);
            StoreProof.copyAs(folder.resolve("pki"), home.resolve("pki"));
            Files.copy(folder.resolve("passphrase"), home.resolve("passphrase"));
            StringBuilder list = new StringBuilder("name\n");
            for (int i = 0; i < OWN; i++) {
                list.append("s").append(station).append('-').append(i).append('\n');
            }
            for (int i = 0; i < CONTESTED; i++) {
                list.append("all-").append((station + i) % CONTESTED).append('\n');
            }
            Files.writeString(home.resolve("list.csv"), list);
            homes.add(home);
        }
        List<Callable<Finished>> works = new ArrayList<>();
        for (Path home : homes) {
            works.add(() -> InProcess.in(home)
                    .run(
                            "batch",
                            "run",
                            home.resolve("list.csv").toString(),
                            "--batch",
                            "B-" + home.getFileName(),
                            "--out",
                            home.resolve("out").toString(),
                            "--jsonl"));
        }

        List<Finished> all = atOnce(works);

        // names that another station was quicker with are refused, whenever that is seen
        all.forEach(one -> assertTrue(Set.of(0, 2, 4, 6).contains(one.exit()), one::all));
        for (Path home : homes) { // those refused beforehand go on without the names of others
            String own = Files.readAllLines(home.resolve("list.csv")).stream()
                    .filter(line -> !line.startsWith("all-"))
                    .collect(Collectors.joining("\n"));
            Files.writeString(home.resolve("own.csv"), own);
        }
        works.clear();
        for (int i = 0; i < STATIONS; i++) {
            Path home = homes.get(i);
            if (all.get(i).exit() == 2 || all.get(i).exit() == 4) {
                works.add(() -> InProcess.in(home)
                        .run(
                                "batch",
                                "run",
                                home.resolve("own.csv").toString(),
                                "--batch",
                                "C-" + home.getFileName(),
                                "--out",
                                home.resolve("out").toString()));
            }
        }
        if (!works.isEmpty()) {
            atOnce(works).forEach(one -> one.exiting(0));
        }

        StoreProof proof = StoreProof.of(folder);
        Map<String, List<StoreProof.Row>> rows =
                proof.rows().stream().collect(Collectors.groupingBy(StoreProof.Row::name));
        for (int station = 0; station < STATIONS; station++) {
            for (int i = 0; i < OWN; i++) {
                List<StoreProof.Row> ofName = rows.get("s" + station + "-" + i);
                assertEquals(1, ofName.size(), () -> "" + ofName);
                proof.bundleHolds(
                        StoreProof.oneValid(ofName.get(0).name(), ofName),
                        homes.get(station).resolve("out"));
            }
        }
        for (int i = 0; i < CONTESTED; i++) {
            String name = "all-" + i;
            StoreProof.Row valid = StoreProof.oneValid(name, rows.get(name));
            List<Path> winners = homes.stream()
                    .map(home -> home.resolve("out"))
                    .filter(out -> Files.exists(out.resolve(name)))
                    .toList();
            assertEquals(1, winners.size(), () -> "folders of " + name + ": " + winners);
            proof.bundleHolds(valid, winners.get(0));
        }
        devpki.run("audit", "verify").exiting(0);
        proof.cleanOncePublished();
    }

    private static void waitFor(Future<?> work) {
        try {
            work.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> List<T> atOnce(List<Callable<T>> works) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(works.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : pool.invokeAll(works)) {
                results.add(future.get());
            }
            return results;
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void aServerThatIsKilledInTheMiddleOfABatchLosesNoRowAndTheSameCommandEndsIt() throws Exception {
        System.out.println("seed of the random kills: " + SEED);
        Random random = new Random(SEED);
        int rows = 40;
        try (PostgresServer server = PostgresServer.start()) {
            InProcess devpki = storeAt(server.newPlace());
            StringBuilder list = new StringBuilder("name\n");
            for (int i = 0; i < rows; i++) {
                list.append('d').append(i).append('\n');
            }
            Files.writeString(folder.resolve("list.csv"), list);
            String[] run = {
                "batch",
                "run",
                folder.resolve("list.csv").toString(),
                "--batch",
                "B1",
                "--out",
                folder.resolve("out").toString()
            };
            Set<String> seen = new HashSet<>();
            for (Step step :
                    List.of(Step.ISSUE_2_PLANNED, Step.ISSUE_4_SIGNED, Step.ISSUE_5_RECORDED, Step.ISSUE_7_RENAMED)) {
                int atRow = 1 + random.nextInt(5);
                int millisLater = random.nextInt(3) * random.nextInt(15); // a statement may be under way then
                AtomicInteger reached = new AtomicInteger();
                ExecutorService killer = Executors.newSingleThreadExecutor();
                Finished finished = devpki.at(step, () -> {
                            if (reached.incrementAndGet() == atRow) {
                                Future<?> killed = killer.submit(() -> server.killAfter(millisLater));
                                if (millisLater == 0) {
                                    waitFor(killed);
                                }
                            }
                        })
                        .run(run);
                killer.shutdown();
                assertTrue(killer.awaitTermination(20, TimeUnit.SECONDS));

                String sentence = Refusal.sentence(finished, 1);
                assertTrue(
                        sentence.contains("the ledger's server") || sentence.contains("the connection to the ledger"),
                        sentence);
                String away = Refusal.sentence(devpki.run("device", "list"), 1);
                assertTrue(away.startsWith("the ledger's server cannot be reached"), away);
                seen.addAll(StoreProof.of(folder).certificatesSeen());
                server.startAgain();
            }

            devpki.run(run).exiting(0);

            StoreProof proof = StoreProof.of(folder);
            Map<String, List<StoreProof.Row>> byName =
                    proof.rows().stream().collect(Collectors.groupingBy(StoreProof.Row::name));
            for (int i = 0; i < rows; i++) {
                proof.bundleHolds(StoreProof.oneValid("d" + i, byName.get("d" + i)));
            }
            Set<String> kept = proof.rows().stream().map(StoreProof.Row::sha256).collect(Collectors.toSet());
            assertTrue(kept.containsAll(seen), "a certificate was seen that the ledger lacks");
            devpki.run("batch", "show", "B1").exiting(0);
            proof.cleanOncePublished();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"ISSUE_1_LOCKED", "ISSUE_3_RESERVED", "ISSUE_5_RECORDED", "ISSUE_7_RENAMED", "PUBLISH_2_NUMBERED"})
    void aClientThatIsKilledGivesItsLocksBackAndTheSameCommandEndsItsWork(Step step) throws IOException {
        InProcess devpki = storeAt(PostgresServer.shared().newPlace());
        String out = folder.resolve("out").toString();
        String[] command = step.name().startsWith("ISSUE")
                ? new String[] {"issue", "d1", "--out", out}
                : new String[] {"crl", "publish"};

        Victim.killedAt(Devpki.in(folder), step, 1, command);
        devpki.run(Stream.concat(Stream.of(command), Stream.of("--lock-timeout", "5s"))
                        .toArray(String[]::new))
                .exiting(0);

        StoreProof proof = StoreProof.of(folder);
        if (step.name().startsWith("ISSUE")) {
            proof.bundleHolds(proof.oneValid("d1"));
            assertEquals(
                    step == Step.ISSUE_3_RESERVED || step == Step.ISSUE_5_RECORDED ? 2 : 1,
                    proof.rows("d1").size());
        }
        proof.cleanOncePublished();
        proof.shelfIsWhole(proof.shelf());
    }

    @Test
    void whoeverWaitsTooLongForANameOnTheServerExits7() throws Exception {
        InProcess devpki = storeAt(PostgresServer.shared().newPlace());
        String out = folder.resolve("out").toString();
        try (Victim holder = Victim.pausedAt(Devpki.in(folder), Step.ISSUE_1_LOCKED, "issue", "d1", "--out", "out")) {
            long start = System.nanoTime();
            Finished waiting = devpki.run("issue", "d1", "--out", out, "--lock-timeout", "1s");
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            devpki.run("issue", "d2", "--out", out, "--lock-timeout", "1s").exiting(0);

            String sentence = Refusal.sentence(waiting, 7);
            assertTrue(sentence.startsWith("another process works on name issuing-ca/d1"), sentence);
            assertTrue(seconds >= 1 && seconds < 20, "waited " + seconds + " s");
        }
        devpki.run("issue", "d1", "--out", out, "--lock-timeout", "5s").exiting(0);
        StoreProof.of(folder).cleanOncePublished();
    }
}
