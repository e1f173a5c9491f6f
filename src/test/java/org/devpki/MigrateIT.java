package org.devpki;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.app.Workshop;
import org.devpki.model.Checkpoint.Step;
import org.devpki.model.Fault;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.PostgresServer;
import org.devpki.testing.Refusal;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestStore;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A ledger moves from a file to PostgreSQL and back; killed anywhere, nothing is lost and the same command ends it. */
@Tag("long")
class MigrateIT {
    private static final String FILE = "jdbc:sqlite:ledger.db";

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    private final PostgresServer server = PostgresServer.shared();
    private InProcess inside;
    private StoreProof proof;

    @BeforeAll
    static void makeOneStoreForAll() {
        Devpki.in(template);
        InProcess made = InProcess.in(template);
        init(made).exiting(0);
        issue(made, template, "d1");
        issue(made, template, "d2");
        made.run("revoke", "d2").exiting(0);
        made.run("crl", "publish").exiting(0);
    }

    private static Finished init(InProcess devpki, String... more) {
        return devpki.run(Stream.concat(
                        Stream.of(
                                "init",
                                "--org",
                                "Acme",
                                "--crl-url",
                                "http://crl.acme.example",
                                "--ocsp-url",
                                "http://ocsp.acme.example"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private static void issue(InProcess devpki, Path home, String name) {
        devpki.run("issue", name, "--out", home.resolve("out").toString()).exiting(0);
    }

    @BeforeEach
    void copyStore() {
        StoreProof.copy(template, folder);
        inside = InProcess.in(folder);
        proof = StoreProof.of(folder);
    }

    private Finished migrate(String to, String... more) {
        return inside.run(Stream.concat(Stream.of("store", "migrate", "--to", to), Stream.of(more))
                .toArray(String[]::new));
    }

    private Path settings() {
        return folder.resolve("pki/devpki.yaml");
    }

    private String ledger() throws IOException {
        return Files.readAllLines(settings()).stream()
                .filter(line -> line.startsWith("ledger:"))
                .findFirst()
                .orElse("");
    }

    private List<String> names() {
        return proof.rows().stream().map(StoreProof.Row::name).sorted().toList();
    }

    private void allIsThere(String... more) {
        List<String> expected = new ArrayList<>(List.of("d1", "d2", "issuing-ca", "issuing-ca-ocsp", "root-ca"));
        expected.addAll(List.of(more));
        List<String> names = names();
        assertTrue(names.containsAll(expected), () -> expected + " in " + names);
        proof.bundleHolds(proof.oneValid("d1"));
        proof.oneRevoked("d2");
        proof.cleanOncePublished();
    }

    @Test
    void aLedgerMovesToTheServerAndBackAndWorksInEachPlace() throws IOException {
        String there = server.newPlace();
        Files.writeString(settings(), Files.readString(settings()) + "# a line of our own\n");

        Finished moved = migrate(there, "--json").exiting(0);

        assertEquals("devpki/store-migrate/1", StoreProof.member(moved.out(), "schema"));
        assertEquals("true", StoreProof.member(moved.out(), "changed"));
        assertEquals("ledger: \"" + there + "\"", ledger());
        assertTrue(Files.readString(settings()).endsWith("# a line of our own\n"));
        allIsThere();
        issue(inside, folder, "d3");
        inside.run("revoke", "d3").exiting(0);
        issue(inside, folder, "d4");
        allIsThere("d3", "d4");
        assertEquals(
                List.of("d3", "d4"),
                PostgresServer.column(there, "SELECT name FROM certificate WHERE name IN ('d3', 'd4') ORDER BY id"));
        assertEquals(
                "false", StoreProof.member(migrate(there, "--json").exiting(0).out(), "changed"));

        migrate(FILE).exiting(0);

        assertEquals("ledger: \"" + FILE + "\"", ledger());
        issue(inside, folder, "d5");
        allIsThere("d3", "d4", "d5");

        migrate(there).exiting(0); // once more, over what it was when it left there

        allIsThere("d3", "d4", "d5");
        inside.run("status").exiting(0);
    }

    @Test
    void whoeverStillNamesTheOldPlaceIsToldTheNewOne() throws IOException {
        String there = server.newPlace();
        String before = Files.readString(settings());
        migrate(there).exiting(0);
        String after = Files.readString(settings());

        Files.writeString(settings(), before); // somebody's copy
        String read = Refusal.sentence(inside.run("device", "list"), 3);
        String write = Refusal.sentence(
                inside.run("issue", "d9", "--out", folder.resolve("out").toString()), 3);
        String elsewhere = Refusal.sentence(migrate(server.newPlace()), 4);

        for (String sentence : List.of(read, write, elsewhere)) {
            assertTrue(sentence.startsWith("the ledger has moved to " + there), sentence);
        }
        Files.writeString(settings(), after);
        assertFalse(names().contains("d9"));

        migrate(FILE).exiting(0);
        Files.writeString(settings(), after);
        String back = Refusal.sentence(inside.run("device", "list"), 3);
        assertTrue(back.startsWith("the ledger has moved to " + FILE), back);
    }

    @Test
    void whoeverHasTheOldLedgerOpenNeitherReadsNorWritesItAnyMore(@TempDir Path other) {
        TestStore store = TestStore.in(other, FixedClock.at("2026-03-01T12:00:00Z"));
        String there = server.newPlace();
        try (Workshop stale = store.open()) {
            stale.showLedger().cas();
            store.migrate(there);

            assertFault(Fault.NOT_FOUND, "the ledger has moved to " + there, () -> store.issue(stale, "d1"));
            assertFault(
                    Fault.NOT_FOUND,
                    "the ledger has moved to " + there,
                    () -> stale.showLedger().cas());
        }
        try (Workshop stale = store.open()) {
            store.migrate(FILE);

            assertFault(Fault.NOT_FOUND, "the ledger has moved to " + FILE, () -> store.issue(stale, "d1"));
        }
    }

    @Test
    void lookingChangesNothing() throws IOException {
        String there = server.newPlace();

        Finished looked = migrate(there, "--dry-run", "--json").exiting(0);

        assertEquals("false", StoreProof.member(looked.out(), "changed"));
        assertEquals("5", StoreProof.member(looked.out(), "certificates"));
        assertEquals("", ledger());
        assertEquals(
                List.of(),
                PostgresServer.column(there, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"));
        allIsThere();
    }

    @Test
    void somebodyElsesTablesAndAnotherLedgerAreNotTouched(@TempDir Path other) throws IOException {
        String taken = server.newPlace();
        PostgresServer.run(taken, "CREATE TABLE customers (id BIGINT)", "INSERT INTO customers VALUES (7)");
        String anothers = server.newPlace();
        Devpki.in(other);
        init(InProcess.in(other), "--ledger", anothers).exiting(0);
        String earlier = server.newPlace();

        String tables = Refusal.sentence(migrate(taken), 4);
        String ledger = Refusal.sentence(migrate(anothers), 4);
        String looking = Refusal.sentence(migrate(anothers, "--dry-run"), 4);

        assertTrue(tables.contains("tables already that are not of this ledger: [customers]"), tables);
        assertTrue(ledger.startsWith("there is another ledger already"), ledger);
        assertEquals(ledger, looking);
        assertEquals(List.of("7"), PostgresServer.column(taken, "SELECT id FROM customers"));
        InProcess.in(other).run("doctor").exiting(0);

        // what this ledger became later is not undone by an old copy of it
        StoreProof.copyAs(folder.resolve("pki"), folder.resolve("old"));
        migrate(earlier).exiting(0);
        issue(inside, folder, "d3");
        String later = Refusal.sentence(
                InProcess.in(folder)
                        .with("DEVPKI_STORE", folder.resolve("old").toString())
                        .run("store", "migrate", "--to", earlier),
                4);
        assertTrue(later.contains("or what this one became later"), later);
        allIsThere("d3");
    }

    @Test
    void aPasswordOnTheCommandLineOrInTheSettingsIsRefusedUnseen() throws IOException {
        for (String secret : List.of(
                "jdbc:postgresql://localhost/devpki?user=devpki&password=hunter2",
                "jdbc:postgresql://devpki:hunter2@localhost/devpki")) {
            Finished migrating = migrate(secret);
            Files.writeString(settings(), Files.readString(template.resolve("pki/devpki.yaml")) + "ledger: " + secret);
            Finished listing = inside.run("device", "list");
            Files.copy(
                    template.resolve("pki/devpki.yaml"), settings(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

            for (Finished finished : List.of(migrating, listing)) {
                String sentence = Refusal.sentence(finished, 2);
                assertTrue(sentence.contains("a ledger's URL has no password in it"), sentence);
                assertFalse(finished.all().contains("hunter2"), finished::all);
            }
        }
    }

    @Test
    void aStoreIsMadeWithItsLedgerInTheServer(@TempDir Path other) throws IOException {
        Devpki.in(other);
        InProcess there = InProcess.in(other);
        String place = server.newPlace();

        init(there, "--ledger", place).exiting(0);

        assertFalse(Files.exists(other.resolve("pki/ledger.db")));
        issue(there, other, "d1");
        StoreProof.of(other).cleanOncePublished();
        assertEquals(
                "false",
                StoreProof.member(
                        init(there, "--ledger", place, "--json").exiting(0).out(), "changed"));
        init(there, "--json").exiting(0); // says nothing of the ledger
        init(there, "--ledger", server.newPlace()).exiting(4);

        // where something is nothing is made
        String sentence = Refusal.sentence(
                init(there.with("DEVPKI_STORE", other.resolve("pki2").toString()), "--ledger", place), 4);
        assertTrue(sentence.startsWith("there are tables already where the ledger would be"), sentence);
        assertFalse(Files.exists(other.resolve("pki2")));
    }

    @Test
    void aBackupOfAStoreOnTheServerIsRestoredToAFileAndMovesOn() throws IOException {
        migrate(server.newPlace()).exiting(0);
        String backup = folder.resolve("b.zip").toString();
        inside.run("store", "backup", backup).exiting(0);
        issue(inside, folder, "later");
        Path place = Files.createDirectory(folder.resolve("elsewhere"));
        Files.copy(folder.resolve("passphrase"), place.resolve("passphrase"));
        InProcess restored = InProcess.in(place);

        Finished said = restored.run("store", "restore", backup).exiting(0);

        assertTrue(said.err().contains("the restored one is a file"), said::err);
        List<String> there =
                StoreProof.of(place).rows().stream().map(StoreProof.Row::name).toList();
        assertTrue(there.contains("d1") && !there.contains("later"), there::toString);
        StoreProof.of(place).cleanOncePublished();
        restored.run("store", "migrate", "--to", server.newPlace()).exiting(0);
        restored.run("crl", "publish").exiting(0);
        StoreProof.of(place).clean();
    }

    @Tag("crash")
    @ParameterizedTest(name = "killed at {0}, to the server: {1}")
    @CsvSource({
        "MIGRATE_1_PROVEN, true",
        "MIGRATE_2_COPIED, true",
        "MIGRATE_3_CLOSED, true",
        "MIGRATE_4_NOTED, true",
        "MIGRATE_2_COPIED, false",
        "MIGRATE_3_CLOSED, false",
    })
    void aMoveThatIsKilledIsEndedByTheSameCommandAndOneLedgerCountsAtMost(Step step, boolean isToServer) {
        String to = FILE;
        if (isToServer) {
            to = server.newPlace();
        } else {
            migrate(server.newPlace()).exiting(0);
        }

        Victim.killedAt(Devpki.in(folder), step, 1, "store", "migrate", "--to", to);

        if (step == Step.MIGRATE_1_PROVEN || step == Step.MIGRATE_2_COPIED) {
            issue(inside, folder, "d3"); // the old one still counts, and what is there now is out of date
        } else {
            String sentence = Refusal.sentence(inside.run("device", "list"), 3);
            assertTrue(sentence.startsWith("the ledger has moved to " + to), sentence);
        }
        migrate(to).exiting(0);
        issue(inside, folder, "d3");
        allIsThere("d3");
        assertEquals(1, proof.rows("d3").size());
    }

    @Tag("crash")
    @ParameterizedTest(name = "killed at {0}")
    @CsvSource({"MIGRATE_2_COPIED", "MIGRATE_3_CLOSED"})
    void anInitThatIsKilledBeforeItsLedgerHasMovedIsEndedByTheSameCommand(Step step, @TempDir Path other) {
        Devpki.in(other);
        String place = server.newPlace();
        String[] init = {"init", "--org", "Acme", "--crl-url", "http://crl.acme.example", "--ledger", place};

        Victim.killedAt(Devpki.in(other), step, 1, init);

        Finished again = InProcess.in(other).run(init).exiting(0);
        assertTrue(again.out().contains("made store"), again::all);
        assertFalse(Files.exists(other.resolve("pki/ledger.db")));
        issue(InProcess.in(other), other, "d1");
        StoreProof.of(other).cleanOncePublished();
    }
}
