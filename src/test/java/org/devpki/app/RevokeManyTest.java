package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.devpki.model.Actor;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.Crypto;
import org.devpki.model.RevocationReason;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.Finished;
import org.devpki.testing.Fleet;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists and selections: who is hit, who is not, and that nothing happens where something is wrong. */
class RevokeManyTest {
    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess devpki;

    @BeforeAll
    static void makeAStoreWithThreeDevices() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess maker = InProcess.in(template);
        maker.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        for (String name : List.of("d1", "d2", "d3")) {
            maker.run(
                            "issue",
                            name,
                            "--batch",
                            "L3W47",
                            "--out",
                            template.resolve("out").toString())
                    .exiting(0);
        }
    }

    @BeforeEach
    void aCopyOfIt() {
        StoreProof.copy(template, folder);
        devpki = InProcess.in(folder);
    }

    private Finished run(String... arguments) {
        return devpki.run(arguments).exiting(0);
    }

    private Finished runList(String list, String... options) {
        return devpki.feeding(Bytes.utf8(list))
                .run(Stream.concat(Stream.of("revoke", "--from", "-", "--yes"), Stream.of(options))
                        .toArray(String[]::new));
    }

    /** The names that are neither valid nor reserved. */
    private List<String> revoked() {
        List<String> names = new ArrayList<>();
        run("device", "list", "--revoked")
                .out()
                .lines()
                .skip(1)
                .forEach(line -> names.add(line.substring(0, line.indexOf(' '))));
        return names;
    }

    private String serial(String name) {
        return run("device", "list", "--prefix", name)
                .out()
                .lines()
                .reduce((first, last) -> last)
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .orElseThrow();
    }

    private String auditHead() {
        return run("audit", "verify").out();
    }

    // Selections.

    @Test
    void aDryRunChangesNothing() {
        String before = auditHead();

        Finished planned = run("revoke", "--batch", "L3W47", "--dry-run");
        run("revoke", "d1", "--dry-run");

        assertTrue(planned.out().startsWith("would revoke 3 certificates: d1, d2, d3\n"), planned::out);
        assertEquals(before, auditHead());
    }

    @Test
    void moreThanTheMostRevokesNone() {
        devpki.run("revoke", "--batch", "L3W47", "--max", "2", "--yes").exiting(5);
        List<String> refused = revoked();

        run("revoke", "--batch", "L3W47", "--max", "3", "--yes");

        assertEquals(List.of(), refused);
        assertEquals(List.of("d1", "d2", "d3"), revoked());
    }

    @Test
    void aSelectionIsAskedForAndWithoutATerminalRefused() {
        Finished unasked =
                devpki.run("revoke", "--batch", "L3W47", "--max", "9").exiting(2);

        assertTrue(unasked.err().contains("hint: --yes answers it"), unasked::err);
        assertEquals(List.of(), revoked());
    }

    @Test
    void theSameOrderTwiceChangesNothingAndNeedsNoAnswer() {
        run("revoke", "--batch", "L3W47", "--reason", "superseded", "--yes");
        String before = auditHead();

        Finished again = run("revoke", "--batch", "L3W47", "--reason", "superseded", "--json");

        assertTrue(again.out().contains("\"changed\" : false"), again::out);
        assertTrue(again.out().contains("\"revokedBefore\" : 3"), again::out);
        assertEquals(before, auditHead());
    }

    @Test
    void aHoldIsMadeForGoodAndARevocationKeepsItsReason() {
        run("revoke", "d1", "--reason", "certificate-hold");
        run("revoke", "d2", "--reason", "superseded");

        Finished done = run("revoke", "--batch", "L3W47", "--reason", "key-compromise", "--yes");

        assertTrue(done.out().startsWith("revoked 2 certificates: d1, d3\n"), done::out);
        assertTrue(done.out().contains("left as they are: 1 revoked before\n"), done::out);
        assertTrue(run("device", "show", "d1").out().contains("key-compromise"));
        assertTrue(run("device", "show", "d2").out().contains("superseded"));
    }

    @Test
    void aHoldOfManyHoldsWhatIsNotHeld() {
        run("revoke", "d1", "--reason", "certificate-hold");

        Finished done = run("revoke", "--batch", "L3W47", "--reason", "certificate-hold", "--yes");

        assertTrue(done.out().startsWith("revoked 2 certificates: d2, d3\n"), done::out);
        devpki.run("revoke", "--batch", "L3W47", "--reason", "remove-from-crl", "--yes")
                .exiting(2);
        assertEquals(List.of("d1", "d2", "d3"), revoked());
    }

    @Test
    void noSelectionHitsACaOrAnOcspResponder() {
        run("revoke", "--ca", "issuing-ca", "--yes");
        Finished root = run("revoke", "--ca", "root-ca", "--yes");
        Finished responders = run("revoke", "--profile", "ocsp-responder", "--yes");

        assertEquals(List.of("d1", "d2", "d3"), revoked());
        assertTrue(root.out().contains("left as they are: 2 a CA or OCSP responder\n"), root::out);
        assertTrue(responders.out().contains("left as they are: 1 a CA or OCSP responder\n"), responders::out);
    }

    @Test
    void aSelectionWithoutAnyCertificateIsNotFound() {
        devpki.run("revoke", "--batch", "L3W48", "--yes").exiting(3);
        devpki.run("revoke", "--batch", "L3W47", "--profile", "device-ds-rsa", "--yes")
                .exiting(3);
        devpki.run("revoke", "--ca", "no-ca", "--yes").exiting(3);
    }

    @Test
    void twoWaysToSayWhomAreRefused() {
        for (String[] both : new String[][] {
            {"revoke", "d1", "--batch", "L3W47"},
            {"revoke", "--from", "-", "--batch", "L3W47"},
            {"revoke"},
            {"revoke", "d1", "--max", "1"},
            {"revoke", "d1", "--skip-unknown"}
        }) {
            devpki.run(both).exiting(2);
        }
        assertEquals(List.of(), revoked());
    }

    @Test
    void moreThanAGroupIsRevokedAndAuditedToTheLast() {
        Fleet.like("d1", folder.resolve("pki/ledger.db")).fill("L3W48", 1001);

        Finished done = run("revoke", "--batch", "L3W48", "--yes");

        assertTrue(done.out().startsWith("revoked 1001 certificates: L3W48-1, "), done::out);
        assertEquals(1001, revoked().size());
        assertEquals(
                1001,
                run("audit", "list")
                        .out()
                        .lines()
                        .filter(line -> line.contains(" certificate.revoke "))
                        .count());
        auditHead();
    }

    @Test
    void whatIsIssuedAfterThePlanIsNotHit() {
        Surroundings surroundings = new Surroundings(
                folder.resolve("pki"),
                Duration.ofSeconds(10),
                Clock.systemUTC(),
                new CountingRandom(),
                new Actor("tester@bench"),
                purpose -> {
                    throw new AssertionError("no key is needed to revoke");
                },
                Checkpoint.NONE,
                words -> {},
                Crypto.JAVA);
        RevokeMany.Whom batch =
                new RevokeMany.Whom.Matching(Optional.empty(), Optional.empty(), Optional.of(new BatchId("L3W47")));
        try (Workshop shop = Workshop.open(surroundings)) {
            RevokeMany.Plan plan = shop.revokeMany()
                    .plan(
                            batch,
                            new RevocationOrder(RevocationReason.SUPERSEDED, Optional.empty()),
                            OptionalLong.of(3));

            Fleet.like("d1", folder.resolve("pki/ledger.db")).fill("L3W47", 1);
            shop.revokeMany().run(plan);
        }

        assertEquals(List.of("d1", "d2", "d3"), revoked());
    }

    // Lists.

    @Test
    void aListNamesByNameBySerialOrByEither() {
        runList("# lost in May\n\nd1\r\n" + serial("d2").toUpperCase(Locale.ROOT) + "\n")
                .exiting(0);
        List<String> plain = revoked();

        runList("Serial,Name,when\n" + serial("d3") + ",somebody,today\n,d2,\"long, ago\"\n")
                .exiting(0);

        assertEquals(List.of("d1", "d2"), plain);
        assertEquals(List.of("d1", "d2", "d3"), revoked());
    }

    @Test
    void aCertificateThatIsNamedTwiceIsHitOnce() {
        Finished done = runList("d1\nd1\n" + serial("d1") + "\n").exiting(0);

        assertTrue(done.out().startsWith("revoked 1 certificate: d1\n"), done::out);
    }

    @Test
    void whatIsWrongWithAListIsToldAllAtOnceAndNothingIsRevoked() {
        Finished refused = runList("serial\n" + serial("d1") + "\nxyz\n4f01\n").exiting(2);
        Finished unknown = runList("d1\nd8\nd9\n").exiting(3);
        Finished foundation = runList("d1\nissuing-ca\nissuing-ca-ocsp\nd9\n").exiting(4);

        assertTrue(refused.err().contains("has 2 lines that cannot be obeyed:\n  line 3: "), refused::err);
        assertTrue(refused.err().contains("\n  line 4: serial 4f01 is not in the ledger\n"), refused::err);
        assertTrue(unknown.err().contains("line 2: there is no certificate named \"d8\"\n  line 3: "), unknown::err);
        assertTrue(foundation.err().contains("line 2: issuing-ca is a CA"), foundation::err);
        assertTrue(foundation.err().contains("line 3: issuing-ca-ocsp is a CA or an OCSP responder"), foundation::err);
        assertEquals(List.of(), revoked());
    }

    @Test
    void unknownLinesAreLeftOutWhereThatIsAskedFor() {
        Finished done = runList("d1\nd8\n4f01\n", "--skip-unknown").exiting(0);
        runList("d2\nissuing-ca\n", "--skip-unknown").exiting(4);

        assertTrue(done.out().contains("left as they are: 2 unknown\n"), done::out);
        assertEquals(List.of("d1"), revoked());
    }

    @Test
    void aNameThatIsAnothersSerialIsNotGuessed() {
        String serial = serial("d1");
        run("issue", serial, "--out", folder.resolve("out").toString());

        Finished refused = runList(serial + "\n").exiting(4);
        runList("name\n" + serial + "\n").exiting(0);

        assertTrue(refused.err().contains("is one certificate's name and another's serial"), refused::err);
        assertEquals(List.of(serial), revoked());
    }

    @Test
    void severalColumnsWithoutAHeaderAreRefused() {
        Finished refused = runList("d1,d2\n").exiting(2);

        assertTrue(refused.err().contains("calls none of them \"name\" or \"serial\""), refused::err);
        assertEquals(List.of(), revoked());
    }

    @Test
    void anEmptyListIsNothingToDo() {
        assertTrue(runList("").exiting(0).out().startsWith("nothing to do: "));
    }

    // The invalidity date.

    @Test
    void anInvalidityDateIsKeptInWholeSecondsAndAudited() {
        run("revoke", "d1", "--reason", "key-compromise", "--invalidity-date", "2026-01-05T10:00:00.75Z");
        run("revoke", "--batch", "L3W47", "--invalidity-date", "2026-01-06T00:00:00Z", "--yes");

        assertTrue(run("device", "show", "d1").out().contains("invalidityDate 2026-01-05T10:00:00Z\n"));
        assertTrue(
                run("device", "show", "d2", "--json").out().contains("\"invalidityDate\" : \"2026-01-06T00:00:00Z\""));
        assertTrue(run("audit", "list").out().contains("reason=key-compromise invalid=2026-01-05T10:00:00Z"));
    }

    @Test
    void anInvalidityDateToComeIsRefused() {
        for (String[] order : new String[][] {
            {"revoke", "d1", "--invalidity-date", "2999-01-01T00:00:00Z"},
            {"revoke", "--batch", "L3W47", "--invalidity-date", "2999-01-01T00:00:00Z", "--dry-run"},
            {"revoke", "d1", "--invalidity-date", "yesterday"},
            {"revoke", "d1", "--invalidity-date", "1969-12-31T23:59:59Z"},
            {"revoke", "d1", "--reason", "remove-from-crl", "--invalidity-date", "2026-01-05T10:00:00Z"}
        }) {
            devpki.run(order).exiting(2);
        }
        assertEquals(List.of(), revoked());
    }

    @Test
    void anotherInvalidityDateIsAConflictAndTheSameOrNoneIsNot() {
        String[] order = {"revoke", "d1", "--reason", "key-compromise", "--invalidity-date", "2026-01-05T10:00:00Z"};
        run(order);

        Finished same = run(order);
        Finished none = run("revoke", "d1", "--reason", "key-compromise");
        order[5] = "2026-01-06T10:00:00Z";
        Finished other = devpki.run(order).exiting(4);

        assertTrue(same.out().startsWith("nothing to do: revoked before: d1, "), same::out);
        assertTrue(none.out().startsWith("nothing to do: revoked before: d1, "), none::out);
        assertTrue(other.err().contains("invalid since 2026-01-05T10:00:00Z"), other::err);
    }

    // Kicks.

    @Test
    void whoIsRevokedSinceIsKickedOnceAndNoCaIs() {
        run("revoke", "d1");
        run("issue", "d1", "--out", folder.resolve("new").toString());
        run("revoke", "d2", "--reason", "certificate-hold");
        run("revoke", "issuing-ca-ocsp");

        String script =
                run("broker", "kick", "mosquitto", "--revoked-since", "1h").out();
        String nobody = run("broker", "kick", "mosquitto", "--revoked-since", "2999-01-01T00:00:00Z")
                .out();

        assertEquals(
                List.of("kick 'd1' again", "kick 'd2'"),
                script.lines().filter(line -> line.startsWith("kick ")).toList());
        assertFalse(nobody.contains("kick '"), nobody);
    }
}
