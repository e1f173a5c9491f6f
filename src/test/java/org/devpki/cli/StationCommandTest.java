package org.devpki.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.devpki.model.Bytes;
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

    private Finished station(String orders) {
        return devpki.feeding(Bytes.utf8(orders))
                .run("station", "--batch", "S1", "--out", folder.resolve("out").toString());
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

        assertTrue(station.out().contains("at most 65536 are right"), station.out());
    }
}
