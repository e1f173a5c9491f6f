package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A station as a line runs it: a process, a pipe to it and a pipe from it. */
@Tag("long")
class StationIT {
    private static final int TERMINATED = 128 + 15;
    private static final String[] STATION = {"station", "--batch", "S1", "--out", "out"};

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeOneStoreForAll() {
        Devpki.withStore(template, "--root-key", "P-256");
    }

    private Devpki devpki() {
        StoreProof.copy(template, folder);
        return Devpki.in(folder);
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static BufferedReader results(Process station) {
        return new BufferedReader(new InputStreamReader(station.getInputStream(), StandardCharsets.UTF_8));
    }

    private static List<String> members(List<String> lines, String name) {
        return lines.stream().map(line -> StoreProof.member(line, name)).toList();
    }

    @Test
    void aStationThatIsAskedToEndDoesTheOrderAtHandTellsItAndBeginsNoOther() {
        Devpki devpki = devpki();

        Finished station = Victim.askedToEndAt(
                devpki,
                Step.ISSUE_3_RESERVED,
                2,
                octets("{\"name\":\"d1\"}\n{\"name\":\"d2\"}\n{\"name\":\"d3\"}\n"),
                STATION);

        station.exiting(TERMINATED);
        List<String> lines = station.out().lines().toList();
        assertEquals(List.of("ready", "", "", "ended"), members(lines, "state"), station::all);
        assertEquals(List.of("", "d1", "d2", ""), members(lines, "name"));
        assertEquals(List.of("0", "", "", "2"), members(lines, "issued"));
        assertEquals("", station.err());
        StoreProof proof = StoreProof.of(folder);
        proof.bundleHolds(proof.oneValid("d2"));
        assertEquals(List.of(), proof.rows("d3"));
        proof.cleanOncePublished();
    }

    @Test
    void anIdleStationGivesSignsOfLifeAndEndsWhenItIsAskedTo() throws Exception {
        Process station = devpki().talkTo(folder.resolve("log"), withHeartbeat());
        try (BufferedReader results = results(station);
                OutputStream orders = station.getOutputStream()) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                lines.add(results.readLine());
            }
            orders.write(octets("{\"name\":\"d1\"}\n"));
            orders.flush();
            do {
                lines.add(results.readLine());
            } while (!StoreProof.member(lines.get(lines.size() - 1), "name").equals("d1"));
            station.toHandle().destroy(); // which leaves the pipes open
            results.lines().forEach(lines::add);

            assertEquals(
                    List.of("ready", "alive", "alive"), members(lines, "state").subList(0, 3));
            assertEquals("ended", StoreProof.member(lines.get(lines.size() - 1), "state"));
            assertTrue(station.waitFor(10, TimeUnit.SECONDS));
            assertEquals(TERMINATED, station.exitValue());
        } finally {
            station.destroyForcibly();
        }
    }

    private static String[] withHeartbeat() {
        List<String> command = new ArrayList<>(List.of(STATION));
        command.addAll(List.of("--heartbeat", "1s"));
        return command.toArray(String[]::new);
    }

    @Test
    void whoeverReadsNoResultsStopsTheStationAndLosesNone() throws Exception {
        int all = 20_000;
        AtomicInteger written = new AtomicInteger();
        Process station = devpki().talkTo(folder.resolve("log"), STATION);
        Thread line = new Thread(() -> write(all, station, written));
        try (BufferedReader results = results(station)) {
            results.readLine(); // ready
            line.start();
            int before;
            do { // until nothing moves any more
                before = written.get();
                TimeUnit.MILLISECONDS.sleep(700);
            } while (written.get() > before || before == 0);

            List<String> lines = results.lines().toList();

            assertTrue(before < all / 2, "a station that nobody listens to took " + before + " orders");
            assertEquals(all + 1, lines.size());
            for (int i = 0; i < all; i++) {
                assertEquals(String.valueOf(i + 1), StoreProof.member(lines.get(i), "line"));
            }
            assertEquals(String.valueOf(all), StoreProof.member(lines.get(all), "failed"));
        } finally {
            station.destroyForcibly();
        }
        line.join();
        assertFalse(line.isAlive());
    }

    /** Orders that are refused before any key is made, which is quick. */
    private static void write(int all, Process station, AtomicInteger written) {
        try (OutputStream orders = station.getOutputStream()) {
            for (int i = 0; i < all; i++) {
                orders.write(octets("{\"name\":\"not a client ID\"}\n"));
                orders.flush();
                written.incrementAndGet();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
