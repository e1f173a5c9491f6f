package org.devpki.app;

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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device's life is in the ledger, from its order to its retirement; a key that goes astray is noticed. */
class LifeStoriesTest {
    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess devpki;

    @BeforeAll
    static void makeAStoreWithABatch() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess devpki = InProcess.in(template);
        devpki.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        devpki.feeding(Bytes.utf8("name\nd1\nd2\nd3\n"))
                .run(
                        "batch",
                        "run",
                        "-",
                        "--batch",
                        "B1",
                        "--out",
                        template.resolve("out").toString())
                .exiting(0);
    }

    @BeforeEach
    void aCopyOfIt() {
        StoreProof.copy(template, folder);
        devpki = InProcess.in(folder);
    }

    private List<String> at(String life) {
        return devpki.run("device", "list", "--life", life, "--batch", "B1", "--jsonl")
                .exiting(0)
                .out()
                .lines()
                .map(line -> StoreProof.member(line, "name"))
                .sorted()
                .toList();
    }

    @Test
    void aDeviceGoesForwardAndNeverBackUnlessForced() {
        assertEquals(List.of("d1", "d2", "d3"), at("exported"));

        Finished flashed = devpki.run("device", "mark", "d1", "flashed", "--station", "line3")
                .exiting(0);
        assertTrue(flashed.out().endsWith(": exported, now flashed\n"), flashed.out());
        assertTrue(
                devpki.run("device", "mark", "d1", "flashed").exiting(0).out().endsWith(" is already flashed\n"));
        devpki.run("device", "mark", "d1", "shipped").exiting(0);
        Finished back = devpki.run("device", "mark", "d1", "verified").exiting(4);
        assertTrue(back.err().contains(") is shipped and does not go back to verified"), back.err());
        devpki.run("device", "mark", "d1", "verified", "--force").exiting(0);

        assertEquals(List.of("d1"), at("verified"));
        assertEquals(List.of("d2", "d3"), at("exported"));
        String audit = devpki.run("audit", "list").exiting(0).out();
        assertTrue(audit.contains("state=flashed by=line3"), audit);
        devpki.run("audit", "verify").exiting(0);
    }

    @Test
    void aWholeBatchIsShippedByOneCommandAndItsStatusTells() {
        devpki.run("device", "mark", "d2", "in-field").exiting(0);

        Finished shipped =
                devpki.run("device", "mark", "--batch", "B1", "shipped").exiting(6);

        assertTrue(shipped.out().contains("marked 2, 0 were so already, 1 could not be"), shipped.out());
        assertTrue(shipped.err().contains("d2 ("), shipped.err());
        assertTrue(devpki.run("batch", "show", "B1").exiting(0).out().contains("its devices: 2 shipped, 1 in-field"));
    }

    @Test
    void reportsComeFromAListAndOneThatCannotBeStopsNoOther() {
        String serial = StoreProof.of(folder).oneValid("d3").serial();
        Finished reported = devpki.feeding(Bytes.utf8(
                        "name,serial,mark,station\nd1,,flashed,line3\nnobody,,flashed,\n," + serial + ",verified,\n"))
                .run("device", "mark", "--from", "-", "--json")
                .exiting(6);

        assertEquals(List.of("d1"), at("flashed"));
        assertEquals(List.of("d3"), at("verified"));
        assertTrue(reported.err().contains("line 3: there is no device nobody"), reported.err());
        assertTrue(reported.out().contains("\"marked\" : 2"), reported.out());

        devpki.feeding(Bytes.utf8("name,mark\nd1,exported\nd2,\n"))
                .run("device", "mark", "--from", "-")
                .exiting(2);
        devpki.run("device", "mark", "d1", "sold").exiting(2);
        devpki.run("device", "mark", "d1").exiting(2);
        devpki.run("device", "mark", "issuing-ca", "flashed").exiting(3);
    }

    @Test
    void aRevokedDeviceCanBeRetiredAndNothingElse() {
        devpki.run("revoke", "d1", "--reason", "cessation-of-operation").exiting(0);

        Finished refused = devpki.run("device", "mark", "d1", "shipped").exiting(4);
        assertTrue(refused.err().contains("is revoked; it can be retired and nothing else"), refused.err());
        devpki.run("device", "mark", "d1", "retired").exiting(0);
        assertEquals(List.of("d1"), at("retired"));
    }

    @Test
    void aStationTakesReportsBetweenOrders() {
        Finished station = devpki.feeding(Bytes.utf8("""
                        {"name":"d4"}
                        {"name":"d4","mark":"flashed","station":"line3"}
                        {"name":"d4","mark":"flashed"}
                        {"name":"d9","mark":"flashed"}
                        """))
                .run("station", "--batch", "B1", "--out", folder.resolve("out").toString())
                .exiting(6);

        List<String> lines = station.out().lines().toList();
        assertEquals("issued", StoreProof.member(lines.get(1), "status"));
        assertEquals("marked", StoreProof.member(lines.get(2), "status"));
        assertEquals("flashed", StoreProof.member(lines.get(2), "life"));
        assertEquals("unchanged", StoreProof.member(lines.get(3), "status"));
        assertEquals("failed", StoreProof.member(lines.get(4), "status"));
        assertEquals(List.of("d4"), at("flashed"));
    }

    @Test
    void aPrivateKeyThatIsExportedAgainRaisesAnAlarmUntilSomebodyLooked() {
        Path key = folder.resolve("out/d1/client_key.pem");
        devpki.run("status").exiting(0);

        Finished exported = devpki.run(
                        "bundle",
                        "export",
                        "d1",
                        "--private-key",
                        key.toString(),
                        "--format",
                        "pem",
                        "--out",
                        folder.resolve("second").toString())
                .exiting(0);

        assertTrue(exported.err().contains("alarm 1: the private key of certificate "), exported.err());
        assertTrue(devpki.run("status").exiting(10).out().contains("1 alarm is open: devpki audit alarms"));
        assertTrue(devpki.run("doctor").exiting(10).all().contains("alarm 1 is open"));
        assertTrue(devpki.run("audit", "alarms").exiting(10).out().contains("was exported again: folder pem"));
        devpki.run("audit", "close", "1", "--why", " ").exiting(2);
        devpki.run("audit", "close", "1", "--why", "lab copy, destroyed").exiting(0);
        devpki.run("audit", "alarms").exiting(0);
        assertTrue(devpki.run("audit", "alarms", "--all").exiting(0).out().contains("lab copy, destroyed"));
        devpki.run("status").exiting(0);
    }

    @Test
    void aCertificateAloneIsExportedWithoutAlarm() {
        devpki.run(
                        "bundle",
                        "export",
                        "d1",
                        "--format",
                        "der",
                        "--out",
                        folder.resolve("second").toString())
                .exiting(0);

        devpki.run("audit", "alarms").exiting(0);
    }
}
