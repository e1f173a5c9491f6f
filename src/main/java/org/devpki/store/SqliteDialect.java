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
import java.util.Properties;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.sqlite.JDBC;
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
        if (isNew) {
            WholeFiles.write(file, Bytes.of(new byte[0]), Modes.SECRET_FILE); // made 0600 before a secret can be in it
        } else if (!Files.exists(file)) {
            throw DevpkiException.notFound("there is no ledger " + file);
        } else if (!Files.isReadable(file) || !Files.isWritable(file)) {
            throw DevpkiException.storeFailed("no permission to read and write ledger " + file);
        }
        Connection connection = JDBC.createConnection(PREFIX + file, new Properties());
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
    public String begin() {
        return "BEGIN IMMEDIATE";
    }

    @Override
    public int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.getInt(1);
        }
    }

    @Override
    public String setVersion(int version) {
        return "PRAGMA user_version=" + version;
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
        List<String> faults = new ArrayList<>();
        for (String check : List.of("PRAGMA integrity_check", "PRAGMA foreign_key_check")) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(check)) {
                while (rows.next()) {
                    if (!"ok".equals(rows.getString(1))) {
                        faults.add(rows.getString(1));
                    }
                }
            }
        }
        return faults;
    }

    @Override
    public void copyTo(Connection connection, Path file) throws SQLException {
        try (var statement = connection.prepareStatement("VACUUM INTO ?")) {
            statement.setString(1, file.toString());
            statement.execute();
        }
    }

    @Override
    public Locks locks(String url, Path folder, Duration timeout) {
        return new FileLocks(folder.resolve("ledger.lock"), timeout);
    }

    private static Path file(String url, Path folder) {
        return folder.resolve(url.substring(PREFIX.length())).toAbsolutePath().normalize();
    }
}
