package org.devpki.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import org.devpki.model.Actor;
import org.devpki.model.AuditEntry;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/** The audit of a ledger: entries that hold the hash of the one before, and a note of the last. Steps of a transaction. */
final class AuditChain {
    private final Database db;
    private final Clock clock;
    private final Actor actor;
    private Tail tail = new Tail(OptionalLong.empty(), new Store.AuditHead(0, AuditEntry.GENESIS), Optional.empty());

    /**
     * Where the chain ends.
     *
     * @param transaction that appended to it; empty if none did yet
     * @param at the last entry's time
     */
    private record Tail(OptionalLong transaction, Store.AuditHead head, Optional<Instant> at) {}

    AuditChain(Database db, Clock clock, Actor actor) {
        this.db = db;
        this.clock = clock;
        this.actor = actor;
    }

    Actor actor() {
        return actor;
    }

    /** Whether the chain once ended so. */
    boolean passed(Store.AuditHead before) {
        try {
            return db.query(
                            "SELECT hash FROM audit WHERE sequence = ?",
                            row -> Bytes.of(row.getBytes(1)),
                            before.entries())
                    .equals(List.of(before.hash()));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Store.AuditHead head() throws SQLException {
        return tail().head();
    }

    private Tail tail() throws SQLException {
        return tail.transaction().isPresent() && tail.transaction().equals(db.transaction())
                ? tail
                : new Tail(OptionalLong.empty(), readHead(), lastAt());
    }

    private Store.AuditHead readHead() throws SQLException {
        List<String> noted = db.query("SELECT value FROM note WHERE key = 'audit-head'", row -> row.getString(1));
        if (noted.isEmpty()) {
            return new Store.AuditHead(0, AuditEntry.GENESIS);
        }
        int blank = noted.get(0).indexOf(' ');
        return new Store.AuditHead(
                Long.parseLong(noted.get(0).substring(0, blank)),
                Bytes.fromHex(noted.get(0).substring(blank + 1)));
    }

    private Optional<Instant> lastAt() throws SQLException {
        return Database.first(db.query(
                "SELECT at FROM audit ORDER BY sequence DESC LIMIT 1", row -> Instant.ofEpochMilli(row.getLong(1))));
    }

    void append(String action, String subject, String detail) throws SQLException {
        appendAt(steadyNow(), action, subject, detail);
    }

    /** The time for an entry of the audit, which must not go back. */
    Instant steadyNow() throws SQLException {
        Instant now = Instant.ofEpochMilli(clock.millis()); // as it is kept
        proveClock(now);
        return now;
    }

    void proveClock(Instant now) throws SQLException {
        Optional<Instant> last = tail().at();
        if (last.isPresent() && now.isBefore(last.get().minus(Store.CLOCK_TOLERANCE))) {
            throw DevpkiException.integrity(
                            "the clock says " + now + ", but the ledger's last entry is of " + last.get())
                    .hint("set the clock right; if the ledger is wrong, devpki doctor --repair accepts the clock");
        }
    }

    void appendAt(Instant at, String action, String subject, String detail) throws SQLException {
        Tail before = tail();
        AuditEntry entry = new AuditEntry(
                before.head().entries() + 1,
                at,
                actor.text(),
                action,
                subject,
                detail,
                before.head().hash());
        Bytes hash = entry.hash();
        db.update(
                "INSERT INTO audit (sequence, at, actor, action, subject, detail, previous, hash)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                entry.sequence(),
                entry.at().toEpochMilli(),
                entry.actor(),
                entry.action(),
                entry.subject(),
                entry.detail(),
                entry.previous().toArray(),
                hash.toArray());
        if (before.transaction().isEmpty()) { // once, behind the last entry of the transaction
            db.atItsEnd(() -> db.putNote(
                    "audit-head",
                    tail.head().entries() + " " + tail.head().hash().hex()));
        }
        tail = new Tail(db.transaction(), new Store.AuditHead(entry.sequence(), hash), Optional.of(at));
    }

    private static final String COLUMNS =
            "SELECT sequence, at, actor, action, subject, detail, previous, hash FROM audit";

    void each(BiConsumer<AuditEntry, Bytes> consumer) throws SQLException {
        db.each(COLUMNS + " ORDER BY sequence", row -> consumer.accept(entry(row), Bytes.of(row.getBytes(8))));
    }

    List<AuditEntry> about(Set<String> subjects) throws SQLException {
        return db.query(
                COLUMNS + " WHERE subject IN (" + String.join(", ", Collections.nCopies(subjects.size(), "?"))
                        + ") ORDER BY sequence",
                AuditChain::entry,
                subjects.toArray());
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong(1),
                Instant.ofEpochMilli(row.getLong(2)),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                Bytes.of(row.getBytes(7)));
    }
}
