package org.devpki.store;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.Alarm;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flashed;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;

/** The certificates of a ledger, and what becomes of each. Steps of a transaction. */
final class CertificateTable {
    private final Database db;
    private final AuditChain audit;
    private final Clock clock;
    private final CaTable cas;
    private final Alarms alarms;
    private final Quotas quotas;

    CertificateTable(Database db, AuditChain audit, Clock clock, CaTable cas, Alarms alarms, Quotas quotas) {
        this.db = db;
        this.audit = audit;
        this.clock = clock;
        this.cas = cas;
        this.alarms = alarms;
        this.quotas = quotas;
    }

    /** Reserves, or raises an alarm. @return who has the key already */
    Optional<String> reserve(
            Reservation wanted, Set<SerialNumber> seenLive, List<IssuerAndSerialNumber> superseded, boolean isCounted)
            throws SQLException {
        Optional<String> other = ownerOfKey(wanted.keyHash(), wanted.name());
        if (other.isPresent()) {
            alarms.raise(clock.instant(), Alarm.Kind.KEY_OF_TWO_NAMES, wanted.name(), "it is " + other.get() + "'s");
            return other;
        }
        Set<SerialNumber> live = new HashSet<>();
        for (LedgerCertificate certificate : named(wanted.name())) {
            if (certificate.reservation().ca().equals(wanted.ca()) && certificate.isLive(clock.instant())) {
                live.add(certificate.serial());
            }
        }
        if (!live.equals(seenLive)) {
            throw DevpkiException.busy("the certificates of " + wanted.name()
                    + " changed while this one was prepared; run the command again");
        }
        for (IssuerAndSerialNumber old : superseded) {
            revoke(old, new Revocation(clock.instant(), RevocationReason.SUPERSEDED));
            quotas.giveBack(old);
        }
        if (isCounted) {
            cas.refuseIdle(wanted.ca());
        }
        Optional<String> token = isCounted ? quotas.take(wanted) : Optional.empty();
        db.update(
                "INSERT INTO certificate (ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash,"
                        + " not_before, not_after, shard, batch, key_made_here, token, state, reserved_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'reserved', ?)",
                wanted.ca().value(),
                Rows.octets(wanted.serial()),
                wanted.name(),
                wanted.profile(),
                wanted.profileHash().toArray(),
                wanted.orderHash().toArray(),
                wanted.keyHash().toArray(),
                wanted.tbsHash().toArray(),
                wanted.validity().notBefore().toEpochMilli(),
                wanted.validity().notAfter().toEpochMilli(),
                wanted.shard(),
                wanted.batch().map(BatchId::value).orElse(null),
                wanted.isKeyMadeHere() ? 1 : 0,
                token.orElse(null),
                clock.instant().toEpochMilli());
        audit.append(
                "certificate.reserve",
                wanted.name(),
                "ca=" + wanted.ca() + " serial=" + wanted.serial() + " profile=" + wanted.profile() + " tbs="
                        + wanted.tbsHash().hex()
                        + (wanted.shard() == 0 ? "" : " shard=" + wanted.shard())
                        + wanted.batch().map(batch -> " batch=" + batch).orElse("")
                        + token.map(id -> " token=" + id).orElse("")
                        + wanted.renewal()
                                .map(renewal -> " " + renewal.kind().text() + "=" + renewal.of())
                                .orElse(""));
        return Optional.empty();
    }

    Optional<String> ownerOfKey(Bytes keyHash, String name) throws SQLException {
        return Database.first(db.query(
                "SELECT name FROM certificate WHERE key_hash = ? AND name <> ? AND state <> 'refused' ORDER BY id LIMIT 1",
                row -> row.getString(1),
                keyHash.toArray(),
                name));
    }

    List<LedgerCertificate> ofKey(Bytes keyHash) throws SQLException {
        return db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE key_hash = ? ORDER BY id",
                Rows::certificate,
                (Object) keyHash.toArray());
    }

    void record(IssuerAndSerialNumber of, CertificateDer certificate) throws SQLException {
        expectOne(
                of,
                db.update(
                        "UPDATE certificate SET state = 'issued', der = ? WHERE " + Rows.IS + " AND state = 'reserved'",
                        certificate.octets().toArray(),
                        Rows.octets(of.serial()),
                        of.issuer().value()));
        append(
                "certificate.issue",
                of,
                "sha256=" + certificate.octets().sha256().hex());
    }

    void refuse(IssuerAndSerialNumber of, String why) throws SQLException {
        expectOne(
                of,
                db.update(
                        "UPDATE certificate SET state = 'refused' WHERE " + Rows.IS + " AND state = 'reserved'",
                        Rows.octets(of.serial()),
                        of.issuer().value()));
        quotas.giveBack(of); // it was certainly not signed
        append("certificate.refuse", of, why);
    }

    void deliver(IssuerAndSerialNumber of, String how, Optional<Flashed> flashed) throws SQLException {
        expectOne(
                of,
                db.update(
                        "UPDATE certificate SET delivered_at = ?, flashed = ?, key_exports = key_exports + key_made_here"
                                + " WHERE " + Rows.IS + " AND state = 'issued'",
                        clock.instant().toEpochMilli(),
                        flashed.map(Flashed::text).orElse(null),
                        Rows.octets(of.serial()),
                        of.issuer().value()));
        append("certificate.deliver", of, how + detail(flashed));
    }

    Optional<Alarm> export(IssuerAndSerialNumber of, String how, Optional<Flashed> flashed, boolean withKey)
            throws SQLException {
        long before = Database.first(db.query(
                        "SELECT key_exports FROM certificate WHERE " + Rows.IS,
                        row -> row.getLong(1),
                        Rows.octets(of.serial()),
                        of.issuer().value()))
                .orElse(0L);
        expectOne(
                of,
                db.update(
                        "UPDATE certificate SET flashed = coalesce(?, flashed), key_exports = ?" + " WHERE " + Rows.IS
                                + " AND state = 'issued'",
                        flashed.map(Flashed::text).orElse(null),
                        before + (withKey ? 1 : 0),
                        Rows.octets(of.serial()),
                        of.issuer().value()));
        append("certificate.export", of, how + detail(flashed));
        return withKey && before > 0
                ? Optional.of(alarms.raise(
                        clock.instant(),
                        Alarm.Kind.KEY_EXPORTED_AGAIN,
                        of.serial().hex(),
                        how))
                : Optional.empty();
    }

    void mark(IssuerAndSerialNumber of, LifeState state, String by) throws SQLException {
        expectOne(
                of,
                db.update(
                        "UPDATE certificate SET life = ?, life_at = ? WHERE " + Rows.IS + " AND state = 'issued'",
                        state.text(),
                        clock.instant().toEpochMilli(),
                        Rows.octets(of.serial()),
                        of.issuer().value()));
        append("certificate.mark", of, "state=" + state.text() + (by.isEmpty() ? "" : " by=" + by));
    }

    private static String detail(Optional<Flashed> flashed) {
        return flashed.map(made -> " " + made.text()).orElse("");
    }

    List<LedgerCertificate> withSerial(SerialNumber serial) throws SQLException {
        return db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE serial = ? ORDER BY id",
                Rows::certificate,
                (Object) Rows.octets(serial));
    }

    void release(IssuerAndSerialNumber of) throws SQLException {
        LedgerCertificate held = row(of).orElseThrow(() -> unknown(of));
        expectOne(
                of,
                db.update(
                        "UPDATE certificate SET revoked_at = NULL, reason = NULL, invalid_at = NULL, status_sequence = ?"
                                + " WHERE " + Rows.IS + " AND reason = ?",
                        audit.head().entries() + 1,
                        Rows.octets(of.serial()),
                        of.issuer().value(),
                        RevocationReason.CERTIFICATE_HOLD.code()));
        append("certificate.release", of, "name=" + held.reservation().name());
    }

    /** What a published CRL lists. */
    void takeBack(CrlName from, List<RevokedEntry> entries, Instant end) throws SQLException {
        for (RevokedEntry entry : entries) {
            IssuerAndSerialNumber of = new IssuerAndSerialNumber(from.ca(), entry.serial());
            if (row(of).isEmpty()) {
                insertUnknown(from, entry.serial(), end);
            }
            revoke(of, new Revocation(entry.at(), entry.reason(), entry.invalidAt()));
        }
    }

    private void insertUnknown(CrlName from, SerialNumber serial, Instant end) throws SQLException {
        byte[] unknown = new byte[32];
        db.update(
                "INSERT INTO certificate (ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash,"
                        + " not_before, not_after, shard, key_made_here, state, reserved_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0, 'reserved', ?)",
                from.ca().value(),
                Rows.octets(serial),
                Reservation.unknownName(serial),
                Reservation.UNKNOWN_PROFILE,
                unknown,
                unknown,
                unknown,
                unknown,
                end.toEpochMilli(),
                from.shard(),
                clock.instant().toEpochMilli());
        audit.append(
                "certificate.adopt",
                Reservation.unknownName(serial),
                "ca=" + from.ca() + " serial=" + serial + " crl=" + from);
    }

    Optional<LedgerCertificate> row(IssuerAndSerialNumber of) throws SQLException {
        return Database.first(db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE " + Rows.IS,
                Rows::certificate,
                Rows.octets(of.serial()),
                of.issuer().value()));
    }

    /** An entry about a certificate; people look for it by its serial. */
    private void append(String action, IssuerAndSerialNumber of, String detail) throws SQLException {
        audit.append(action, of.serial().hex(), "ca=" + of.issuer() + (detail.isEmpty() ? "" : " " + detail));
    }

    List<LedgerCertificate> named(String name) throws SQLException {
        return db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE name = ? ORDER BY id", Rows::certificate, name);
    }

    void revoke(IssuerAndSerialNumber of, Revocation revocation) throws SQLException {
        if (row(of).isEmpty()) {
            throw unknown(of);
        }
        expectOne(of, revokeAll(List.of(of), revocation));
    }

    int revokeAll(List<IssuerAndSerialNumber> certificates, Revocation revocation) throws SQLException {
        int changed = 0;
        for (IssuerAndSerialNumber of : certificates) {
            Optional<String> name = Database.first(db.query(
                    "UPDATE certificate SET revoked_at = ?, reason = ?, invalid_at = ?, status_sequence = ?"
                            + " WHERE " + Rows.IS + " AND (revoked_at IS NULL OR reason = ? AND reason <> ?)"
                            + " AND state <> 'refused' RETURNING name",
                    row -> row.getString(1),
                    revocation.at().toEpochMilli(),
                    revocation.reason().code(),
                    revocation.invalidAt().map(Instant::toEpochMilli).orElse(null),
                    audit.head().entries() + 1,
                    Rows.octets(of.serial()),
                    of.issuer().value(),
                    RevocationReason.CERTIFICATE_HOLD.code(),
                    revocation.reason().code()));
            if (name.isPresent()) {
                changed++;
                append(
                        "certificate.revoke",
                        of,
                        "name=" + name.get() + " reason=" + revocation.reason().text()
                                + revocation
                                        .invalidAt()
                                        .map(at -> " invalid=" + at)
                                        .orElse(""));
            }
        }
        return changed;
    }

    private static DevpkiException unknown(IssuerAndSerialNumber of) {
        return DevpkiException.notFound("serial " + of + " is not in the ledger");
    }

    static void expectOne(IssuerAndSerialNumber of, int changed) {
        if (changed != 1) {
            throw DevpkiException.conflict("certificate " + of + " was changed by another process meanwhile");
        }
    }
}
