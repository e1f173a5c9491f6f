package org.devpki.store;

import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.CaName;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.Succession;

/** The CAs of a ledger. Steps of a transaction. */
final class CaTable {
    private final Database db;
    private final AuditChain audit;
    private final Clock clock;
    private final CrlTable crls;

    CaTable(Database db, AuditChain audit, Clock clock, CrlTable crls) {
        this.db = db;
        this.audit = audit;
        this.clock = clock;
        this.crls = crls;
    }

    void add(LedgerCa ca, BigInteger lastCrl) throws SQLException {
        db.update(
                "INSERT INTO ca (name, parent, serial, key_uri, added_at) VALUES (?, ?, ?, ?, ?)",
                ca.name().value(),
                ca.parent().map(CaName::value).orElse(null),
                Rows.octets(ca.serial()),
                ca.keyUri(),
                clock.instant().toEpochMilli());
        audit.append("ca.add", ca.name().value(), "serial=" + ca.serial() + " key=" + ca.keyUri());
        if (lastCrl.signum() > 0) {
            crls.takeNumbers(ca.name(), List.of(CrlName.main(ca.name())), lastCrl); // all later ones are above it
        }
    }

    List<LedgerCa> all() throws SQLException {
        return db.query("SELECT " + Rows.CA + " FROM ca ORDER BY added_at, parent IS NOT NULL, name", Rows::ca);
    }

    Optional<LedgerCa> named(CaName name) throws SQLException {
        return Database.first(db.query("SELECT " + Rows.CA + " FROM ca WHERE name = ?", Rows::ca, name.value()));
    }

    void succeed(CaName ca, Succession succession) throws SQLException {
        db.update(
                "UPDATE ca SET successor = ?, succeeded_from = ? WHERE name = ?",
                succession.to().value(),
                succession.from().toEpochMilli(),
                ca.value());
        audit.append("ca.succeed", ca.value(), "to=" + succession.to() + " from=" + succession.from());
    }

    void reissue(CaName ca, IssuerAndSerialNumber own) throws SQLException {
        CertificateTable.expectOne(
                own,
                db.update(
                        "UPDATE certificate SET delivered_at = ? WHERE " + Rows.IS + " AND state = 'issued'",
                        clock.instant().toEpochMilli(),
                        Rows.octets(own.serial()),
                        own.issuer().value()));
        db.update("UPDATE ca SET serial = ? WHERE name = ?", Rows.octets(own.serial()), ca.value());
        audit.append("ca.reissue", ca.value(), "serial=" + own.serial());
    }

    void retire(CaName ca) throws SQLException {
        int changed = db.update(
                "UPDATE ca SET retired_at = ? WHERE name = ? AND retired_at IS NULL",
                clock.instant().toEpochMilli(),
                ca.value());
        if (changed == 0) {
            throw DevpkiException.conflict("CA " + ca + " is retired already");
        }
        audit.append("ca.retire", ca.value(), "");
    }

    Optional<Instant> lastEnd(LedgerCa ca, Set<String> without) throws SQLException {
        List<Object> values = new ArrayList<>(
                List.of(ca.name().value(), Rows.octets(ca.serial()), ca.issuer().value()));
        values.addAll(without);
        return Database.first(db.query(
                "SELECT not_after FROM certificate WHERE ca = ? AND NOT EXISTS (SELECT 1 FROM certificate own"
                        + " WHERE own.serial = ? AND own.ca = ? AND own.key_hash = certificate.key_hash)"
                        + " AND state <> 'refused' AND profile NOT IN ("
                        + String.join(", ", Collections.nCopies(without.size(), "?"))
                        + ") ORDER BY not_after DESC LIMIT 1",
                row -> Instant.ofEpochMilli(row.getLong(1)),
                values.toArray()));
    }

    /** A CA that is retired issues nothing, nor does one whose own certificate was never delivered. */
    void refuseIdle(CaName name) throws SQLException {
        Optional<String> why = Database.first(db.query(
                "SELECT ca.retired_at FROM ca JOIN certificate own ON own.serial = ca.serial"
                        + " AND own.ca = coalesce(ca.parent, ca.name)"
                        + " WHERE ca.name = ? AND (ca.retired_at IS NOT NULL OR own.delivered_at IS NULL)",
                row -> LedgerCa.idle(name, Rows.instant(row, "retired_at")),
                name.value()));
        if (why.isPresent()) {
            throw DevpkiException.refused(why.get()).hint("devpki ca show " + name);
        }
    }
}
