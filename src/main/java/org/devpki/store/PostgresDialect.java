package org.devpki.store;

import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.devpki.files.WholeFiles;
import org.devpki.model.DevpkiException;
import org.postgresql.Driver;

/**
 * PostgreSQL: one session a process, whose writers queue at an advisory lock of the ledger; text in the order of its
 * octets, commits that are on the disk before they are answered. The driver is loaded by its first connection.
 */
public final class PostgresDialect implements Dialect {
    private static final String PREFIX = "jdbc:postgresql:";

    /** Of the lock that a writer holds to the end of its transaction; the other half is the schema's own number. */
    private static final int WRITERS = 0x64_76_70_6b; // "dvpk"

    private static final String LEDGERS_NUMBER = WRITERS + ", current_schema()::regnamespace::oid::int";
    private static final String UNSURE = "a change may have been made or not; the same command again finds out";
    private static final int FEW_ROWS = 1000;
    private static final Duration LONGEST_STATEMENT = Duration.ofMinutes(10);

    @Override
    public boolean serves(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public Connection connect(String url, Path folder, Duration lockTimeout, boolean isNew) throws SQLException {
        Connection connection = connect(url, lockTimeout);
        try {
            if (isNew) {
                proveUsable(connection, url, lockTimeout);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static Connection connect(String url, Duration lockTimeout) throws SQLException {
        Properties defaults = new Properties(); // what the URL says goes before
        defaults.setProperty("ApplicationName", "devpki");
        defaults.setProperty("connectTimeout", "10");
        defaults.setProperty("tcpKeepAlive", "true");
        defaults.setProperty(
                "socketTimeout",
                String.valueOf(lockTimeout.plus(LONGEST_STATEMENT).toSeconds()));
        defaults.setProperty("defaultRowFetchSize", String.valueOf(FEW_ROWS));
        defaults.setProperty("reWriteBatchedInserts", "true");
        refuseOpenPasswordFile();
        Connection connection = new Driver().connect(url, defaults);
        if (connection == null) {
            throw DevpkiException.invalid("ledger URL " + url + " cannot be read; jdbc:postgresql://HOST/DATABASE can");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET default_transaction_isolation = 'read committed';"
                    + "SET lock_timeout = " + Math.max(1, Math.min(lockTimeout.toMillis(), Integer.MAX_VALUE)) + ";"
                    // a station that lost its power gives its locks back within a minute
                    + "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 5");
            statement.execute("SELECT set_config('synchronous_commit', 'on', false)"
                    + " WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** The driver reads it whatever its mode. */
    private static void refuseOpenPasswordFile() {
        String named = System.getenv("PGPASSFILE");
        Path file = named == null ? Path.of(System.getProperty("user.home", ""), ".pgpass") : Path.of(named);
        if (Files.exists(file) && !WholeFiles.isPrivate(file)) {
            throw DevpkiException.storeFailed("password file " + file + " has mode " + WholeFiles.mode(file)
                            + ", so others can read it; 600 is right")
                    .hint("chmod 600 " + file);
        }
    }

    /** Refuses what would only fail later: a missing schema, another encoding, a server whose advisory locks lock nothing. */
    private static void proveUsable(Connection connection, String url, Duration lockTimeout) throws SQLException {
        if (connection.getSchema() == null) {
            throw DevpkiException.notFound("the database has no schema for the ledger")
                    .hint("CREATE SCHEMA, and currentSchema=NAME in the URL");
        }
        String encoding = string(connection, "SHOW server_encoding");
        if (!encoding.equals("UTF8")) {
            throw DevpkiException.invalid("the database has encoding " + encoding + ", which cannot hold every name")
                    .hint("createdb --encoding UTF8 --template template0");
        }
        String tryLock = "SELECT pg_try_advisory_lock(hashtextextended('devpki probe', pg_backend_pid()))";
        String lock = tryLock.replace("pg_backend_pid()", string(connection, "SELECT pg_backend_pid()"));
        try (Connection other = connect(url, lockTimeout)) {
            boolean isHeld =
                    string(connection, lock).equals("t") && string(other, lock).equals("f");
            string(connection, lock.replace("try_advisory_lock", "advisory_unlock"));
            if (!isHeld) {
                throw DevpkiException.invalid("the server grants one advisory lock to two sessions at once, so stations"
                        + " would harm each other there");
            }
        }
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        execute(connection, "SELECT pg_advisory_xact_lock(" + LEDGERS_NUMBER + ")");
    }

    @Override
    public void beginReading(Connection connection) throws SQLException {
        connection.setAutoCommit(false); // rows come a few at a time only so
        execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
        connection.setAutoCommit(true);
    }

    @Override
    public void rollBack(Connection connection) throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }

    /** A deadlock, or on distributed engines a transaction that did not fit behind another. */
    @Override
    public boolean isPassing(SQLException e) {
        return "40001".equals(e.getSQLState()) || "40P01".equals(e.getSQLState());
    }

    @Override
    public int version(Connection connection) throws SQLException {
        boolean hasVersion = string(
                        connection,
                        "SELECT to_regclass(quote_ident(current_schema()) || '.schema_version') IS NOT NULL")
                .equals("t");
        return hasVersion ? Integer.parseInt(string(connection, "SELECT version FROM schema_version")) : 0;
    }

    @Override
    public List<String> setVersion(int version) {
        return List.of(
                "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)",
                "DELETE FROM schema_version",
                "INSERT INTO schema_version (version) VALUES (" + version + ")");
    }

    /** References wait for the end of a transaction, so that a copy need not know which row leans on which. */
    @Override
    public String schema(String statement) {
        if (!statement.strip().matches("(?is)(create|alter) table .*")) {
            return statement;
        }
        return statement
                .replaceAll(
                        "\\bINTEGER PRIMARY KEY AUTOINCREMENT\\b",
                        "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY")
                .replaceAll("\\bINTEGER\\b", "BIGINT")
                .replaceAll("\\bBLOB\\b", "BYTEA")
                .replaceAll("\\bTEXT\\b", "TEXT COLLATE \"C\"")
                .replaceAll("\\bREFERENCES \\w+ \\([^)]*\\)", "$0 DEFERRABLE INITIALLY DEFERRED");
    }

    @Override
    public List<String> tables(Connection connection) throws SQLException {
        return strings(
                connection,
                "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                        + " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname <> 'schema_version'"
                        + " ORDER BY relname");
    }

    @Override
    public List<String> drop(List<String> tables) {
        return List.of("DROP TABLE " + String.join(", ", tables));
    }

    @Override
    public void expectCopy(Connection connection) {
        // see schema()
    }

    @Override
    public void afterCopy(Connection connection) throws SQLException {
        for (String setting : strings(
                connection,
                "SELECT format('SELECT setval(pg_get_serial_sequence(%L, %L), (SELECT coalesce(max(%I), 0) + 1 FROM %I),"
                        + " false)', table_name, column_name, column_name, table_name)"
                        + " FROM information_schema.columns WHERE table_schema = current_schema()"
                        + " AND is_identity = 'YES'")) {
            execute(connection, setting);
        }
    }

    @Override
    public DevpkiException translate(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        DevpkiException told =
                switch (state) {
                    case "55P03" ->
                        DevpkiException.busy("the ledger is locked by another process")
                                .hint("--lock-timeout waits longer");
                    case "40001", "40P01" ->
                        DevpkiException.busy(
                                "the ledger's server undid the change for another one's sake, again and again");
                    case "53300" -> DevpkiException.busy("the ledger's server has no connection left: " + words(e));
                    case "57P03" -> DevpkiException.busy("the ledger's server is not ready: " + words(e));
                    case "3D000", "3F000" -> DevpkiException.notFound("there is no such ledger: " + words(e));
                    case "08001", "08004" ->
                        DevpkiException.storeFailed("the ledger's server cannot be reached: " + words(e) + cause(e));
                    case "57P01", "57P02", "57P05" ->
                        DevpkiException.storeFailed("the ledger's server ended the connection: " + words(e))
                                .hint(UNSURE);
                    case "53100" -> DevpkiException.storeFailed("the disk that holds the ledger is full");
                    case "25006" ->
                        DevpkiException.storeFailed("the ledger's server only reads; it may be a standby: " + words(e));
                    case "XX001", "XX002" -> DevpkiException.integrity("the ledger is damaged: " + words(e));
                    default -> translateClass(state, e);
                };
        return told.causedBy(e);
    }

    private static DevpkiException translateClass(String state, SQLException e) {
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "28" ->
                DevpkiException.storeFailed("the ledger's server lets nobody in so: " + words(e))
                        .hint("the password comes from ~/.pgpass or PGPASSFILE; docs/postgresql.md");
            case "08" ->
                DevpkiException.storeFailed("the connection to the ledger broke: " + words(e))
                        .hint(UNSURE);
            default -> DevpkiException.storeFailed("the ledger failed (" + state + "): " + words(e));
        };
    }

    /** The first line of what the driver or the server says, without a full stop. */
    private static String words(SQLException e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.replaceFirst("^[A-Z]+: ", "").replaceFirst("\\.$", "");
    }

    /** Which host is unknown, or which certificate is wrong; the driver's own words do not say. */
    private static String cause(SQLException e) {
        return e.getCause() == null || e.getCause() instanceof ConnectException
                ? ""
                : ": " + e.getCause().getMessage();
    }

    @Override
    public List<String> faults(Connection connection) throws SQLException {
        List<String> faults = new ArrayList<>();
        for (String setting : List.of("fsync", "full_page_writes")) {
            if (string(connection, "SHOW " + setting).equals("off")) {
                faults.add("the server runs with " + setting + " off, so a power cut can lose certificates");
            }
        }
        faults.addAll(strings(
                connection,
                "SELECT format('%s %s is not valid', 'constraint', conname) FROM pg_constraint"
                        + " WHERE connamespace = current_schema()::regnamespace AND NOT convalidated"
                        + " UNION ALL SELECT format('%s %s is not valid', 'index', relname)"
                        + " FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
                        + " WHERE relnamespace = current_schema()::regnamespace AND NOT indisvalid"));
        return faults;
    }

    @Override
    public boolean copyTo(Connection connection, Path file) {
        return false;
    }

    @Override
    public Locks locks(Database database, Path folder) {
        return new AdvisoryLocks(database);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private static String string(Connection connection, String query) throws SQLException {
        return strings(connection, query).get(0);
    }

    /** The first column. */
    private static List<String> strings(Connection connection, String query) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }
}
