package org.devpki.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerPassword;
import org.devpki.model.PasswordHash;

/** The passwords of a ledger, as hashes. Steps of a transaction. */
final class PasswordTable {
    private static final String SHOWN = "SELECT name, hash, since, prepared, revoked_at FROM device_password";

    private final Database db;
    private final AuditChain audit;

    PasswordTable(Database db, AuditChain audit) {
        this.db = db;
        this.audit = audit;
    }

    Optional<LedgerPassword> of(DeviceId name) throws SQLException {
        return Database.first(db.query(SHOWN + " WHERE name = ?", PasswordTable::password, name.value()));
    }

    List<LedgerPassword> all() throws SQLException {
        return db.query(SHOWN + " ORDER BY name", PasswordTable::password);
    }

    void prepare(Map<DeviceId, PasswordHash> made) throws SQLException {
        for (Map.Entry<DeviceId, PasswordHash> each : made.entrySet()) {
            db.update(
                    "INSERT INTO device_password (name, prepared) VALUES (?, ?)"
                            + " ON CONFLICT (name) DO UPDATE SET prepared = excluded.prepared",
                    each.getKey().value(),
                    each.getValue().text());
            audit.append(
                    "password.prepare",
                    each.getKey().value(),
                    "iterations=" + each.getValue().iterations());
        }
    }

    void putInForce(Collection<DeviceId> names, long now) throws SQLException {
        for (DeviceId name : names) {
            int changed = db.update(
                    "UPDATE device_password SET hash = prepared, prepared = NULL, since = ?, revoked_at = NULL"
                            + " WHERE name = ? AND prepared IS NOT NULL",
                    now,
                    name.value());
            if (changed != 1) {
                throw DevpkiException.conflict("no password of " + name + " is prepared; was it revoked meanwhile?")
                        .hint("run the same command again");
            }
            audit.append("password.issue", name.value(), "");
        }
    }

    void bring(Map<DeviceId, PasswordHash> hashes, String origin, long now) throws SQLException {
        for (Map.Entry<DeviceId, PasswordHash> each : hashes.entrySet()) {
            db.update(
                    "INSERT INTO device_password (name, hash, since) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
                            + " SET hash = excluded.hash, since = excluded.since, prepared = NULL, revoked_at = NULL",
                    each.getKey().value(),
                    each.getValue().text(),
                    now);
            audit.append("password.import", each.getKey().value(), "from=" + origin);
        }
    }

    void revoke(Collection<DeviceId> names, long now) throws SQLException {
        for (DeviceId name : names) {
            db.update(
                    "UPDATE device_password SET hash = NULL, prepared = NULL, since = NULL, revoked_at = ? WHERE name = ?",
                    now,
                    name.value());
            audit.append("password.revoke", name.value(), "");
        }
    }

    private static LedgerPassword password(ResultSet row) throws SQLException {
        return new LedgerPassword(
                new DeviceId(row.getString("name")),
                Optional.ofNullable(row.getString("hash")).map(PasswordHash::parse),
                Rows.instant(row, "since"),
                Optional.ofNullable(row.getString("prepared")).map(PasswordHash::parse),
                Rows.instant(row, "revoked_at"));
    }
}
