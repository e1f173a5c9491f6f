package org.devpki.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.Alarm;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flashed;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.jspecify.annotations.Nullable;

/** Rows that come from another ledger. Steps of a transaction. */
final class Merging {
    private final Database db;
    private final AuditChain audit;
    private final CertificateTable certificates;
    private final BatchTables batches;
    private final Alarms alarms;

    Merging(Database db, AuditChain audit, CertificateTable certificates, BatchTables batches, Alarms alarms) {
        this.db = db;
        this.audit = audit;
        this.certificates = certificates;
        this.batches = batches;
        this.alarms = alarms;
    }

    /** @see Store#merge */
    void merge(Store.Merge merge) throws SQLException {
        if (!audit.head().equals(merge.seen())) {
            throw DevpkiException.busy(
                    "the ledger changed while the other was compared with it; run the command again");
        }
        certificates(merge);
        for (LedgerCertificate row : merge.added()) {
            revoke(row);
        }
        revoke(merge.revoked().entrySet());
        for (Store.MergedBatch batch : merge.batches()) {
            batches.plan(
                    batch.id(), batch.settings(), batch.rows(), batch.begunAt().toEpochMilli());
            if (!batch.outcomes().isEmpty()) {
                batches.note(batch.id(), batch.outcomes());
            }
        }
        for (Alarm alarm : merge.alarms()) {
            alarms.add(alarm);
        }
        for (Map.Entry<String, String> note : merge.notes().entrySet()) {
            db.putNote(note.getKey(), note.getValue());
            audit.append("note.set", note.getKey(), "");
        }
    }

    /** Those that another program issued, and their revocations. */
    void adopt(List<LedgerCertificate> rows, String source) throws SQLException {
        for (LedgerCertificate row : rows) {
            adopt(row, source);
            revoke(row);
        }
    }

    /** What another ledger has as revoked. */
    void revoke(Collection<Map.Entry<IssuerAndSerialNumber, Revocation>> revoked) throws SQLException {
        for (Map.Entry<IssuerAndSerialNumber, Revocation> one : revoked) {
            certificates.revoke(one.getKey(), noLaterThanNow(one.getValue()));
        }
    }

    private void revoke(LedgerCertificate row) throws SQLException {
        if (row.revocation().isPresent()) { // one that was refused there stays as it is
            certificates.revokeAll(
                    List.of(row.issuerAndSerial()),
                    noLaterThanNow(row.revocation().get()));
        }
    }

    /** The other clock may be ahead, and no CRL lists what is revoked after it was made. */
    private Revocation noLaterThanNow(Revocation there) throws SQLException {
        Instant now = audit.steadyNow();
        return there.at().isAfter(now) ? new Revocation(now, there.reason(), there.invalidAt()) : there;
    }

    /** All but revocations. */
    private void certificates(Store.Merge merge) throws SQLException {
        audit.append(
                "store.merge",
                merge.source(),
                "entries=" + merge.head().entries() + " head="
                        + merge.head().hash().hex() + " certificates="
                        + merge.added().size() + " ahead=" + merge.ahead().size() + " revoked="
                        + merge.revoked().size() + " batches=" + merge.batches().size() + " alarms="
                        + merge.alarms().size());
        for (LedgerCertificate row : merge.added()) {
            insert(row);
            audit.append("certificate.merge", row.serial().hex(), detail(row));
        }
        for (LedgerCertificate row : merge.ahead()) {
            goOn(row);
            audit.append("certificate.ahead", row.serial().hex(), detail(row));
        }
    }

    /** Without its revocation; one that was known from a CRL alone makes room for it. */
    private void adopt(LedgerCertificate row, String source) throws SQLException {
        int completed = db.update(
                "UPDATE certificate SET name = ?, profile = ?, profile_hash = ?, order_hash = ?, key_hash = ?, tbs_hash = ?,"
                        + " not_before = ?, not_after = ?, state = ?, der = ?, delivered_at = ?"
                        + " WHERE " + Rows.IS + " AND state = 'reserved' AND profile = ?",
                row.reservation().name(),
                row.reservation().profile(),
                row.reservation().profileHash().toArray(),
                row.reservation().orderHash().toArray(),
                row.reservation().keyHash().toArray(),
                row.reservation().tbsHash().toArray(),
                row.reservation().validity().notBefore().toEpochMilli(),
                row.reservation().validity().notAfter().toEpochMilli(),
                row.state().text(),
                der(row),
                row.deliveredAt().map(Instant::toEpochMilli).orElse(null),
                Rows.octets(row.serial()),
                row.reservation().ca().value(),
                Reservation.UNKNOWN_PROFILE);
        if (completed == 0) {
            insert(row);
        }
        audit.append("certificate.adopt", row.serial().hex(), detail(row) + " from=" + source);
    }

    private static String detail(LedgerCertificate row) {
        return "ca=" + row.reservation().ca() + " name=" + row.reservation().name() + " state="
                + row.state().text() + " life=" + row.life().text() + " tbs="
                + row.reservation().tbsHash().hex();
    }

    private void insert(LedgerCertificate row) throws SQLException {
        Reservation reservation = row.reservation();
        db.update(
                "INSERT INTO certificate (ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash,"
                        + " not_before, not_after, shard, batch, key_made_here, token, state, reserved_at, der,"
                        + " delivered_at, flashed, life, life_at, key_exports)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                reservation.ca().value(),
                Rows.octets(row.serial()),
                reservation.name(),
                reservation.profile(),
                reservation.profileHash().toArray(),
                reservation.orderHash().toArray(),
                reservation.keyHash().toArray(),
                reservation.tbsHash().toArray(),
                reservation.validity().notBefore().toEpochMilli(),
                reservation.validity().notAfter().toEpochMilli(),
                reservation.shard(),
                reservation.batch().map(BatchId::value).orElse(null),
                reservation.isKeyMadeHere() ? 1 : 0,
                row.token().orElse(null),
                row.state().text(),
                row.reservedAt().toEpochMilli(),
                der(row),
                row.deliveredAt().map(Instant::toEpochMilli).orElse(null),
                row.flashed().map(Flashed::text).orElse(null),
                mark(row).map(LifeState::text).orElse(null),
                mark(row)
                        .flatMap(state -> row.markedAt())
                        .map(Instant::toEpochMilli)
                        .orElse(null),
                row.deliveredAt().isPresent() && reservation.isKeyMadeHere() ? 1 : 0);
    }

    /** What a ledger knows more of a certificate than this one. */
    private void goOn(LedgerCertificate row) throws SQLException {
        db.update(
                "UPDATE certificate SET state = CASE WHEN state = 'reserved' THEN ? ELSE state END,"
                        + " der = coalesce(der, ?),"
                        + " key_exports = CASE WHEN delivered_at IS NULL THEN ? * key_made_here ELSE key_exports END,"
                        + " delivered_at = coalesce(delivered_at, ?), flashed = coalesce(flashed, ?)"
                        + " WHERE " + Rows.IS,
                row.state().text(),
                der(row),
                row.deliveredAt().isPresent() ? 1 : 0,
                row.deliveredAt().map(Instant::toEpochMilli).orElse(null),
                row.flashed().map(Flashed::text).orElse(null),
                Rows.octets(row.serial()),
                row.reservation().ca().value());
        Optional<LifeState> mark = mark(row);
        if (mark.isPresent()) {
            long at = row.markedAt().orElseThrow().toEpochMilli();
            db.update(
                    "UPDATE certificate SET life = ?, life_at = ? WHERE " + Rows.IS
                            + " AND (life_at IS NULL OR life_at < ?)",
                    mark.get().text(),
                    at,
                    Rows.octets(row.serial()),
                    row.reservation().ca().value(),
                    at);
        }
    }

    private static byte @Nullable [] der(LedgerCertificate row) {
        return row.certificate().map(CertificateDer::octets).map(Bytes::toArray).orElse(null);
    }

    /** What was said of a device; behind a revocation it cannot be seen, and is left out. */
    private static Optional<LifeState> mark(LedgerCertificate row) {
        return row.markedAt().map(at -> row.life()).filter(life -> life != LifeState.REVOKED);
    }
}
