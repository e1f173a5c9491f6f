package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches: every row once, whatever happened before, and nothing where a row is wrong. */
class RunBatchTest {
    private static final String LIST = "name,id,chip\nd1,1,\nd2,2,\nd3,3,esp32c3\n";

    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess devpki;

    @BeforeAll
    static void makeAStore() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess.in(template)
                .run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
    }

    @BeforeEach
    void aCopyOfIt() {
        StoreProof.copy(template, folder);
        devpki = InProcess.in(folder);
    }

    private Finished runBatch(InProcess where, String list, String... options) {
        String out = folder.resolve("out").toString();
        return where.feeding(Bytes.utf8(list))
                .run(Stream.concat(Stream.of("batch", "run", "-", "--batch", "B1", "--out", out), Stream.of(options))
                        .toArray(String[]::new));
    }

    private Finished runBatch(String list, String... options) {
        return runBatch(devpki, list, options);
    }

    private long certificates() {
        return devpki.run("device", "list", "--batch", "B1", "--jsonl")
                .exiting(0)
                .out()
                .lines()
                .count();
    }

    @Test
    void eachRowIsIssuedOnceAndTheSameRunAgainChangesNothing() {
        Finished first = runBatch(LIST, "--jsonl").exiting(0);
        Finished again = runBatch(LIST, "--jsonl").exiting(0);

        List<String> before = first.out().lines().toList();
        List<String> after = again.out().lines().toList();
        assertEquals(4, before.size());
        for (int i = 0; i < 3; i++) {
            assertEquals("issued", StoreProof.member(before.get(i), "status"));
            assertEquals("unchanged", StoreProof.member(after.get(i), "status"));
            assertEquals(String.valueOf(i + 1), StoreProof.member(after.get(i), "row"));
            assertEquals(StoreProof.member(before.get(i), "sha256"), StoreProof.member(after.get(i), "sha256"));
            StoreProof proof = StoreProof.of(folder);
            proof.bundleHolds(proof.oneValid("d" + (i + 1)));
        }
        assertEquals(
                "{\"schema\":\"devpki/batch-summary/1\",\"batch\":\"B1\",\"issued\":0,\"unchanged\":3,\"failed\":0,"
                        + "\"left\":0,\"keys\":[]}",
                after.get(3));
        assertEquals(3, certificates());
    }

    @Test
    void aWrongRowLeavesEverythingAsItWas() {
        Finished refused = runBatch("""
                name,profile,key,san,not_after,chip
                d1,,,,,
                d2,nosuch,,,,
                d3,,RSA-1024,,,
                d4,,,email:a@b.c,,
                d5,,,,soon,
                d6,,,,,esp99
                """);

        refused.exiting(2);
        for (int line = 3; line <= 7; line++) {
            assertTrue(refused.err().contains("\n  line " + line + ": "), refused.err());
        }
        assertFalse(refused.err().contains("line 2: "), refused.err());
        assertEquals(0, certificates());
        assertFalse(Files.exists(folder.resolve("out")));
        devpki.run("batch", "show", "B1").exiting(3);
    }

    @Test
    void aDryRunCountsAndChangesNothing() {
        runBatch("name\nd1\n").exiting(0);

        Finished dry = runBatch("name\nd1\nd2\nd3\n", "--dry-run").exiting(0);

        assertEquals(
                "all 3 rows can be issued: 2 are new, 1 were made before or begun; nothing was changed\n", dry.out());
        assertEquals(1, certificates());
    }

    @Test
    void aNameThatAnotherOrderHasIsAConflictBeforeAnythingIsIssued() {
        devpki.run("issue", "d2", "--out", folder.resolve("elsewhere").toString(), "--not-after", "90d")
                .exiting(0);

        Finished refused = runBatch(LIST).exiting(4);

        assertTrue(refused.err().contains("line 3: d2 has live certificate"), refused.err());
        assertEquals(0, certificates());
    }

    @Test
    void aRowThatSaysSomethingElseIsAConflict() {
        runBatch("name,id,colour\nd1,1,red\n").exiting(0);

        Finished refused = runBatch("name,id,colour\nd1,1,blue\nd2,2,red\n").exiting(4);

        assertTrue(
                refused.err().contains("row 1 of batch B1 says something else than when it was first seen"),
                refused.err());
        assertEquals(1, certificates());
    }

    @Test
    void otherOptionsAreAConflict() {
        runBatch("name\nd1\n", "--not-after", "90d").exiting(0);

        Finished refused = runBatch("name\nd1\nd2\n", "--not-after", "91d", "--dry-run");
        Finished run = runBatch("name\nd2\n", "--not-after", "91d").exiting(4);

        refused.exiting(4);
        assertTrue(run.err().contains("batch B1 was begun with --not-after 90d, not with --not-after 91d"), run.err());
    }

    @Test
    void aListMayGrow() {
        runBatch("name\nd1\n").exiting(0);
        runBatch("name\nd2\nd1\n").exiting(0);

        Finished rows = devpki.run("batch", "show", "B1", "--jsonl").exiting(0);

        assertEquals(
                List.of("d1", "d2"),
                rows.out().lines().map(line -> StoreProof.member(line, "name")).toList());
    }

    @Test
    void aRowThatFailsIsToldAndTheOthersAreMade() throws IOException {
        Path inTheWay = Files.createDirectories(folder.resolve("out/d2"));
        Files.writeString(inTheWay.resolve("notes.txt"), "mine");
        Path results = folder.resolve("results.jsonl");

        Finished part = runBatch(LIST, "--results", results.toString()).exiting(6);
        Finished shown = devpki.run("batch", "show", "B1", "--rows").exiting(6);
        Files.delete(inTheWay.resolve("notes.txt"));
        Files.delete(inTheWay);
        runBatch(LIST).exiting(0);

        assertTrue(part.out().startsWith("batch B1: 2 issued, 0 done before, 1 failed, 0 left\n"), part.out());
        List<String> lines = Files.readAllLines(results);
        assertEquals(
                List.of("issued", "failed", "issued"),
                lines.stream().map(line -> StoreProof.member(line, "status")).toList());
        assertEquals("conflict", StoreProof.member(lines.get(1), "fault"));
        assertTrue(shown.out().contains("2 of 3 done, 1 failed, 0 left"), shown.out());
        devpki.run("batch", "status", "B1").exiting(0);
        assertEquals(3, certificates());
    }

    @Test
    void aStopEndsWhatIsBegunAndTheSameRunAgainDoesTheRest() throws IOException {
        StringBuilder list = new StringBuilder("name\n");
        for (int i = 0; i < 60; i++) {
            list.append('d').append(i).append('\n');
        }
        List<Integer> deliveries = new ArrayList<>();
        InProcess stopped = devpki.at(Checkpoint.Step.ISSUE_8_DELIVERED, () -> {
            deliveries.add(1);
            if (deliveries.size() == 5) {
                throw org.devpki.model.DevpkiException.storeFailed("the disk is full");
            }
        });

        Path results = folder.resolve("results.jsonl");
        Finished part = runBatch(stopped, list.toString(), "--jobs", "1", "--results", results.toString())
                .exiting(1);
        List<String> told = Files.readAllLines(results);
        Finished shown = devpki.run("batch", "show", "B1").exiting(6);
        Finished rest = runBatch(list.toString()).exiting(0);

        assertTrue(part.err().contains("the disk is full"), part.err());
        assertTrue(part.err().contains("the same command again goes on with what is left"), part.err());
        assertTrue(shown.out().contains(told.size() + " of 60 done, 0 failed, "), shown.out());
        assertFalse(shown.out().contains(": 60 of 60"), shown.out());
        assertTrue(rest.out().contains(" 0 failed, 0 left"), rest.out());
        assertEquals(60, certificates());
    }

    @Test
    void whatLintWarnsOfIsSaidOnceForAllAndStandsInEachResult() {
        Finished run = runBatch("name\nd1\nd2\n", "--profile", "device-ds-rsa", "--target", "esp32c3", "--jsonl")
                .exiting(0);

        assertTrue(
                run.err().contains("warning, of 2 devices: an RSA key in the Digital Signature peripheral"), run.err());
        assertEquals(
                2,
                run.out()
                        .lines()
                        .filter(line -> line.contains("\"warnings\":[\"an RSA key in the"))
                        .count());
        StoreProof.of(folder).oneValid("d2");
    }

    @Test
    void aListOfBatchesTellsHowFarEachIs() {
        runBatch("name\nd1\n").exiting(0);

        Finished list = devpki.run("batch", "list", "--json").exiting(0);

        assertTrue(list.out().contains("\"rows\" : 1"), list.out());
        assertTrue(list.out().contains("\"done\" : 1"), list.out());
        assertEquals(
                "there is no batch B2",
                devpki.run("batch", "show", "B2")
                        .exiting(3)
                        .err()
                        .lines()
                        .findFirst()
                        .orElse("")
                        .replace("devpki: error: ", ""));
    }

    @Test
    void oneChipsKeyIsNotForAllOfABatch() {
        Finished refused = runBatch(LIST, "--target", "esp32c3", "--hmac-key", "k.bin");

        refused.exiting(2);
        assertTrue(refused.err().contains("each device of a batch has its own"), refused.err());
    }
}
