package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Requests;
import org.devpki.testing.StoreProof;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What ends and when: lists, exit codes, and waves that spread the renewals over time. */
@Tag("story")
class ExpiryStoriesTest extends RenewalFixture {
    // device expiring, status

    @Test
    void whatEndsCountsUntilALaterCertificateStandsInForIt() {
        issue("d1");
        issue("d2");
        run(0, List.of("issue", "d3", "--not-after", "20d", "--batch", "B1", "--out", out("out")));

        devpki.run("device", "expiring", "--within", "10d").exiting(0);
        Finished soon = devpki.run("device", "expiring", "--by", "batch").exiting(10);
        devpki.run("status").exiting(10);
        clock.advance(Duration.ofDays(21));
        Finished late =
                devpki.run("device", "expiring", "--within", "90d", "--json").exiting(11);
        Finished lines =
                devpki.run("device", "expiring", "--within", "90d", "--jsonl").exiting(11);
        Finished status = InProcess.in(folder).at(clock).run("status").exiting(11);

        assertTrue(soon.out().contains("0 expired, 1 end within 30d"), soon.out());
        assertTrue(soon.out().contains("B1"), soon.out());
        assertEquals("1", member(late, "expired"));
        assertEquals("2", member(late, "due"));
        assertTrue(late.out().contains("\"month\" : \"2027-02\""), late.out());
        assertEquals(
                List.of("d3", "d1", "d2"),
                lines.out().lines().map(line -> StoreProof.member(line, "name")).toList());
        assertTrue(
                status.out().contains("devices without a later certificate: 1 expired, 0 end within 30d"),
                status.out());

        renew(0, "d3");
        devpki.run("revoke", "d1", "--reason", "cessation-of-operation").exiting(0);
        devpki.run("device", "mark", "d2", "retired").exiting(0);
        devpki.run("device", "expiring", "--within", "90d").exiting(0);
    }

    @Test
    void aCaThatWasSignedForSomebodyElseIsNoDevice() throws IOException {
        Path csr = folder.resolve("plant.csr");
        Files.write(csr, Requests.of("CN=plant").der().toArray());
        devpki.run(
                        "ca",
                        "sign",
                        csr.toString(),
                        "--issuer",
                        "root-ca",
                        "--name",
                        "plant",
                        "--not-after",
                        "20d",
                        "--out",
                        out("plant.pem"))
                .exiting(0);

        devpki.run("device", "expiring").exiting(0);
        devpki.run("device", "waves", "--within", "30d", "--waves", "1", "--out", out("waves"))
                .exiting(0);

        assertEquals(List.of(), rows("waves/wave-1.csv"));
    }

    @Test
    void aRenewalThatEndsWithItsCaStandsInForTheOneBefore() {
        devpki.run("ca", "create", "short", "--parent", "root-ca", "--not-after", "20d")
                .exiting(0);
        run(0, List.of("issue", "d1", "--ca", "short", "--not-after", "ca", "--out", out("out")));
        renew(0, "d1", "--not-after", "ca");

        Finished soon = devpki.run("device", "expiring", "--json").exiting(10);

        assertEquals("1", member(soon, "due"));
    }

    @Test
    void aRenewalOfAnotherProfileStandsInToo() {
        issue("d1", "--profile", "device-mqtt");
        renew(0, "d1", "--profile", "device-idevid", "--not-after", "9999");
        clock.advance(Duration.ofDays(80));

        devpki.run("device", "expiring").exiting(0);
    }

    // device waves, batch renew

    @Test
    void wavesAreRenewedBatchByBatch() throws IOException {
        // given
        StringBuilder list = new StringBuilder("name,not_after\n");
        for (int i = 0; i < 12; i++) {
            list.append("w").append(i).append(',').append(i < 6 ? "10d" : "28d").append('\n');
        }
        devpki.feeding(Bytes.utf8(list.toString()))
                .run("batch", "run", "-", "--batch", "B1", "--out", out("out"))
                .exiting(0);
        String[] waves = {"device", "waves", "--within", "30d", "--waves", "3", "--out", out("waves"), "--json"};

        // when
        Finished refused = devpki.run(
                        "device", "waves", "--within", "30d", "--waves", "3", "--per-wave", "5", "--out", out("waves"))
                .exiting(5);
        Finished planned = devpki.run(waves).exiting(0);
        Finished again = devpki.run(waves).exiting(0);
        String[] first = {"batch", "renew", out("waves/wave-1.csv"), "--batch", "R1", "--out", out("renewed"), "--json"
        };
        Finished dry = devpki.run(
                        "batch",
                        "renew",
                        out("waves/wave-1.csv"),
                        "--batch",
                        "R1",
                        "--out",
                        out("renewed"),
                        "--dry-run")
                .exiting(0);
        Finished renewed = devpki.run(first).exiting(0);
        Finished unchanged = devpki.run(first).exiting(0);

        // then those that end on the tenth day can only be in the first wave
        assertRefused(refused, "a wave would have 6 devices, over the 5 of --per-wave");
        assertEquals("12", member(planned, "devices"));
        assertEquals("false", member(again, "changed"));
        assertEquals(6, rows("waves/wave-1.csv").size());
        assertEquals(6, rows("waves/wave-2.csv").size());
        assertTrue(dry.out().contains("6 are new"), dry.out());
        assertEquals("6", member(renewed, "issued"));
        assertEquals("6", member(unchanged, "unchanged"));
        assertEquals("6", member(devpki.run("device", "expiring", "--json").exiting(10), "due"));
        assertRefused(
                devpki.run("batch", "run", out("waves/wave-1.csv"), "--batch", "R1", "--out", out("x"))
                        .exiting(4),
                "R1");
        devpki.run("device", "waves", "--within", "30d", "--waves", "3", "--out", out("waves"))
                .exiting(4); // it is another plan now
        devpki.run("batch", "manifest", "R1", "--from", out("renewed")).exiting(0);
        devpki.run("doctor").exiting(0);
    }

    private List<String> rows(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file)).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("name"))
                .toList();
    }

    @Test
    void aRowOfARenewalThatIsRefusedStopsNoOther() {
        String d1 = issue("d1");
        issue("d2");
        Finished looked = devpki.feeding(Bytes.utf8("name,renews\nd1," + d1 + "\nd2," + d1 + "\n"))
                .run("batch", "renew", "-", "--batch", "R1", "--out", out("renewed"))
                .exiting(3);

        assertRefused(looked, "line 3: d2 has no certificate with serial " + d1);
        assertEquals(List.of("issued valid"), standings("d1"));
    }

    @Test
    void whatBecameOfADeviceStopsNoOtherOfItsWave() {
        // given
        for (String name : List.of("gone", "old", "other", "good")) {
            issue(name);
        }
        devpki.run("revoke", "gone", "--reason", "superseded").exiting(0);
        devpki.run("device", "mark", "old", "retired").exiting(0);
        renew(0, "other", "--rekey");
        InProcess feeding = devpki.feeding(Bytes.utf8("name\ngone\nold\nother\ngood\n"));
        String[] renew = {"batch", "renew", "-", "--batch", "R1", "--out", out("wave")};

        // when
        Finished dry = feeding.run("batch", "renew", "-", "--batch", "R1", "--out", out("wave"), "--dry-run")
                .exiting(0);
        Finished renewed = feeding.run(renew).exiting(6);

        // then
        assertTrue(dry.out().contains("1 of 4 rows can be issued: 1 are new"), dry.out());
        assertTrue(renewed.out().contains("1 issued, 0 done before, 3 failed"), renewed.out());
        assertRefused(renewed, "line 3, old: old is retired, and is not renewed");
        assertEquals(List.of("issued valid", "renewed valid"), standings("good"));
    }
}
