package org.devpki.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.devpki.model.DevpkiException;

/** What differs between databases. A new one is a class and a line in the service list. */
public interface Dialect {
    /** Whether it serves this JDBC URL. */
    boolean serves(String url);

    /**
     * Opens the database.
     *
     * @param url a JDBC URL; a relative file in it is relative to {@code folder}
     * @param isNew whether a ledger is about to be made there
     */
    Connection connect(String url, Path folder, Duration lockTimeout, boolean isNew) throws SQLException;

    /** Begins a transaction that will write, once no other process is in one. */
    void begin(Connection connection) throws SQLException;

    /** Begins a transaction that sees one moment of the ledger, and whose rows come a few at a time. */
    void beginReading(Connection connection) throws SQLException;

    void commit(Connection connection) throws SQLException;

    void rollBack(Connection connection) throws SQLException;

    /** Whether what was thrown undid a transaction that may succeed when it is begun anew. */
    boolean isPassing(SQLException e);

    /** The version of the schema, 0 for an empty database. */
    int version(Connection connection) throws SQLException;

    /** The statements that set the version, to run in the migration's transaction. */
    List<String> setVersion(int version);

    /** A statement of the schema's scripts, which are written in SQLite's words, in those of this database. */
    String schema(String statement);

    /** The tables of the ledger, or of whoever else has any where the ledger would be. */
    List<String> tables(Connection connection) throws SQLException;

    /** The statements that drop tables, whichever of them leans on another. */
    List<String> drop(List<String> tables);

    /** Before a transaction that fills a ledger from a whole one: references are not looked at row by row. */
    void expectCopy(Connection connection) throws SQLException;

    /** At the end of that transaction: what counts rows goes on after the last one. */
    void afterCopy(Connection connection) throws SQLException;

    /** A sentence and a fault for what the driver threw. */
    DevpkiException translate(SQLException e);

    /** What the database finds wrong with itself. */
    List<String> faults(Connection connection) throws SQLException;

    /** Writes a copy to an SQLite file by means of its own. @return false where it has none */
    boolean copyTo(Connection connection, Path file) throws SQLException;

    /** Locks on words that processes hold against each other. */
    Locks locks(Database database, Path folder);

    /** See {@link Store#lock}. */
    interface Locks extends AutoCloseable {
        /** Empty when another process or thread holds it. */
        Optional<Store.Held> tryLock(String word);

        @Override
        void close();
    }
}
