package org.devpki.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.devpki.model.Actor;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.Crypto;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.SecretBytes;
import org.devpki.store.Store;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a factory home did comes into headquarters' ledger, whole or not at all. */
class MergeStoriesTest {
    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess hq;
    private InProcess home;
    private int backups;

    @BeforeAll
    static void makeHeadquartersAndAHome() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess hq = InProcess.in(template);
        hq.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        hq.run("issue", "shared-1", "--out", template.resolve("out").toString()).exiting(0);
        hq.run("issue", "shared-2", "--out", template.resolve("out").toString()).exiting(0);
        hq.run("store", "backup", template.resolve("copy.zip").toString()).exiting(0);
        hq.run(
                        "batch",
                        "token",
                        "--devices",
                        "9",
                        "--name",
                        "*",
                        "--profile",
                        "device-mqtt",
                        "--until",
                        "90d",
                        "--out",
                        template.resolve("line.token").toString())
                .exiting(0);
        InProcess home = home(template);
        home.run("store", "restore", template.resolve("copy.zip").toString()).exiting(0);
        home.run("store", "restrict", "--token", template.resolve("line.token").toString(), "--yes")
                .exiting(0);
        batch(home, template, "name,id\nd1,1\nd2,2\nd3,3\n").exiting(0);
        home.run("revoke", "d2", "--reason", "key-compromise").exiting(0);
        home.run("device", "mark", "d3", "flashed").exiting(0);
    }

    private static InProcess home(Path folder) {
        return InProcess.in(folder).with("DEVPKI_STORE", folder.resolve("home").toString());
    }

    private static Finished batch(InProcess devpki, Path folder, String list) {
        return devpki.feeding(Bytes.utf8(list))
                .run(
                        "batch",
                        "run",
                        "-",
                        "--batch",
                        "B1",
                        "--out",
                        folder.resolve("made").toString());
    }

    @BeforeEach
    void aCopyOfBoth() {
        StoreProof.copy(template, folder);
        hq = InProcess.in(folder);
        home = home(folder);
    }

    private Path backup() {
        Path zip = folder.resolve("backup-" + backups++ + ".zip");
        home.run("store", "backup", zip.toString()).exiting(0);
        return zip;
    }

    private Finished merge(Path source, String... more) {
        List<String> command = new ArrayList<>(List.of("batch", "merge", source.toString(), "--json"));
        Collections.addAll(command, more);
        return hq.run(command.toArray(String[]::new));
    }

    private static String member(Finished merged, String name) {
        return StoreProof.member(merged.exiting(0).out(), name).strip();
    }

    private String device(String name) {
        return hq.run("device", "show", name, "--json").out();
    }

    private String head(InProcess devpki) {
        return devpki.run("audit", "verify").exiting(0).out();
    }

    @Test
    void whatAHomeDidComesBackOnce() {
        Path zip = backup();
        String before = head(hq);

        Finished outlook = merge(zip, "--dry-run");
        assertEquals("3", member(outlook, "certificates"));
        assertEquals("false", member(outlook, "changed"));
        assertEquals(before, head(hq));

        Finished merged = merge(zip);
        assertEquals("3", member(merged, "certificates"));
        assertEquals("true", member(merged, "changed"));
        assertTrue(device("d1").contains("\"valid\""), device("d1"));
        assertTrue(device("d2").contains("\"key-compromise\""), device("d2"));
        assertTrue(device("d3").contains("\"flashed\""), device("d3"));
        hq.run("batch", "show", "B1").exiting(0);
        assertTrue(hq.run("audit", "list").out().contains("store.merge"));
        hq.run("batch", "verify", "nowhere.json").exiting(3);
        hq.run("crl", "publish", "--if-needed").exiting(0);
        StoreProof.of(folder).cleanOncePublished();
        StoreProof.Row revoked = StoreProof.of(folder).oneRevoked("d2");
        assertTrue(StoreProof.of(folder).isRevokedIn(StoreProof.of(folder).shelf(), revoked.serial()));

        String after = head(hq);
        assertEquals("false", member(merge(zip), "changed"));
        assertEquals(after, head(hq));
    }

    @Test
    void aLaterBackupBringsWhatIsNew() {
        assertEquals("3", member(merge(backup()), "certificates"));
        home.run("issue", "d4", "--out", folder.resolve("made").toString()).exiting(0);
        home.run("revoke", "d1", "--reason", "superseded").exiting(0);
        home.run("revoke", "shared-1", "--reason", "key-compromise").exiting(0);
        home.run("device", "mark", "d3", "verified").exiting(0);

        Finished merged = merge(backup());

        assertEquals("1", member(merged, "certificates"));
        assertEquals("2", member(merged, "revoked"));
        assertEquals("1", member(merged, "ahead"));
        assertTrue(device("d4").contains("\"valid\""));
        assertTrue(device("d1").contains("\"superseded\""));
        assertTrue(device("shared-1").contains("\"key-compromise\""));
        assertTrue(device("d3").contains("\"verified\""));
    }

    @Test
    void aRevocationAtHeadquartersStays() {
        hq.run("revoke", "shared-2", "--reason", "key-compromise").exiting(0);

        merge(backup()).exiting(0);

        assertTrue(device("shared-2").contains("\"key-compromise\""));
    }

    @Test
    void conflictsAreToldTogetherAndNothingIsDone() {
        hq.run("issue", "d1", "--out", folder.resolve("hq").toString()).exiting(0);
        batch(hq, folder.resolve("hq"), "name,id\nother,2\n").exiting(0);
        Path zip = backup();
        String before = head(hq);

        Finished refused = merge(zip).exiting(4);

        assertTrue(refused.err().contains("nothing is merged for 2 conflicts"), refused.err());
        assertTrue(refused.err().contains("d1 has live certificate "), refused.err());
        assertTrue(refused.err().contains("row 2 of batch B1 says something else there than here"), refused.err());
        assertEquals(before, head(hq));
        hq.run("device", "show", "d3").exiting(3);
        StoreProof.nothingLeft(folder.resolve("pki"));
    }

    @Test
    void aNameIsFreeOnceOneOfItsCertificatesIsRevoked() {
        hq.run("issue", "d1", "--out", folder.resolve("hq").toString()).exiting(0);
        Path zip = backup();
        merge(zip).exiting(4);

        hq.run("revoke", "d1", "--reason", "superseded").exiting(0);

        merge(zip).exiting(0);
    }

    @Test
    void aHomeWhoseLedgerWasChangedIsRefused() throws SQLException {
        Path ledger = folder.resolve("home/ledger.db");
        sql(
                ledger,
                "UPDATE certificate SET der = (SELECT der FROM certificate WHERE name = 'd3') WHERE name = 'd1'",
                "PRAGMA wal_checkpoint(TRUNCATE)");
        Finished swapped = merge(ledger).exiting(8);
        assertTrue(swapped.err().contains("of d1 is not the one that was reserved"), swapped.err());

        sql(ledger, "UPDATE audit SET detail = 'x' WHERE sequence = 5", "PRAGMA wal_checkpoint(TRUNCATE)");
        Finished changed = merge(ledger).exiting(8);
        assertTrue(changed.err().contains("the audit chain does not hold"), changed.err());
        hq.run("device", "show", "d3").exiting(3);
    }

    private static void sql(Path ledger, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void aLedgerOfAnotherHeadquartersIsRefused() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("passphrase"), "correct horse\n");
        InProcess stranger = InProcess.in(other);
        stranger.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        Path zip = folder.resolve("stranger.zip");
        stranger.run("store", "backup", zip.toString()).exiting(0);

        Finished refused = merge(zip).exiting(8);

        assertTrue(refused.err().contains("is not signed by CA root-ca"), refused.err());
    }

    @Test
    void aHomeMergesNoOther() {
        Path zip = backup();

        home.run("batch", "merge", zip.toString()).exiting(5);
    }

    @Test
    void aMergeThatIsKilledBeforeItsTransactionLeavesTheLedgerAsItWas() {
        Path zip = backup();
        String before = head(hq);
        InProcess cut = hq.at(Checkpoint.Step.MERGE_1_COMPARED, () -> {
            throw new IllegalStateException("power cut");
        });

        assertNotEquals(0, cut.run("batch", "merge", zip.toString()).exit());

        assertEquals(before, head(hq));
        assertEquals("3", member(merge(zip), "certificates"));
    }

    @Test
    void aLedgerThatChangesMeanwhileIsComparedAgain() {
        Path zip = backup();
        InProcess late = hq.at(
                Checkpoint.Step.MERGE_1_COMPARED,
                () -> hq.run("issue", "d1", "--out", folder.resolve("hq").toString())
                        .exiting(0));

        late.run("batch", "merge", zip.toString()).exiting(7);

        merge(zip).exiting(4);
    }

    /** Homes and headquarters work and send ledgers in any order; in the end headquarters has all of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void whateverTheOrderHeadquartersEndsWithTheUnion(long seed) throws IOException {
        FixedClock clock = FixedClock.at("2026-03-01T12:00:00Z");
        TestStore first = TestStore.in(folder.resolve("seed"), clock);
        List<Workshop> stores = new ArrayList<>();
        for (String name : List.of("s0", "s1", "s2")) {
            StoreProof.copyAs(
                    first.folder(), Files.createDirectory(folder.resolve(name)).resolve("pki"));
            stores.add(open(folder.resolve(name).resolve("pki"), clock));
        }
        Random random = new Random(seed);
        Map<IssuerAndSerialNumber, Boolean> revoked = new LinkedHashMap<>();
        Map<IssuerAndSerialNumber, LifeState> marked = new LinkedHashMap<>();
        List<List<IssuerAndSerialNumber>> made = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<Path> ledgers = new ArrayList<>();
        for (int step = 0; step < 40; step++) {
            clock.advance(Duration.ofSeconds(1));
            int at = random.nextInt(3);
            work(stores.get(at), first, random, at, step, made.get(at), revoked, marked, clock);
            if (at > 0 && random.nextInt(4) == 0) {
                ledgers.add(copy(stores.get(at), "l" + step));
            }
            if (!ledgers.isEmpty() && random.nextInt(6) == 0) {
                stores.get(0).mergeHome().run(ledgers.get(random.nextInt(ledgers.size())), false);
            }
        }
        ledgers.add(copy(stores.get(1), "last1"));
        ledgers.add(copy(stores.get(2), "last2"));
        Collections.shuffle(ledgers, random);
        for (Path ledger : ledgers) {
            stores.get(0).mergeHome().run(ledger, false);
        }

        String which = "seed " + seed;
        for (Map.Entry<IssuerAndSerialNumber, Boolean> each : revoked.entrySet()) {
            LedgerCertificate row =
                    stores.get(0).store().certificate(each.getKey()).orElseThrow(() -> new AssertionError(which));
            assertEquals(each.getValue(), row.revocation().isPresent(), which + " " + row);
            if (!each.getValue() && marked.containsKey(each.getKey())) {
                assertEquals(marked.get(each.getKey()), row.life(), which + " " + row);
            }
        }
        stores.get(0).checkAudit().run();
        Store head = stores.get(0).store();
        long entries = head.auditHead().entries();
        for (Path ledger : ledgers) {
            assertFalse(stores.get(0).mergeHome().run(ledger, false).hasChanged(), which);
        }
        assertEquals(entries, head.auditHead().entries(), which);
        stores.forEach(Workshop::close);
    }

    private Path copy(Workshop shop, String name) {
        Path ledger = folder.resolve(name + ".db");
        shop.store().copyTo(ledger);
        return ledger;
    }

    private static Workshop open(Path store, FixedClock clock) {
        return Workshop.open(new Surroundings(
                store,
                Duration.ofSeconds(10),
                clock,
                new SecureRandom(),
                new Actor("tester@bench"),
                purpose -> SecretBytes.taking("correct horse".getBytes(UTF_8)),
                Checkpoint.NONE,
                words -> {},
                Crypto.JAVA));
    }

    private static void work(
            Workshop shop,
            TestStore maker,
            Random random,
            int at,
            int step,
            List<IssuerAndSerialNumber> made,
            Map<IssuerAndSerialNumber, Boolean> revoked,
            Map<IssuerAndSerialNumber, LifeState> marked,
            FixedClock clock) {
        int what = made.isEmpty() ? 0 : random.nextInt(4);
        if (what < 2) {
            IssuerAndSerialNumber one = maker.issue(shop, "d" + at + "-" + step).issuerAndSerial();
            made.add(one);
            revoked.put(one, false);
            return;
        }
        IssuerAndSerialNumber some = made.get(random.nextInt(made.size()));
        if (what == 2 && !revoked.getOrDefault(some, false)) {
            shop.store().revoke(some, new Revocation(clock.instant(), RevocationReason.SUPERSEDED));
            revoked.put(some, true);
        } else {
            LifeState state = random.nextBoolean() ? LifeState.FLASHED : LifeState.VERIFIED;
            shop.store().mark(some, state, "");
            marked.put(some, state);
        }
    }
}
