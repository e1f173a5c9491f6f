package org.devpki.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.jspecify.annotations.Nullable;

/**
 * One connection that its threads share in turn, its transactions, and the driver's errors translated. What several
 * threads want to write at one time is one transaction, and one sync of the disk. A connection that broke is made anew,
 * but not while locks are held: they broke with it, so whoever holds one fails until it lets go.
 */
final class Database {
    /** Where a ledger was moved to is noted under this key; it has no other table under its name then. */
    static final String MOVED_TO = "moved-to";

    private static final long PAUSE_MILLIS = 20;
    private static final int MOST_IDLE_STATEMENTS = 64;

    private final Dialect dialect;
    private final SqlStore.Place place;
    private final Queue<Change<?>> waiting = new ConcurrentLinkedQueue<>();
    private final Map<String, PreparedStatement> idle = new HashMap<>();
    private final List<Step> endings = new ArrayList<>();
    private Connection connection;
    private long transactions;
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

    /**
     * Writes in a transaction, together with what other threads want to write at the moment. The work may be done more
     * than once, of which the last time is kept.
     */
    <T> T write(Work<T> work) {
        Change<T> change = new Change<>(work);
        if (isInTransaction && Thread.holdsLock(this)) {
            throw new IllegalStateException("a transaction within a transaction");
        }
        waiting.add(change);
        synchronized (this) {
            if (!change.isOver) { // nobody who was here before took it along
                writeWaiting();
            }
        }
        return change.result();
    }

    /** Something that a thread wants to write, and what came of it. */
    private static final class Change<T> {
        private final Work<T> work;
        private Optional<T> result = Optional.empty();
        private Optional<RuntimeException> failure = Optional.empty();
        private boolean isOver;

        Change(Work<T> work) {
            this.work = work;
        }

        void run() throws SQLException {
            result = Optional.of(work.run());
        }

        void keep() {
            isOver = true;
        }

        void fail(RuntimeException why) {
            failure = Optional.of(why);
            isOver = true;
        }

        T result() {
            failure.ifPresent(why -> {
                throw why;
            });
            return result.orElseThrow();
        }
    }

    private void writeWaiting() {
        List<Change<?>> all = new ArrayList<>();
        for (Change<?> next = waiting.poll(); next != null; next = waiting.poll()) {
            all.add(next);
        }
        Optional<RuntimeException> why = tryToWrite(all);
        if (why.isPresent() && (all.size() == 1 || isBusy(why.get()))) { // who waited in vain did so for all
            all.forEach(change -> change.fail(why.get()));
        } else if (why.isPresent()) { // one is at fault, and the others are not to suffer
            all.forEach(change -> tryToWrite(List.of(change)).ifPresent(change::fail));
        }
    }

    private static boolean isBusy(RuntimeException why) {
        return why instanceof DevpkiException told
                && told.fault() == Fault.BUSY
                && told.getCause() instanceof SQLException;
    }

    /** Writes all or nothing. @return why it was nothing */
    private Optional<RuntimeException> tryToWrite(List<Change<?>> changes) {
        try {
            reconnect();
            writeTogether(changes);
            changes.forEach(Change::keep);
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(told(e));
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    private void writeTogether(List<Change<?>> changes) throws SQLException {
        long deadline = System.nanoTime() + place.lockTimeout().toNanos();
        while (true) {
            try {
                transaction(dialect::begin, () -> {
                    for (Change<?> change : changes) {
                        change.run();
                    }
                    return Boolean.TRUE;
                });
                return;
            } catch (SQLException e) {
                if (!dialect.isPassing(e) || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                pause(PAUSE_MILLIS);
            }
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
        transactions++;
        try {
            beginning.begin(connection);
            T result = work.run();
            for (Step ending : endings) {
                ending.run();
            }
            dialect.commit(connection);
            return result;
        } catch (SQLException | RuntimeException e) {
            rollBack(e);
            throw e;
        } finally {
            isInTransaction = false;
            endings.clear();
        }
    }

    /** The number of the transaction at work; empty when none is. */
    OptionalLong transaction() {
        return isInTransaction ? OptionalLong.of(transactions) : OptionalLong.empty();
    }

    /** What comes last in the transaction at work. */
    void atItsEnd(Step step) {
        endings.add(step);
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
            idle.clear();
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
        dialect.afterCopy(connection); // a table that was made anew has its rows from the old one
        setVersion(upTo);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
        return with(sql, statement -> statement.executeUpdate(), values);
    }

    <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... values) throws SQLException {
        return with(
                sql,
                statement -> {
                    try (ResultSet rows = statement.executeQuery()) {
                        List<T> all = new ArrayList<>();
                        while (rows.next()) {
                            all.add(reader.read(rows));
                        }
                        return all;
                    }
                },
                values);
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

    /** What is done with a statement. */
    @FunctionalInterface
    private interface Use<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    /** Statements are kept, for a station runs the same few all day. */
    private <T> T with(String sql, Use<T> use, @Nullable Object... values) throws SQLException {
        PreparedStatement kept = idle.remove(sql);
        PreparedStatement statement = kept == null ? connection.prepareStatement(sql) : kept;
        boolean isSound = false;
        try {
            bind(statement, values);
            T result = use.of(statement);
            isSound = true;
            return result;
        } finally {
            if (!isSound || idle.size() >= MOST_IDLE_STATEMENTS || idle.putIfAbsent(sql, statement) != null) {
                statement.close();
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
        bind(statement, values);
        return statement;
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
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
