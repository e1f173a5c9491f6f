package org.devpki.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * SQLite: WAL, synchronous FULL, transactions written as SQL with autocommit left on, for the driver's own commit begins
 * anew and loses atomicity when retried.
 */
public final class SqliteDialect implements Dialect {
    private static final String PREFIX = "jdbc:sqlite:";

    @Override
    public boolean serves(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public Connection connect(String url, Path folder, Duration lockTimeout, boolean isNew) throws SQLException {
        Path file = file(url, folder);
        if (!Files.exists(file)) {
            if (!isNew) {
                throw DevpkiException.notFound("there is no ledger " + file);
            }
            WholeFiles.write(file, Bytes.of(new byte[0]), Modes.SECRET_FILE); // made 0600 before a secret can be in it
        } else if (!Files.isReadable(file) || !Files.isWritable(file)) {
            throw DevpkiException.storeFailed("no permission to read and write ledger " + file);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setGetGeneratedKeys(false); // a query after each insert, which stays open as long as the insert is kept
        SqliteLibrary.load();
        Connection connection = JDBC.createConnection(PREFIX + file, config.toProperties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=" + lockTimeout.toMillis());
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute("PRAGMA foreign_keys=ON");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        execute(connection, "BEGIN IMMEDIATE");
    }

    @Override
    public void beginReading(Connection connection) throws SQLException {
        execute(connection, "BEGIN");
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        execute(connection, "COMMIT");
    }

    @Override
    public void rollBack(Connection connection) throws SQLException {
        execute(connection, "ROLLBACK");
    }

    @Override
    public boolean isPassing(SQLException e) {
        return false; // a writer begins alone, having waited for the others
    }

    @Override
    public int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.getInt(1);
        }
    }

    @Override
    public List<String> setVersion(int version) {
        return List.of("PRAGMA user_version=" + version);
    }

    @Override
    public String schema(String statement) {
        return statement;
    }

    @Override
    public List<String> tables(Connection connection) throws SQLException {
        return strings(
                connection,
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name");
    }

    @Override
    public List<String> drop(List<String> tables) {
        return tables.stream().map(table -> "DROP TABLE " + table).toList();
    }

    @Override
    public void expectCopy(Connection connection) throws SQLException {
        execute(connection, "PRAGMA foreign_keys=OFF"); // the ledger that is copied kept them
    }

    @Override
    public void afterCopy(Connection connection) {
        // SQLite saw the highest number as it was inserted
    }

    @Override
    public DevpkiException translate(SQLException e) {
        SQLiteErrorCode code =
                e instanceof SQLiteException sqlite ? sqlite.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        int primary = code.code & 0xff;
        String name = code.name();
        DevpkiException told;
        if (primary == SQLiteErrorCode.SQLITE_BUSY.code || primary == SQLiteErrorCode.SQLITE_LOCKED.code) {
            told = DevpkiException.busy("the ledger is locked by another process")
                    .hint("--lock-timeout waits longer");
        } else if (primary == SQLiteErrorCode.SQLITE_FULL.code || code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE) {
            told = DevpkiException.storeFailed("the disk that holds the ledger is full");
        } else if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code || primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
            told = DevpkiException.integrity("the ledger is damaged (" + name + ")")
                    .hint("devpki store restore");
        } else if (primary == SQLiteErrorCode.SQLITE_READONLY.code || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code) {
            told = DevpkiException.storeFailed("the ledger cannot be opened for writing (" + name + ")");
        } else if (primary == SQLiteErrorCode.SQLITE_IOERR.code) {
            told = DevpkiException.storeFailed("the disk that holds the ledger failed (" + name + ")");
        } else {
            told = DevpkiException.storeFailed("the ledger failed (" + name + "): " + e.getMessage());
        }
        return told.causedBy(e);
    }

    @Override
    public List<String> faults(Connection connection) throws SQLException {
        return Stream.concat(
                        strings(connection, "PRAGMA integrity_check").stream(),
                        strings(connection, "PRAGMA foreign_key_check").stream())
                .filter(line -> !line.equals("ok"))
                .toList();
    }

    @Override
    public boolean copyTo(Connection connection, Path file) throws SQLException {
        try (var statement = connection.prepareStatement("VACUUM INTO ?")) {
            statement.setString(1, file.toString());
            statement.execute();
            return true;
        }
    }

    @Override
    public Locks locks(Database database, Path folder) {
        return new FileLocks(folder.resolve("ledger.lock"));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column. */
    private static List<String> strings(Connection connection, String query) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }

    private static Path file(String url, Path folder) {
        return folder.resolve(url.substring(PREFIX.length())).toAbsolutePath().normalize();
    }
}
