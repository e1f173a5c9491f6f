package org.devpki.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.devpki.model.AccessToken;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.JwtKey;
import org.devpki.model.JwtKeys;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.TopicGrant;

/** The keys that sign access tokens, and what the audit says of the tokens. Steps of a transaction. */
final class JwtKeyTable {
    private final Database db;
    private final AuditChain audit;

    JwtKeyTable(Database db, AuditChain audit) {
        this.db = db;
        this.audit = audit;
    }

    JwtKeys all() throws SQLException {
        return new JwtKeys(db.query(
                "SELECT id, public_key, key_uri, created_at, used_from, last_expiry, retired_at FROM jwt_key"
                        + " ORDER BY created_at, used_from, id",
                JwtKeyTable::key));
    }

    void add(JwtKey key) throws SQLException {
        db.update(
                "INSERT INTO jwt_key (id, public_key, key_uri, created_at, used_from) VALUES (?, ?, ?, ?, ?)",
                key.id(),
                key.publicKey().octets().toArray(),
                key.keyUri(),
                key.createdAt().toEpochMilli(),
                key.usedFrom().toEpochMilli());
        audit.append("jwt-key.add", key.id(), "from=" + key.usedFrom() + " key=" + key.keyUri());
    }

    void retire(String id) throws SQLException {
        Instant now = audit.steadyNow();
        if (db.update("UPDATE jwt_key SET retired_at = ? WHERE id = ? AND retired_at IS NULL", now.toEpochMilli(), id)
                == 0) {
            throw DevpkiException.conflict("token signing key " + id + " is retired already");
        }
        audit.append("jwt-key.retire", id, "");
    }

    void issue(AccessToken token, String key) throws SQLException {
        long expires = token.expires().toEpochMilli();
        int known = db.update(
                "UPDATE jwt_key SET last_expiry = CASE WHEN last_expiry > ? THEN last_expiry ELSE ? END"
                        + " WHERE id = ? AND retired_at IS NULL",
                expires,
                expires,
                key);
        if (known == 0) { // since it was looked up
            throw DevpkiException.conflict("token signing key " + key + " was retired just now");
        }
        audit.append(
                "jwt.issue",
                token.device().value(),
                "jti=" + token.id() + " kid=" + key + " exp=" + token.expires() + " client-id=" + token.clientId()
                        + " acl="
                        + String.join(
                                ",",
                                token.grants().stream().map(TopicGrant::text).toList()));
    }

    private static JwtKey key(ResultSet row) throws SQLException {
        return new JwtKey(
                row.getString("id"),
                new PublicKeyDer(Bytes.of(row.getBytes("public_key"))),
                row.getString("key_uri"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("used_from")),
                Rows.instant(row, "last_expiry"),
                Rows.instant(row, "retired_at"));
    }
}
