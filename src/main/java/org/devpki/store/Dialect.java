package org.devpki.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.devpki.model.DevpkiException;

/** What differs between databases. A new one is a class and a line in the service list. */
public interface Dialect {
    /** Whether it serves this JDBC URL. */
    boolean serves(String url);

    /**
     * Opens the database.
     *
     * @param url a JDBC URL; a relative file in it is relative to {@code folder}
     * @param isNew whether the database may be made
     */
    Connection connect(String url, Path folder, Duration lockTimeout, boolean isNew) throws SQLException;

    /** The statement that begins a transaction which will write. */
    String begin();

    /** The version of the schema, 0 for an empty database. */
    int version(Connection connection) throws SQLException;

    /** The statement that sets the version, to run in the migration's transaction. */
    String setVersion(int version);

    /** A sentence and a fault for what the driver threw. */
    DevpkiException translate(SQLException e);

    /** What the database finds wrong with itself. */
    List<String> faults(Connection connection) throws SQLException;

    void copyTo(Connection connection, Path file) throws SQLException;

    /** Locks on words that processes hold against each other. */
    Locks locks(String url, Path folder, Duration timeout);

    /** See {@link Store#lock}. */
    interface Locks extends AutoCloseable {
        Store.Held lock(String word);

        boolean isLocked(String word);

        @Override
        void close();
    }
}
