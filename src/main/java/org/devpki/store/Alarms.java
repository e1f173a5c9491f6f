package org.devpki.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Alarm;
import org.devpki.model.DevpkiException;

/** The alarms of a ledger. Steps of a transaction. */
final class Alarms {
    private static final String COLUMNS = "SELECT id, at, kind, subject, detail, closed_at, closed_why FROM alarm";

    private final Database db;
    private final AuditChain audit;

    Alarms(Database db, AuditChain audit) {
        this.db = db;
        this.audit = audit;
    }

    Alarm raise(Instant at, Alarm.Kind kind, String subject, String detail) throws SQLException {
        return add(new Alarm(0, at, kind, subject, detail, Optional.empty()));
    }

    /** Notes one as it is, closed or open, under an ID of this ledger. */
    Alarm add(Alarm alarm) throws SQLException {
        long id = Database.first(db.query(
                        "INSERT INTO alarm (at, kind, subject, detail, closed_at, closed_why)"
                                + " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                        row -> row.getLong(1),
                        alarm.at().toEpochMilli(),
                        alarm.kind().text(),
                        alarm.subject(),
                        alarm.detail(),
                        alarm.closed().map(closed -> closed.at().toEpochMilli()).orElse(null),
                        alarm.closed().map(Alarm.Closed::why).orElse(null)))
                .orElseThrow();
        audit.append("alarm.raise", alarm.subject(), alarm.kind().text() + " " + alarm.detail());
        return new Alarm(id, alarm.at(), alarm.kind(), alarm.subject(), alarm.detail(), alarm.closed());
    }

    List<Alarm> all(boolean isOpenOnly) throws SQLException {
        return db.query(COLUMNS + (isOpenOnly ? " WHERE closed_at IS NULL" : "") + " ORDER BY id", Alarms::alarm);
    }

    Alarm close(long id, Instant at, String why) throws SQLException {
        Alarm open = Database.first(db.query(COLUMNS + " WHERE id = ?", Alarms::alarm, id))
                .orElseThrow(() ->
                        DevpkiException.notFound("there is no alarm " + id).hint("devpki audit alarms"));
        if (open.closed().isEmpty()) {
            db.update("UPDATE alarm SET closed_at = ?, closed_why = ? WHERE id = ?", at.toEpochMilli(), why, id);
            audit.append("alarm.close", String.valueOf(id), why);
        }
        return open;
    }

    private static Alarm alarm(ResultSet row) throws SQLException {
        String why = Optional.ofNullable(row.getString("closed_why")).orElse("");
        return new Alarm(
                row.getLong("id"),
                Instant.ofEpochMilli(row.getLong("at")),
                Alarm.Kind.parse(row.getString("kind")),
                row.getString("subject"),
                row.getString("detail"),
                Rows.instant(row, "closed_at").map(at -> new Alarm.Closed(at, why)));
    }
}
