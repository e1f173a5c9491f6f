package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.model.Actor;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlName;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerBatchRow;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.testing.FixedClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract in SQLite, and what is SQLite's alone: its file, its migrations, its lock. */
class SqliteStoreTest extends StoreContract {
    private static final Actor ACTOR = new Actor("tester@bench");

    @TempDir
    Path folder;

    private SqlStore.Place place(Duration timeout) {
        return new SqlStore.Place("jdbc:sqlite:ledger.db", folder, timeout);
    }

    @Override
    Store create(FixedClock at) {
        return SqlStore.create(place(Duration.ofSeconds(30)), at, ACTOR);
    }

    @Override
    Store another(FixedClock at, Duration lockTimeout) {
        return SqlStore.open(place(lockTimeout), at, ACTOR);
    }

    private Connection raw() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db"));
    }

    private List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = raw();
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private List<Path> backups() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().contains(".before-version-"))
                    .toList();
        }
    }

    @Test
    void theLedgerIsTheOwnersAlone() throws IOException {
        assertEquals(
                "[OWNER_READ, OWNER_WRITE]",
                Files.getPosixFilePermissions(folder.resolve("ledger.db")).stream()
                        .sorted()
                        .toList()
                        .toString());
    }

    @Test
    void aLedgerIsDurableBeforeAMethodReturns() throws SQLException {
        assertEquals(List.of("wal"), column("PRAGMA journal_mode"));
        assertEquals(List.of("" + SHIPPED), column("PRAGMA user_version"));
        try (Connection connection =
                        new SqliteDialect().connect("jdbc:sqlite:ledger.db", folder, Duration.ofSeconds(1), false);
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("PRAGMA synchronous")) {
            assertEquals("2", row.getString(1), "FULL");
        }
    }

    @Test
    void aLedgerThatContradictsItselfIsNotWhole() throws SQLException {
        try (Connection connection = raw();
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA foreign_keys=OFF");
            sql.execute("PRAGMA ignore_check_constraints=ON");
            sql.execute(
                    "INSERT INTO ca (name, parent, serial, key_uri, added_at) VALUES ('x', 'nobody', x'01', 'file:x', 0)");
            assertEquals(List.of("ca"), store.faults(), "a parent that is none");

            sql.execute("UPDATE ca SET parent = NULL WHERE name = 'x'");
            sql.execute(
                    "INSERT INTO certificate (ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash,"
                            + " not_before, not_after, key_made_here, state, reserved_at)"
                            + " VALUES ('x', x'02', 'n', 'p', x'00', x'00', x'00', x'00', 0, 0, 7, 'reserved', 0)");
            assertEquals(List.of("CHECK constraint failed in certificate"), store.faults());
        }
    }

    @Test
    void aMissingLedgerIsNotMade() {
        SqlStore.Place elsewhere = new SqlStore.Place("jdbc:sqlite:other.db", folder, Duration.ofSeconds(1));

        assertFault(Fault.NOT_FOUND, "other.db", () -> SqlStore.open(elsewhere, clock, ACTOR));
        assertTrue(Files.notExists(folder.resolve("other.db")));
    }

    @Test
    void aFileThatIsNoLedgerIsAnIntegrityFault() throws IOException {
        Files.writeString(folder.resolve("text.db"), "this is no database, however long it may be ".repeat(50));
        SqlStore.Place text = new SqlStore.Place("jdbc:sqlite:text.db", folder, Duration.ofSeconds(1));

        assertFault(Fault.INTEGRITY, "damaged", () -> SqlStore.open(text, clock, ACTOR));
    }

    @Test
    void aDatabaseThatNobodyServesIsInvalid() {
        SqlStore.Place oracle = new SqlStore.Place("jdbc:oracle:thin:@x", folder, Duration.ofSeconds(1));

        assertFault(Fault.INVALID_INPUT, "jdbc:oracle", () -> SqlStore.open(oracle, clock, ACTOR));
    }

    @Test
    void aWriterThatWaitsTooLongIsBusy() throws SQLException {
        try (Store other = another(clock, Duration.ofMillis(100));
                Connection connection = raw();
                Statement sql = connection.createStatement()) {
            sql.execute("BEGIN IMMEDIATE");

            assertFault(Fault.BUSY, "locked by another process", () -> other.setNote("a", "b"));

            sql.execute("ROLLBACK");
            other.setNote("a", "b");
        }
    }

    @Test
    void readersDoNotWaitForAWriter() throws SQLException {
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        try (Connection connection = raw();
                Statement sql = connection.createStatement()) {
            sql.execute("BEGIN IMMEDIATE");

            assertTrue(store.certificate(of(S1)).isPresent());

            sql.execute("ROLLBACK");
        }
    }

    @Test
    void aCopyIsAWholeLedgerOfItsOwn() {
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());

        store.copyTo(folder.resolve("copy.db"));

        SqlStore.Place copy = new SqlStore.Place("jdbc:sqlite:copy.db", folder, Duration.ofSeconds(1));
        try (Store copied = SqlStore.open(copy, clock, ACTOR)) {
            assertTrue(copied.certificate(of(S1)).isPresent());
            assertEquals(store.auditHead(), copied.auditHead());
            assertEquals(List.of(), copied.faults());
        }
    }

    // Moving.

    private SqlStore.Place place(String file) {
        return place(Duration.ofSeconds(5)).at("jdbc:sqlite:" + file);
    }

    private void move(String from, String to) {
        try (SqlStore moving = SqlStore.open(place(from), clock, ACTOR)) {
            moving.moveTo(place(to), copy -> assertEquals(moving.auditHead(), copy.auditHead()), () -> {});
        }
    }

    @Test
    void aLedgerThatMovedIsWholeThereAndClosedHere() throws SQLException {
        store.addCa(new LedgerCa(new CaName("a-below"), Optional.of(CA), serial("4fcb"), "file:a.key.pem"));
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        Store.AuditHead before = store.auditHead();

        move("ledger.db", "other.db");

        String moved = "the ledger has moved to jdbc:sqlite:other.db";
        assertFault(Fault.NOT_FOUND, moved, () -> store.certificate(of(S1))); // was open all the time
        assertFault(Fault.NOT_FOUND, moved, () -> store.reserve(reservation(S2, "d2"), Set.of(), List.of()));
        assertFault(Fault.NOT_FOUND, moved, () -> another(clock, Duration.ofSeconds(1)));
        assertEquals(Optional.of("jdbc:sqlite:other.db"), SqlStore.movedTo(place("ledger.db"), clock, ACTOR));
        assertEquals(List.of("d1"), column("SELECT name FROM moved_certificate"));
        try (SqlStore there = SqlStore.open(place("other.db"), clock, ACTOR)) {
            assertEquals(before, there.auditHead());
            assertEquals(2, there.cas().size());
            assertEquals(List.of(), there.faults());
            there.reserve(reservation(S2, "d2"), Set.of(), List.of());
        }
        assertEquals(Optional.empty(), SqlStore.movedTo(place("other.db"), clock, ACTOR));
    }

    @Test
    void aLedgerMovesBackOverWhatItWasAndNeverOverWhatItBecame() throws IOException {
        move("ledger.db", "other.db");
        Files.copy(folder.resolve("other.db"), folder.resolve("old.db"));
        try (SqlStore there = SqlStore.open(place("other.db"), clock, ACTOR)) {
            there.reserve(reservation(S1, "d1"), Set.of(), List.of());
        }

        move("other.db", "ledger.db");

        assertEquals(S1, store.certificate(of(S1)).orElseThrow().serial());
        assertFault(Fault.CONFLICT, "what this one became later", () -> move("old.db", "ledger.db"));
        assertEquals(S1, store.certificate(of(S1)).orElseThrow().serial());
        SqlStore.create(place("stranger.db"), clock, new Actor("somebody@else")).close();
        assertFault(Fault.CONFLICT, "another ledger", () -> move("ledger.db", "stranger.db"));
    }

    @Test
    void aLedgerIsMadeOnlyWhereNothingIs() {
        assertFault(
                Fault.CONFLICT,
                "there are tables already where the ledger would be: alarm, audit, batch",
                () -> SqlStore.create(place("ledger.db"), clock, ACTOR));
    }

    // Migrations.

    private static final int SHIPPED = Migrations.shipped().version();

    private static final String NEXT = """
            CREATE TABLE toy (ca TEXT NOT NULL, number INTEGER NOT NULL);
            -- a comment
            ALTER TABLE certificate ADD COLUMN toy INTEGER;
            """;

    private static Migrations oneMore(String next) {
        List<String> scripts = new ArrayList<>(Migrations.shipped().scripts());
        scripts.add(next);
        return new Migrations(scripts);
    }

    private SqlStore migrating(String next) {
        return SqlStore.connect(place(Duration.ofSeconds(5)), clock, ACTOR, false, oneMore(next));
    }

    @Test
    void aLedgerOfVersionOneKeepsWhatWasRevokedAndWhatAwaitsPublication() throws Exception {
        store.close();
        Files.delete(folder.resolve("ledger.db"));
        Migrations first = new Migrations(Migrations.shipped().scripts().subList(0, 1));
        SqlStore.connect(place(Duration.ofSeconds(5)), clock, ACTOR, true, first)
                .close();
        try (Connection connection = raw();
                Statement sql = connection.createStatement()) {
            for (int i = 1; i <= 3; i++) {
                sql.execute("INSERT INTO certificate (ca, serial, name, profile, profile_hash, order_hash, key_hash,"
                        + " tbs_hash, not_before, not_after, key_made_here, state, reserved_at, der, revoked_at, reason)"
                        + " VALUES ('issuing-ca', x'4f0" + i + "', 'd" + i + "', 'p', x'00', x'00', x'00', x'00', 0,"
                        + " 9000000000000, 0, 'issued', 0, x'00', " + (i == 2 ? "1772366400000, 1" : "NULL, NULL")
                        + ")");
            }
            sql.execute("INSERT INTO revocation_change VALUES ('issuing-ca', 17)");
        }

        store = another(clock, Duration.ofSeconds(5));

        List<RevokedEntry> revoked = new ArrayList<>();
        store.eachRevoked(CA, OptionalInt.of(0), Instant.EPOCH, revoked::add);
        assertEquals(
                List.of(new RevokedEntry(S2, Instant.parse("2026-03-01T12:00:00Z"), RevocationReason.KEY_COMPROMISE)),
                revoked);
        assertEquals(17, store.revocationSequence(CA, OptionalInt.empty()));
        assertEquals(2, store.live(CA, OptionalInt.of(0), 9).size());
    }

    @Test
    void aLedgerThatHadEachSerialOnceKeepsItsRowsAndTakesTheSerialOfAnotherCa() throws Exception {
        store.close();
        Files.delete(folder.resolve("ledger.db"));
        Migrations before = new Migrations(Migrations.shipped().scripts().subList(0, 8));
        List<LedgerCertificate> rows;
        try (SqlStore old = SqlStore.connect(place(Duration.ofSeconds(5)), clock, ACTOR, true, before)) {
            old.addCa(new LedgerCa(CA, Optional.empty(), serial("4fca"), "file:issuing-ca.key.pem"));
            old.reserve(reservation(S1, "d1"), Set.of(), List.of());
            old.record(of(S1), new CertificateDer(Bytes.utf8("d1")));
            old.deliver(of(S1), "folder");
            old.mark(of(S1), LifeState.SHIPPED, "");
            old.reserve(reservation(S2, "d2"), Set.of(), List.of());
            old.revoke(of(S2), new Revocation(NOW, RevocationReason.KEY_COMPROMISE, Optional.of(NOW)));
            rows = old.certificates(Store.Filter.all(), 0, 9);
        }
        try (Connection connection = raw();
                Statement sql = connection.createStatement()) {
            sql.execute("INSERT INTO batch (id, settings, begun_at) VALUES ('b', '', 0)");
            sql.execute("INSERT INTO batch_row (batch, row_id, position, name, content_hash, serial, fault)"
                    + " VALUES ('b', '1', 1, 'd1', x'00', x'4f01', NULL), ('b', '2', 2, 'd2', x'00', NULL, 'no key')");
        }

        store = another(clock, Duration.ofSeconds(5));

        assertEquals(rows, store.certificates(Store.Filter.all(), 0, 9));
        assertEquals(
                List.of(Optional.of(new BatchOutcome.Done(of(S1))), Optional.of(new BatchOutcome.Failed("no key"))),
                store.batchRows(new BatchId("b"), 0, 9).stream()
                        .map(LedgerBatchRow::outcome)
                        .toList());
        IssuerAndSerialNumber theirs = new IssuerAndSerialNumber(new CaName("other-ca"), S1);
        store.takeBack(
                CrlName.main(theirs.issuer()),
                List.of(new RevokedEntry(S1, NOW, RevocationReason.SUPERSEDED)),
                NOW.plusSeconds(60));
        assertTrue(store.certificate(theirs).orElseThrow().id() > rows.get(1).id());
        assertEquals(Optional.empty(), store.certificate(of(S1)).orElseThrow().revocation());
        assertEquals(List.of(), store.faults());
    }

    @Test
    void anOlderLedgerIsMigratedAfterABackupAndKeepsItsRows() throws Exception {
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        Store.AuditHead before = store.auditHead();
        store.close();

        try (SqlStore migrated = migrating(NEXT)) {
            assertEquals(
                    "d1",
                    migrated.certificate(of(S1)).orElseThrow().reservation().name());
            assertEquals(before.entries() + 1, migrated.auditHead().entries());
            migrated.setNote("still", "works");
        }

        assertEquals(List.of("" + (SHIPPED + 1)), column("PRAGMA user_version"));
        assertEquals(List.of("toy"), column("SELECT name FROM sqlite_master WHERE name = 'toy'"));
        assertEquals(1, backups().size());
        SqlStore.Place copy =
                new SqlStore.Place("jdbc:sqlite:" + backups().get(0).getFileName(), folder, Duration.ofSeconds(1));
        try (Store old = SqlStore.open(copy, clock, ACTOR)) { // still of the version before
            assertEquals(before, old.auditHead());
        }
        store = migrating(NEXT); // for the one who closes
        assertEquals(1, backups().size(), "an up-to-date ledger is not backed up again");
    }

    @Test
    void aMigrationThatFailsInTheMiddleLeavesTheVersionAndEveryRow() throws Exception {
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        Store.AuditHead before = store.auditHead();
        store.close();

        assertFault(Fault.STORE_FAILED, "no such table", () -> migrating(NEXT + "INSERT INTO nowhere VALUES (1);\n"));

        assertEquals(List.of("" + SHIPPED), column("PRAGMA user_version"));
        assertEquals(List.of(), column("SELECT name FROM sqlite_master WHERE name = 'toy'"));
        store = another(clock, Duration.ofSeconds(5));
        assertEquals("d1", store.certificate(of(S1)).orElseThrow().reservation().name());
        assertEquals(before, store.auditHead());
        store.setNote("still", "works");
    }

    @Test
    void aLedgerOfANewerDevpkiIsRefusedAndUntouched() throws Exception {
        store.close();
        migrating(NEXT).close();

        assertFault(
                Fault.INTEGRITY,
                "schema version " + (SHIPPED + 1) + ", made by a newer devpki; this one knows versions up to "
                        + SHIPPED,
                () -> another(clock, Duration.ofSeconds(5)));

        assertEquals(List.of(), openFiles(), "an open file would keep its disk from being unmounted");
        assertEquals(List.of("" + (SHIPPED + 1)), column("PRAGMA user_version"));
        store = migrating(NEXT);
    }

    /** Files of the store that this process has open. */
    private List<Path> openFiles() throws IOException {
        List<Path> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) { // the one of this very listing may be gone
                    open.add(Files.readSymbolicLink(descriptor));
                }
            }
        }
        return open.stream().filter(file -> file.startsWith(folder)).toList();
    }

    @Test
    void twoProcessesThatMigrateAtOnceMigrateOnce() throws Exception {
        store.close();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> thrown = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 2; i++) {
            Thread thread = new Thread(() -> migrating(NEXT).close());
            thread.setUncaughtExceptionHandler((t, e) -> thrown.add(e));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertEquals(List.of(), thrown);
        assertEquals(
                List.of("version=" + SHIPPED, "version=" + (SHIPPED + 1)),
                column("SELECT detail FROM audit WHERE action = 'store.migrate'"));
        store = migrating(NEXT);
    }

    @Test
    void whatEndsIsFoundByTheIndexOfEndsAndNotSorted() throws SQLException {
        List<String> plan = new ArrayList<>();
        try (Connection connection = raw();
                PreparedStatement sql =
                        connection.prepareStatement("EXPLAIN QUERY PLAN " + CertificateLists.expiring(2))) {
            sql.setLong(1, 0);
            sql.setString(2, "a");
            sql.setString(3, "b");
            try (ResultSet rows = sql.executeQuery()) {
                while (rows.next()) {
                    plan.add(rows.getString("detail"));
                }
            }
        }

        assertTrue(plan.get(0).startsWith("SEARCH c USING INDEX certificate_by_expiry"), plan::toString);
        assertTrue(
                plan.stream().anyMatch(line -> line.startsWith("SEARCH n USING INDEX certificate_by_name")),
                plan::toString);
        assertTrue(plan.stream().noneMatch(line -> line.contains("TEMP B-TREE")), plan::toString);
    }
}
