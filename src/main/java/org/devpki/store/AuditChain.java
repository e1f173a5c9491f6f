package org.devpki.store;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
        List<String> noted = db.query("SELECT value FROM note WHERE key = 'audit-head'", row -> row.getString(1));
        if (noted.isEmpty()) {
            return new Store.AuditHead(0, AuditEntry.GENESIS);
        }
        int blank = noted.get(0).indexOf(' ');
        return new Store.AuditHead(
                Long.parseLong(noted.get(0).substring(0, blank)),
                Bytes.fromHex(noted.get(0).substring(blank + 1)));
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
        Optional<Instant> last = Database.first(db.query(
                "SELECT at FROM audit ORDER BY sequence DESC LIMIT 1", row -> Instant.ofEpochMilli(row.getLong(1))));
        if (last.isPresent() && now.isBefore(last.get().minus(Store.CLOCK_TOLERANCE))) {
            throw DevpkiException.integrity(
                            "the clock says " + now + ", but the ledger's last entry is of " + last.get())
                    .hint("set the clock right; if the ledger is wrong, devpki doctor --repair accepts the clock");
        }
    }

    void appendAt(Instant at, String action, String subject, String detail) throws SQLException {
        noteHead(chain(head(), at, action, subject, detail));
    }

    /** Adds an entry behind the head. @return the new head, still to be noted */
    Store.AuditHead chain(Store.AuditHead head, Instant at, String action, String subject, String detail)
            throws SQLException {
        AuditEntry entry = new AuditEntry(head.entries() + 1, at, actor.text(), action, subject, detail, head.hash());
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
        return new Store.AuditHead(entry.sequence(), hash);
    }

    void noteHead(Store.AuditHead head) throws SQLException {
        db.putNote("audit-head", head.entries() + " " + head.hash().hex());
    }

    void each(BiConsumer<AuditEntry, Bytes> consumer) throws SQLException {
        db.each(
                "SELECT sequence, at, actor, action, subject, detail, previous, hash FROM audit ORDER BY sequence",
                row -> consumer.accept(
                        new AuditEntry(
                                row.getLong(1),
                                Instant.ofEpochMilli(row.getLong(2)),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                Bytes.of(row.getBytes(7))),
                        Bytes.of(row.getBytes(8))));
    }
}
