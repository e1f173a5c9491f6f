package org.devpki.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerToken;
import org.devpki.model.LineToken;
import org.devpki.model.NamePattern;
import org.devpki.model.Quota;
import org.devpki.model.QuotaClaim;
import org.devpki.model.Reservation;

/** The line tokens of a ledger, and what they count. Steps of a transaction. */
final class Quotas {
    private final Database db;
    private final AuditChain audit;

    Quotas(Database db, AuditChain audit) {
        this.db = db;
        this.audit = audit;
    }

    Quota all() throws SQLException {
        return new Quota(db.query(
                "SELECT id, ca, devices, name, profiles, batch, until, issued_at, used FROM line_token",
                Quotas::token));
    }

    boolean restrict(LineToken token, Bytes signed) throws SQLException {
        List<Bytes> known =
                db.query("SELECT signed FROM line_token WHERE id = ?", row -> Bytes.of(row.getBytes(1)), token.id());
        if (known.contains(signed)) {
            return false;
        }
        if (!known.isEmpty()) {
            throw DevpkiException.conflict("another line token " + token.id() + " is in force already");
        }
        db.update(
                "INSERT INTO line_token (id, ca, devices, name, profiles, batch, until, issued_at, signed)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                token.id(),
                token.ca().value(),
                token.devices(),
                token.name().glob(),
                String.join(",", token.profiles()),
                token.batch().map(BatchId::value).orElse(null),
                token.until().toEpochMilli(),
                token.issuedAt().toEpochMilli(),
                signed.toArray());
        audit.append(
                "store.restrict",
                token.id(),
                "ca=" + token.ca() + " devices=" + token.devices() + " name=" + token.name() + " profiles="
                        + String.join(",", token.profiles())
                        + token.batch().map(batch -> " batch=" + batch).orElse("") + " until=" + token.until()
                        + " sha256=" + signed.sha256().hex());
        return true;
    }

    /** Counts a certificate. @return the token that does, empty where none is in force */
    Optional<String> take(Reservation wanted) throws SQLException {
        Quota quota = all();
        if (!quota.isRestricting()) {
            return Optional.empty();
        }
        QuotaClaim claim = new QuotaClaim(wanted.ca(), wanted.profile(), wanted.name(), wanted.batch());
        Optional<String> token =
                quota.choose(claim, audit.steadyNow()).map(held -> held.token().id());
        // the condition again: on a database that lets transactions write side by side it is what counts
        if (db.update("UPDATE line_token SET used = used + 1 WHERE id = ? AND used < devices", token.orElseThrow())
                != 1) {
            throw DevpkiException.busy("another station took the last device of line token " + token.get());
        }
        return token;
    }

    /** Counts a certificate no longer, if one did. */
    void giveBack(IssuerAndSerialNumber of) throws SQLException {
        db.update(
                "UPDATE line_token SET used = used - 1 WHERE id = (SELECT token FROM certificate WHERE " + Rows.IS
                        + ")",
                Rows.octets(of.serial()),
                of.issuer().value());
        db.update(
                "UPDATE certificate SET token = NULL WHERE " + Rows.IS + " AND token IS NOT NULL",
                Rows.octets(of.serial()),
                of.issuer().value());
    }

    private static LedgerToken token(ResultSet row) throws SQLException {
        return new LedgerToken(
                new LineToken(
                        row.getString("id"),
                        new CaName(row.getString("ca")),
                        row.getLong("devices"),
                        new NamePattern(row.getString("name")),
                        Arrays.asList(row.getString("profiles").split(",")),
                        Optional.ofNullable(row.getString("batch")).map(BatchId::new),
                        Instant.ofEpochMilli(row.getLong("until")),
                        Instant.ofEpochMilli(row.getLong("issued_at"))),
                row.getLong("used"));
    }
}
