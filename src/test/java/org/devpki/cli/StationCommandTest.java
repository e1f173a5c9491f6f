package org.devpki.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process for a shift: every order gets its answer, whatever it says. */
class StationCommandTest {
    @TempDir
    private Path folder;

    private InProcess devpki;

    @BeforeEach
    void makeAStore() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        devpki = InProcess.in(folder);
        devpki.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
    }

    private Finished station(String orders, String... options) {
        return station(devpki, orders, options);
    }

    private Finished station(InProcess watched, String orders, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "station", "--batch", "S1", "--out", folder.resolve("out").toString()));
        arguments.addAll(List.of(options));
        return watched.feeding(Bytes.utf8(orders)).run(arguments.toArray(String[]::new));
    }

    private static List<String> members(Finished finished, String name) {
        return finished.out().lines().map(line -> StoreProof.member(line, name)).toList();
    }

    @Test
    void everyOrderGetsOneResultInOrderAndABadOneStopsNobody() {
        Finished station = station("""
                {"name":"d1","id":"7"}

                {"name":"d1","id":"7"}
                {"name":"d1","id":"7","colour":"red"}
                name
                {"name":"d2","profile":"nosuch"}
                {"name":"d+"}
                {"name":"d3"}
                """).exiting(6);

        assertEquals(List.of("ready", "", "alive", "", "", "", "", "", "", "ended"), members(station, "state"));
        assertEquals(
                List.of("", "issued", "", "unchanged", "failed", "failed", "failed", "failed", "issued", ""),
                members(station, "status"));
        assertEquals(List.of("", "1", "", "3", "4", "5", "6", "7", "8", ""), members(station, "line"));
        assertEquals(
                List.of("conflict", "invalid-input", "not-found", "invalid-input"),
                members(station, "fault").stream()
                        .filter(fault -> !fault.isEmpty())
                        .toList());
        StoreProof proof = StoreProof.of(folder);
        proof.bundleHolds(proof.oneValid("d1"));
        proof.bundleHolds(proof.oneValid("d3"));
    }

    @Test
    void whatAStationIssuedIsOfItsBatch() {
        station("{\"name\":\"d1\"}\n{\"name\":\"d2\"}\n").exiting(0);

        Finished batch = devpki.run("batch", "show", "S1").exiting(0);

        assertTrue(batch.out().contains("2 of 2 done"), batch.out());
    }

    @Test
    void aWrongPassphraseShowsBeforeTheFirstOrder() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "wrong\n");

        Finished station = station("{\"name\":\"d1\"}\n");

        station.exiting(9);
        assertEquals("", station.out());
    }

    @Test
    void anOrderThatIsTooLongIsRefused() {
        Finished station =
                station("{\"name\":\"" + "d".repeat(70_000) + "\"}\n").exiting(6);

        assertTrue(station.out().contains("at most 65536 characters are right"), station.out());
    }

    @Test
    void noSignOfLifeComesBetweenAnOrderAndItsResult() {
        InProcess slow = devpki.at(Checkpoint.Step.ISSUE_1_LOCKED, () -> pause(Duration.ofMillis(1100)));

        Finished station =
                station(slow, "{\"name\":\"d1\"}\n", "--heartbeat", "1s").exiting(0);

        assertEquals(List.of("ready", "", "ended"), members(station, "state"));
    }

    @Test
    void aHeartbeatThatIsNoneIsRefused() {
        for (String wrong : List.of("0s", "2d", "often")) {
            station("", "--heartbeat", wrong).exiting(2);
        }
    }

    /** Whoever runs the line frees the disk, and the station is still there. */
    @Test
    void aDiskThatFailsFailsTheOrderAndTheNextOneFinds() throws IOException {
        Path out = folder.resolve("out");
        Files.createDirectory(out);
        Iterator<Runnable> beforeEach = List.<Runnable>of(
                        () -> {}, () -> replaceByAFile(out), () -> replaceByAFolder(out), () -> {})
                .iterator();
        InProcess unlucky = devpki.at(
                Checkpoint.Step.ISSUE_1_LOCKED, () -> beforeEach.next().run());

        Finished station = station(unlucky, """
                {"name":"d1"}
                {"name":"d2"}
                {"name":"d2"}
                {"name":"d3"}
                """).exiting(6);

        assertEquals(List.of("", "issued", "failed", "issued", "issued", ""), members(station, "status"));
        assertEquals(List.of("", "", "store-failed", "", "", ""), members(station, "fault"));
        StoreProof proof = StoreProof.of(folder);
        proof.bundleHolds(proof.oneValid("d2"));
        proof.cleanOncePublished();
    }

    private static void replaceByAFile(Path folder) {
        try {
            Files.move(folder, Path.of(folder + ".away"));
            Files.createFile(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void replaceByAFolder(Path file) {
        try {
            Files.delete(file);
            Files.move(Path.of(file + ".away"), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
