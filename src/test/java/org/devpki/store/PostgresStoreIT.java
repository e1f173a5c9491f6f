package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.devpki.model.Actor;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.LedgerCa;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.testing.FixedClock;
import org.devpki.testing.PostgresServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract in PostgreSQL, and what is PostgreSQL's alone: its sessions, its schemas, its faults. */
@Tag("long")
class PostgresStoreIT extends StoreContract {
    private static final Actor ACTOR = new Actor("tester@bench");

    @TempDir
    Path folder;

    private final PostgresServer server = PostgresServer.shared();
    private final String url = server.newPlace();

    private SqlStore.Place place(String at, Duration timeout) {
        return new SqlStore.Place(at, folder, timeout);
    }

    @Override
    Store create(FixedClock at) {
        return SqlStore.create(place(url, Duration.ofSeconds(30)), at, ACTOR);
    }

    @Override
    Store another(FixedClock at, Duration lockTimeout) {
        return SqlStore.open(place(url, lockTimeout), at, ACTOR);
    }

    private Store open(String at) {
        return SqlStore.open(place(at, Duration.ofSeconds(2)), clock, ACTOR);
    }

    private Store create(String at) {
        return SqlStore.create(place(at, Duration.ofSeconds(2)), clock, ACTOR);
    }

    private List<String> column(String query) {
        return PostgresServer.column(url, query);
    }

    /** Ends the session of the store, as a server that is restarted does. */
    private void cutOff() {
        column("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE application_name = 'devpki' AND pid <> pg_backend_pid()");
    }

    // What is in the database.

    @Test
    void namesAreInTheOrderOfTheirOctetsWhateverTheDatabasesLanguage() {
        server.execute("CREATE DATABASE german TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'");
        try (Store german = create(server.url("german"))) {
            int serial = 0x4f10;
            for (String name : List.of("d-1", "D-1", "d1", "d-2", "e-1")) {
                german.reserve(reservation(serial(Integer.toHexString(serial++)), name), Set.of(), List.of());
            }
            Store.Filter filter = new Store.Filter(
                    Optional.empty(),
                    Optional.of("d-"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

            assertEquals(
                    List.of("d-1", "d-2"),
                    german.certificates(filter, 0, 9).stream()
                            .map(row -> row.reservation().name())
                            .toList());
        }
    }

    @Test
    void commitsAreOnTheDiskBeforeTheyAreAnsweredWhateverTheDefault() throws SQLException {
        String careless =
                url + "&options=-c%20synchronous_commit=off%20-c%20default_transaction_isolation=serializable";
        try (Connection connection = new PostgresDialect().connect(careless, folder, Duration.ofSeconds(1), false);
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("SELECT current_setting('synchronous_commit'),"
                        + " current_setting('default_transaction_isolation'), current_setting('lock_timeout')")) {
            assertTrue(row.next());
            assertEquals("on", row.getString(1));
            assertEquals("read committed", row.getString(2));
            assertEquals("1s", row.getString(3));
        }
    }

    @Test
    void twoLedgersInSchemasOfOneDatabaseKnowNothingOfEachOther() {
        try (Store other = create(server.newPlace());
                Store.Held word = store.lock("word");
                Store.Held sameWord = other.lock("word")) {
            store.reserve(reservation(S1, "d1"), Set.of(), List.of());

            assertEquals(List.of(), other.certificatesNamed("d1"));
            other.reserve(reservation(S1, "d1"), Set.of(), List.of());
        }
    }

    @Test
    void rowsComeAFewAtATimeSoThatMillionsNeedNoMemory() {
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        fill(5000);
        List<String> seen = new ArrayList<>();

        // what comes after the session's end was not in memory
        assertFault(
                Fault.STORE_FAILED,
                "the ledger's server ended the connection",
                () -> store.eachCertificate(row -> {
                    if (seen.isEmpty()) {
                        cutOff();
                    }
                    seen.add(row.reservation().name());
                }));
        assertTrue(seen.size() < 2500, "rows in memory: " + seen.size());
    }

    /** More rows like the one that there is. */
    private void fill(int rows) {
        String same = "ca, profile, profile_hash, order_hash, key_hash, tbs_hash, not_before, not_after, shard,"
                + " key_made_here, state, reserved_at";
        PostgresServer.run(
                url,
                "INSERT INTO certificate (" + same + ", serial, name) SELECT " + same
                        + ", decode(md5(i::text), 'hex'), 'f' || i FROM certificate, generate_series(1, " + rows
                        + ") AS i WHERE name = 'd1'");
    }

    @Test
    void aCopyIsAWholeLedgerInAFile() throws Exception {
        store.addCa(new LedgerCa(new CaName("above"), Optional.empty(), serial("4fcb"), "file:a.key.pem"));
        store.addCa(
                new LedgerCa(new CaName("a-below"), Optional.of(new CaName("above")), serial("4fcc"), "file:b.pem"));
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        store.record(of(S1), new CertificateDer(Bytes.utf8("certificate")));
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.KEY_COMPROMISE));

        store.copyTo(folder.resolve("copy.db"));

        assertEquals(
                "rw-------",
                java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("copy.db"))));
        try (Store copied = open("jdbc:sqlite:copy.db")) {
            assertEquals(store.certificate(of(S1)), copied.certificate(of(S1)));
            assertEquals(store.cas(), copied.cas());
            assertEquals(store.auditHead(), copied.auditHead());
            assertEquals(List.of(), copied.faults());
        }
        store.setNote("still", "works");
    }

    @Test
    void aCopyTakenWhileOthersWriteIsOfOneMoment() throws Exception {
        ExecutorService station = Executors.newSingleThreadExecutor();
        AtomicBoolean isOver = new AtomicBoolean();
        try (Store other = another(clock, Duration.ofSeconds(5))) {
            Future<Integer> writing = station.submit(() -> {
                int written = 0;
                for (; !isOver.get(); written++) {
                    other.setNote("a", String.valueOf(written));
                }
                return written;
            });
            for (int i = 0; i < 5; i++) {
                store.copyTo(folder.resolve(i + ".db"));
            }
            isOver.set(true);
            assertTrue(writing.get() > 20, "hardly written");
        } finally {
            station.shutdown();
        }
        for (int i = 0; i < 5; i++) {
            try (Store copied = open("jdbc:sqlite:" + i + ".db")) {
                List<Bytes> hashes = new ArrayList<>();
                copied.eachAuditEntry((entry, hash) -> hashes.add(hash));
                assertEquals(new Store.AuditHead(hashes.size(), hashes.get(hashes.size() - 1)), copied.auditHead());
            }
        }
    }

    @Test
    void aCopyThatIsNotOctetForOctetTheSameIsNotKept() {
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        String target = server.newPlace();
        server.execute(
                "CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN NEW.name = NEW.name || 'x'; RETURN NEW; END $$"
                        + " LANGUAGE plpgsql",
                "CREATE FUNCTION spoiling() RETURNS event_trigger AS $$ BEGIN"
                        + " IF to_regclass('certificate') IS NOT NULL THEN"
                        + " CREATE OR REPLACE TRIGGER spoiler BEFORE INSERT ON certificate FOR EACH ROW"
                        + " EXECUTE FUNCTION public.spoil(); END IF; END $$ LANGUAGE plpgsql",
                "CREATE EVENT TRIGGER spoiling ON ddl_command_end WHEN TAG IN ('CREATE INDEX')"
                        + " EXECUTE FUNCTION spoiling()");
        try (SqlStore moving = SqlStore.open(place(url, Duration.ofSeconds(5)), clock, ACTOR)) {
            assertFault(
                    Fault.INTEGRITY,
                    "table certificate was not copied as it is: 1 rows there, 1 here",
                    () -> moving.moveTo(place(target, Duration.ofSeconds(5)), copy -> {}, () -> {}));
        } finally {
            server.execute("DROP EVENT TRIGGER spoiling", "DROP FUNCTION spoiling", "DROP FUNCTION spoil");
        }
        assertEquals(
                List.of("0"),
                PostgresServer.column(target, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"));
        store.setNote("still", "works");
    }

    @Test
    void anOlderLedgerIsMigratedAfterABackupInAFile() throws Exception {
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        Store.AuditHead before = store.auditHead();
        List<String> scripts = new ArrayList<>(Migrations.shipped().scripts());
        scripts.add("""
                CREATE TABLE toy (id INTEGER PRIMARY KEY AUTOINCREMENT, octets BLOB);
                ALTER TABLE certificate ADD COLUMN toy TEXT;
                """);

        try (Store migrated =
                SqlStore.connect(place(url, Duration.ofSeconds(5)), clock, ACTOR, false, new Migrations(scripts))) {
            assertTrue(migrated.certificate(of(S1)).isPresent());
            assertEquals(before.entries() + 1, migrated.auditHead().entries());
        }

        assertEquals(List.of("" + scripts.size()), column("SELECT version FROM schema_version"));
        try (Stream<Path> files = Files.list(folder)) {
            List<String> backups = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.contains(".before-version-"))
                    .toList();
            assertEquals(1, backups.size());
            try (Store old = open("jdbc:sqlite:" + backups.get(0))) {
                assertEquals(before, old.auditHead());
            }
        }
        assertFault(Fault.INTEGRITY, "made by a newer devpki", () -> open(url));
    }

    // Sessions.

    @Test
    void whoHoldsALockWhenTheConnectionBreaksWritesNothingMore() {
        try (Store other = another(clock, Duration.ofSeconds(5))) {
            try (Store.Held held = store.lock("name d1")) {
                cutOff();
                assertFault(Fault.STORE_FAILED, "ended the connection", () -> store.setNote("a", "b"));
                assertFault(Fault.STORE_FAILED, "ended the connection", () -> other.setNote("a", "b"));

                other.lock("name d1").close(); // the server gave it back
                assertFault(Fault.STORE_FAILED, "and with it the locks", () -> store.setNote("a", "b"));
                assertFault(Fault.STORE_FAILED, "and with it the locks", () -> store.certificate(of(S1)));
            }
            assertEquals(Optional.empty(), store.note("a"));
        }
    }

    @Test
    void whoHoldsNoLockConnectsAnew() {
        store.setNote("a", "b");
        cutOff();
        assertFault(Fault.STORE_FAILED, "ended the connection", () -> store.note("a"));

        assertEquals(Optional.of("b"), store.note("a"));
        store.lock("word").close();
    }

    @Test
    void aClosedStoreStaysClosed() {
        store.close();

        assertFault(Fault.STORE_FAILED, "", () -> store.note("a"));
        store = another(clock, Duration.ofSeconds(5));
    }

    @Test
    void aLockIsHeldAgainstThreadsOfTheSameProcessToo() {
        try (Store patient = another(clock, Duration.ofMillis(50));
                Store.Held held = patient.lock("word")) {
            assertTrue(patient.isLocked("word"));
            assertFault(Fault.BUSY, "word", () -> patient.lock("word"));
            assertFalse(patient.isLocked("another word"));
        }
    }

    @Test
    void aWriterThatWaitsTooLongIsBusyAndReadersDoNotWait() throws SQLException {
        try (Store other = another(clock, Duration.ofMillis(100));
                Connection connection = java.sql.DriverManager.getConnection(url)) {
            new PostgresDialect().begin(connection);

            assertFault(Fault.BUSY, "locked by another process", () -> other.setNote("a", "b"));
            assertEquals(Optional.empty(), other.note("a"));

            connection.rollback();
            other.setNote("a", "b");
        }
    }

    @Test
    void aTransactionThatTheServerUndidForAnothersSakeIsDoneAgain() {
        undoing(3);

        store.setNote("a", "b");

        assertEquals(Optional.of("b"), store.note("a"));
        assertEquals(List.of("1"), column("SELECT count(*) FROM audit WHERE action = 'note.set'"));
        assertEquals(List.of("4"), column("SELECT last_value FROM tries"));
    }

    @Test
    void aTransactionThatIsUndoneAgainAndAgainIsBusy() {
        undoing(Integer.MAX_VALUE);
        try (Store hasty = another(clock, Duration.ofMillis(200))) {
            assertFault(Fault.BUSY, "again and again", () -> hasty.setNote("a", "b"));
            assertEquals(Optional.empty(), hasty.note("a"));
        }
    }

    /** As a distributed engine does to what does not fit behind another transaction. */
    private void undoing(int times) {
        PostgresServer.run(
                url,
                "CREATE SEQUENCE tries",
                "CREATE FUNCTION undo() RETURNS trigger AS $$ BEGIN IF nextval('tries') <= " + times
                        + " THEN RAISE EXCEPTION 'restart' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$"
                        + " LANGUAGE plpgsql",
                "CREATE TRIGGER undoing BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION undo()");
    }

    // Faults, each one sentence.

    @Test
    void whatIsNotThereIsNotFound() {
        assertFault(Fault.NOT_FOUND, "database \"nowhere\" does not exist", () -> open(server.url("nowhere")));
        assertFault(
                Fault.NOT_FOUND,
                "no schema for the ledger",
                () -> create(server.url("postgres") + "&currentSchema=nowhere"));
    }

    @Test
    void aServerThatIsAwayIsToldAtOnce() {
        String away = "jdbc:postgresql://127.0.0.1:1/devpki?user=devpki";

        assertFault(Fault.STORE_FAILED, "the ledger's server cannot be reached", () -> open(away));
    }

    @Test
    void aWrongPasswordIsToldWithoutIt() throws Exception {
        Path passwords = Files.writeString(folder.resolve("pgpass"), "*:*:*:guarded:not-the-password\n");
        server.requirePassword("guarded", "the-password");
        String guarded = server.url("postgres").replace("user=devpki", "user=guarded");
        System.setProperty("org.postgresql.pgpassfile", passwords.toString());
        try {
            DevpkiException told =
                    assertFault(Fault.STORE_FAILED, "password authentication failed", () -> open(guarded));
            assertFalse(told.sentence().contains("not-the-password"), told::sentence);
            assertEquals(
                    Optional.of("the password comes from ~/.pgpass or PGPASSFILE; docs/postgresql.md"), told.hint());

            Files.writeString(passwords, "*:*:*:guarded:the-password\n");
            assertFault(Fault.INTEGRITY, "the ledger is empty", () -> open(guarded));
        } finally {
            System.clearProperty("org.postgresql.pgpassfile");
        }
    }

    @Test
    void anEmptyDatabaseIsNoLedger() {
        assertFault(Fault.INTEGRITY, "the ledger is empty", () -> open(server.newPlace()));
    }

    @Test
    void aLedgerIsMadeBesideNobodysTables() {
        String taken = server.newPlace();
        PostgresServer.run(taken, "CREATE TABLE customers (id BIGINT)");

        assertFault(
                Fault.CONFLICT, "there are tables already where the ledger would be: customers", () -> create(taken));
        assertFault(Fault.CONFLICT, "there are tables already", () -> create(url));
        assertEquals(List.of("0"), PostgresServer.column(taken, "SELECT count(*) FROM customers"));
    }

    @Test
    void aDatabaseThatCannotHoldEveryNameIsRefused() {
        server.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'");

        assertFault(Fault.INVALID_INPUT, "has encoding LATIN1", () -> create(server.url("latin")));
    }

    /** Some engines speak PostgreSQL's language and say yes to every advisory lock. */
    @Test
    void aServerWhoseLocksLockNothingIsRefused() {
        String careless = server.newPlace();
        PostgresServer.run(
                careless, "CREATE FUNCTION pg_try_advisory_lock(bigint) RETURNS boolean AS 'SELECT true' LANGUAGE sql");

        assertFault(
                Fault.INVALID_INPUT,
                "one advisory lock to two sessions at once",
                () -> create(careless + ",pg_catalog"));
    }

    @Test
    void aReadOnlyServerIsTold() {
        assertFault(
                Fault.STORE_FAILED,
                "only reads; it may be a standby",
                () -> open(url + "&options=-c%20default_transaction_read_only=on")
                        .setNote("a", "b"));
    }

    @Test
    void doctorsHearOfAServerThatDoesNotSync() {
        assertEquals(List.of(), store.faults());
        server.execute("ALTER SYSTEM SET full_page_writes = off");
        server.execute("SELECT pg_reload_conf()");
        try {
            assertEquals(1, waitForFault().size());
        } finally {
            server.execute("ALTER SYSTEM RESET full_page_writes");
            server.execute("SELECT pg_reload_conf()");
        }
    }

    private List<String> waitForFault() {
        for (int i = 0; i < 100 && store.faults().isEmpty(); i++) {
            Database.pause(20);
        }
        return store.faults();
    }
}
