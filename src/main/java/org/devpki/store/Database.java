package org.devpki.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.devpki.model.DevpkiException;
import org.jspecify.annotations.Nullable;

/**
 * One connection that its threads share in turn, its transactions, and the driver's errors translated. A connection that
 * broke is made anew, but not while locks are held: they broke with it, so whoever holds one fails until it lets go.
 */
final class Database {
    /** Where a ledger was moved to is noted under this key; it has no other table under its name then. */
    static final String MOVED_TO = "moved-to";

    private static final long PAUSE_MILLIS = 20;

    private final Dialect dialect;
    private final SqlStore.Place place;
    private Connection connection;
    private boolean isInTransaction;
    private boolean isOver;
    private int locks;

    /** @throws DevpkiException as {@link Dialect#translate} says, if there is no such database */
    Database(Dialect dialect, SqlStore.Place place, boolean isNew) {
        this.dialect = dialect;
        this.place = place;
        try {
            this.connection = dialect.connect(place.url(), place.folder(), place.lockTimeout(), isNew);
        } catch (SQLException e) {
            throw dialect.translate(e);
        }
    }

    /** Something changed or looked at, without a result. */
    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    /** Something done with the connection. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    /** How a row becomes a value. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** What is done with each row. */
    @FunctionalInterface
    interface RowConsumer {
        void accept(ResultSet row) throws SQLException;
    }

    void change(Step step) {
        write(() -> {
            step.run();
            return Boolean.TRUE;
        });
    }

    void look(Step step) {
        read(() -> {
            step.run();
            return Boolean.TRUE;
        });
    }

    /** The work may be done more than once, each time in a transaction of its own of which the last one is kept. */
    synchronized <T> T write(Work<T> work) {
        long deadline = System.nanoTime() + place.lockTimeout().toNanos();
        try {
            reconnect();
            while (true) {
                try {
                    return transaction(dialect::begin, work);
                } catch (SQLException e) {
                    if (!dialect.isPassing(e) || System.nanoTime() - deadline > 0) {
                        throw e;
                    }
                    pause(PAUSE_MILLIS);
                }
            }
        } catch (SQLException e) {
            throw told(e);
        }
    }

    synchronized <T> T read(Work<T> work) {
        try {
            reconnect();
            return work.run();
        } catch (SQLException e) {
            throw told(e);
        }
    }

    /** Reads in one transaction, which sees one moment of the ledger. */
    synchronized void readAtOnce(Step step) {
        look(() -> reading(step));
    }

    private void reading(Step step) throws SQLException {
        transaction(dialect::beginReading, () -> {
            step.run();
            return Boolean.TRUE;
        });
    }

    /** How a transaction begins. */
    @FunctionalInterface
    private interface Beginning {
        void begin(Connection connection) throws SQLException;
    }

    private <T> T transaction(Beginning beginning, Work<T> work) throws SQLException {
        if (isInTransaction) {
            throw new IllegalStateException("a transaction within a transaction");
        }
        isInTransaction = true;
        try {
            beginning.begin(connection);
            T result = work.run();
            dialect.commit(connection);
            return result;
        } catch (SQLException | RuntimeException e) {
            rollBack(e);
            throw e;
        } finally {
            isInTransaction = false;
        }
    }

    private void rollBack(Exception e) {
        try {
            dialect.rollBack(connection);
        } catch (SQLException rollingBack) {
            e.addSuppressed(rollingBack); // a full disk may have rolled back already
        }
    }

    private void reconnect() throws SQLException {
        if (!isInTransaction && !isOver && connection.isClosed()) {
            if (locks > 0) {
                throw DevpkiException.storeFailed("the connection to the ledger broke, and with it the locks of this"
                                + " process, so it changes nothing more")
                        .hint("run the same command again");
            }
            connection = dialect.connect(place.url(), place.folder(), place.lockTimeout(), false);
        }
    }

    private DevpkiException told(SQLException e) {
        try {
            Optional<String> movedTo = movedTo();
            if (movedTo.isPresent()) {
                return moved(movedTo.get()).causedBy(e);
            }
        } catch (SQLException asking) {
            e.addSuppressed(asking);
        }
        return dialect.translate(e);
    }

    Optional<String> movedTo() throws SQLException {
        return first(query("SELECT value FROM note WHERE key = ?", row -> row.getString(1), MOVED_TO));
    }

    static DevpkiException moved(String to) {
        return DevpkiException.notFound("the ledger has moved to " + to)
                .hint("ledger in devpki.yaml is to name it; a move that was cut short is ended by the same devpki store"
                        + " migrate");
    }

    static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DevpkiException.busy("interrupted while waiting for another process")
                    .causedBy(e);
        }
    }

    void expectCopy() throws SQLException {
        dialect.expectCopy(connection);
    }

    void afterCopy() throws SQLException {
        dialect.afterCopy(connection);
    }

    int version() throws SQLException {
        return dialect.version(connection);
    }

    List<String> tables() throws SQLException {
        return dialect.tables(connection);
    }

    void drop(List<String> tables) throws SQLException {
        for (String statement : tables.isEmpty() ? List.<String>of() : dialect.drop(tables)) {
            execute(statement);
        }
    }

    /** A table's columns, in the order of their making. */
    List<String> columns(String table) throws SQLException {
        return names(connection.getMetaData().getColumns(null, connection.getSchema(), table, "%"), "ORDINAL_POSITION");
    }

    /** The columns of a table's primary key. */
    List<String> key(String table) throws SQLException {
        return names(connection.getMetaData().getPrimaryKeys(null, connection.getSchema(), table), "KEY_SEQ");
    }

    private static List<String> names(ResultSet columns, String position) throws SQLException {
        Map<Integer, String> names = new TreeMap<>();
        try (columns) {
            while (columns.next()) {
                names.put(columns.getInt(position), columns.getString("COLUMN_NAME"));
            }
        }
        return List.copyOf(names.values());
    }

    List<String> faults() throws SQLException {
        return dialect.faults(connection);
    }

    boolean copyTo(Path file) throws SQLException {
        return dialect.copyTo(connection, file);
    }

    void setVersion(int version) throws SQLException {
        for (String statement : dialect.setVersion(version)) {
            execute(statement);
        }
    }

    /** The schema of a version, or what is new in it. */
    void make(Migrations migrations, int above, int upTo) throws SQLException {
        for (int version = above + 1; version <= upTo; version++) {
            for (String statement : migrations.statements(version)) {
                execute(dialect.schema(statement));
            }
        }
        setVersion(upTo);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            return statement.executeUpdate();
        }
    }

    <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reader.read(rows));
            }
            return all;
        }
    }

    /** However many rows there are, a few are in memory. */
    void each(String sql, RowConsumer consumer, Object... values) throws SQLException {
        if (!isInTransaction) {
            reading(() -> each(sql, consumer, values));
            return;
        }
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                consumer.accept(rows);
            }
        }
    }

    void putNote(String key, String value) throws SQLException {
        update(
                "INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                key,
                value);
    }

    PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    static <T> Optional<T> first(List<T> rows) {
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
    }

    /** Notes that the connection holds one more lock. */
    synchronized void hold() {
        locks++;
    }

    /** Gives a lock back, unless it broke with the connection. */
    synchronized void letGo(Step unlock) {
        locks--;
        try {
            if (!connection.isClosed()) {
                unlock.run();
            }
        } catch (SQLException e) {
            throw dialect.translate(e);
        }
    }

    synchronized void close() {
        isOver = true;
        try {
            connection.close();
        } catch (SQLException e) {
            throw dialect.translate(e);
        }
    }

    void closeAfter(RuntimeException e) {
        try {
            close();
        } catch (DevpkiException closing) {
            e.addSuppressed(closing);
        }
    }
}
