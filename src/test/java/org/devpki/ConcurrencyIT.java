package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Law 19: processes on one store never harm each other; they wait, or exit 7. */
@Tag("crash")
class ConcurrencyIT {
    @TempDir
    Path folder;

    private Devpki devpki;
    private StoreProof proof;

    @BeforeEach
    void makeStore() {
        devpki = Devpki.withStore(folder);
        proof = StoreProof.of(folder);
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
    void eightProcessesIssueFortyCertificatesAtOnce() throws Exception {
        List<Callable<List<Finished>>> stations = new ArrayList<>();
        for (int station = 0; station < 8; station++) {
            String prefix = "s" + station + "-";
            stations.add(() -> {
                List<Finished> finished = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    finished.add(devpki.run("issue", prefix + i, "--out", "out"));
                }
                return finished;
            });
        }

        List<List<Finished>> all = atOnce(stations);

        all.forEach(station -> station.forEach(issue -> issue.exiting(0)));
        for (int station = 0; station < 8; station++) {
            for (int i = 0; i < 5; i++) {
                String name = "s" + station + "-" + i;
                assertEquals(1, proof.rows(name).size(), name);
                proof.bundleHolds(proof.oneValid(name));
            }
        }
        StoreProof.nothingLeft(folder.resolve("out"));
        proof.clean();
    }

    @Test
    void eightProcessesIssuingTheSameNameMakeOneCertificate() throws Exception {
        List<Callable<Finished>> stations = new ArrayList<>();
        for (int station = 0; station < 8; station++) {
            stations.add(() -> devpki.run("issue", "d1", "--out", "out", "--json"));
        }

        List<Finished> all = atOnce(stations);

        for (Finished one : all) {
            assertTrue(Set.of(0, 4, 7).contains(one.exit()), one::all);
        }
        assertEquals(
                1,
                all.stream()
                        .filter(one -> one.out().contains("\"changed\" : true"))
                        .count());
        assertEquals(1, proof.rows("d1").size());
        proof.bundleHolds(proof.oneValid("d1"));
        proof.clean();
    }

    @Test
    void theSameNameOrderedForEightFoldersAtOnceIsIssuedOnce() throws Exception {
        List<Callable<Finished>> stations = new ArrayList<>();
        for (int station = 0; station < 8; station++) {
            String out = "out" + station;
            stations.add(() -> devpki.run("issue", "d1", "--out", out));
        }

        List<Finished> all = atOnce(stations);

        assertEquals(1, all.stream().filter(one -> one.exit() == 0).count());
        all.stream()
                .filter(one -> one.exit() != 0)
                .forEach(one -> assertTrue(Set.of(4, 7).contains(one.exit()), one::all));
        assertEquals(1, proof.rows("d1").size());
        proof.oneValid("d1");
        proof.clean();
    }

    @Test
    void fourStationsRunTheirBatchesAtOnce() throws Exception {
        List<Callable<Finished>> stations = new ArrayList<>();
        for (int station = 0; station < 4; station++) {
            String prefix = "s" + station;
            StringBuilder list = new StringBuilder("name\n");
            for (int i = 0; i < 5; i++) {
                list.append(prefix).append('-').append(i).append('\n');
            }
            Files.writeString(folder.resolve(prefix + ".csv"), list);
            stations.add(() -> devpki.run("batch", "run", prefix + ".csv", "--batch", prefix, "--out", "out"));
        }

        List<Finished> all = atOnce(stations);

        all.forEach(one -> one.exiting(0));
        List<StoreProof.Row> rows = proof.rows();
        for (int station = 0; station < 4; station++) {
            for (int i = 0; i < 5; i++) {
                String name = "s" + station + "-" + i;
                List<StoreProof.Row> ofName =
                        rows.stream().filter(row -> row.name().equals(name)).toList();
                assertEquals(1, ofName.size(), name);
                proof.bundleHolds(StoreProof.oneValid(name, ofName));
            }
        }
        proof.clean();
    }

    @Test
    void twoPublishesAtOnceBothSucceedAndReadersNeverSeeHalfAFile() throws Exception {
        InProcess inside = InProcess.in(folder);
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService broker = Executors.newSingleThreadExecutor();
        Future<Integer> reader = broker.submit(() -> {
            int reads = 0;
            while (!isOver.get()) {
                proof.numbersInAll(proof.shelf());
                reads++;
            }
            return reads;
        });
        Map<String, BigInteger> before = proof.numbersInAll(proof.shelf());
        try {
            for (int round = 0; round < 5; round++) {
                String name = "d" + round;
                inside.run("issue", name, "--out", folder.resolve("out").toString())
                        .exiting(0);
                inside.run("revoke", name).exiting(0);

                List<Finished> both = atOnce(List.of(
                        () -> devpki.run("crl", "publish", "--json"), () -> devpki.run("crl", "publish", "--json")));

                both.forEach(one -> one.exiting(0));
                proof.shelfIsWhole(proof.shelf());
                Map<String, BigInteger> after = proof.numbersInAll(proof.shelf());
                before.forEach((ca, number) -> assertTrue(after.get(ca).compareTo(number) > 0, ca));
                assertTrue(
                        proof.isRevokedIn(proof.shelf(), proof.rows(name).get(0).serial()));
                assertEquals(4, both.stream().mapToLong(ConcurrencyIT::numbers).sum(), "numbers given out twice");
                before = after;
            }
        } finally {
            isOver.set(true);
            broker.shutdown();
        }
        assertTrue(reader.get() > 20, "the reader hardly read");
        proof.clean();
    }

    private static final Set<String> GIVEN_OUT = java.util.concurrent.ConcurrentHashMap.newKeySet();

    /** How many numbers a publish took that nobody took before. */
    private static long numbers(Finished publish) {
        return publish.out()
                .lines()
                .filter(line -> line.contains("\"number\""))
                .filter(line -> GIVEN_OUT.add(StoreProof.member(line, "number")))
                .count();
    }

    @Test
    void publishingWhileOthersIssueAndRevokeHarmsNobody() throws Exception {
        Callable<List<Finished>> publisher = () -> {
            List<Finished> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(devpki.run("crl", "publish", "--if-needed"));
            }
            return all;
        };
        List<Callable<List<Finished>>> works = new ArrayList<>(List.of(publisher));
        for (int station = 0; station < 3; station++) {
            String prefix = "s" + station + "-";
            works.add(() -> {
                List<Finished> all = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    all.add(devpki.run("issue", prefix + i, "--out", "out"));
                    all.add(devpki.run("revoke", prefix + i));
                }
                return all;
            });
        }

        List<List<Finished>> all = atOnce(works);

        // a publisher may find that more was revoked while it worked, and say so
        all.get(0).forEach(one -> assertTrue(one.exit() == 0 || one.exit() == 10, one::all));
        all.subList(1, all.size()).forEach(work -> work.forEach(one -> one.exiting(0)));
        proof.cleanOncePublished();
        proof.shelfIsWhole(proof.shelf());
        for (int station = 0; station < 3; station++) {
            for (int i = 0; i < 3; i++) {
                StoreProof.Row row = proof.rows("s" + station + "-" + i).get(0);
                assertEquals("revoked", row.status());
                assertTrue(proof.isRevokedIn(proof.shelf(), row.serial()), row.name());
            }
        }
    }

    @Test
    void whoeverWaitsTooLongForANameExits7AndOtherNamesGoOn() {
        try (Victim holder = Victim.pausedAt(devpki, Step.ISSUE_1_LOCKED, "issue", "d1", "--out", "out")) {
            long start = System.nanoTime();
            Finished waiting = devpki.run("issue", "d1", "--out", "out", "--lock-timeout", "1s");
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            Finished other = devpki.run("issue", "d2", "--out", "out", "--lock-timeout", "1s");

            String sentence = Refusal.sentence(waiting, 7);
            assertTrue(sentence.startsWith("another process works on name issuing-ca/d1"), sentence);
            assertTrue(seconds >= 1 && seconds < 20, "waited " + seconds + " s");
            other.exiting(0);
        }
        // the system gave the dead holder's lock back
        devpki.run("issue", "d1", "--out", "out", "--lock-timeout", "1s").exiting(0);
        proof.bundleHolds(proof.oneValid("d1"));
        proof.clean();
    }

    @Test
    void whoeverWaitsTooLongForAnotherPublishExits7() {
        try (Victim holder = Victim.pausedAt(devpki, Step.PUBLISH_4_PROVEN, "crl", "publish")) {
            Finished waiting = devpki.run("crl", "publish", "--lock-timeout", "1s");
            Finished json = devpki.run("crl", "publish", "--lock-timeout", "1s", "--json");
            Finished issue = devpki.run("issue", "d1", "--out", "out", "--lock-timeout", "1s");

            String sentence = Refusal.sentence(waiting, 7);
            assertTrue(sentence.startsWith("another process works on publishing CRLs"), sentence);
            assertEquals("busy", StoreProof.member(json.exiting(7).err(), "code"));
            issue.exiting(0);
        }
        devpki.run("crl", "publish", "--lock-timeout", "1s").exiting(0);
        proof.shelfIsWhole(proof.shelf());
        proof.clean();
    }

    @Test
    void whoeverWaitsTooLongForTheLedgerExits7() throws SQLException {
        try (Connection holder = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("pki/ledger.db"));
                Statement statement = holder.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");

            Finished waiting = devpki.run("issue", "d1", "--out", "out", "--lock-timeout", "1s");
            Finished reading = devpki.run("device", "list", "--lock-timeout", "1s");

            statement.execute("ROLLBACK");
            String sentence = Refusal.sentence(waiting, 7);
            assertTrue(sentence.startsWith("the ledger is locked by another process"), sentence);
            reading.exiting(0);
        }
        assertEquals(List.of(), proof.rows("d1"));
        devpki.run("issue", "d1", "--out", "out").exiting(0);
        proof.clean();
    }
}
