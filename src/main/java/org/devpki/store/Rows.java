package org.devpki.store;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.CrlName;
import org.devpki.model.Flashed;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerCrl;
import org.devpki.model.LifeState;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.Succession;
import org.devpki.model.Validity;

/** How rows of the ledger become values, and the columns that it takes. */
final class Rows {
    /** Where the device is in its life, as the words of {@link LifeState}. */
    static final String LIFE = "CASE WHEN life = 'retired' THEN life WHEN revoked_at IS NOT NULL AND reason <> "
            + RevocationReason.CERTIFICATE_HOLD.code() + " THEN 'revoked' WHEN life IS NOT NULL THEN life"
            + " WHEN delivered_at IS NOT NULL THEN 'exported' WHEN state = 'issued' THEN 'issued' ELSE 'planned' END";

    static final String CERTIFICATE = "id, ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash,"
            + " not_before, not_after, shard, batch, key_made_here, state, reserved_at, der, delivered_at, revoked_at, reason,"
            + " invalid_at, flashed, life_at, token, "
            + LIFE + " AS life_now";

    /** Which certificate: the octets of its serial, and its CA. */
    static final String IS = "serial = ? AND ca = ?";

    static final String CA = "name, parent, serial, key_uri, successor, succeeded_from, retired_at";

    static final String CRL = "ca, number, shard, is_delta, taken_at, taken_sequence, sha256, announced_at";

    private Rows() {}

    static LedgerCa ca(ResultSet row) throws SQLException {
        Optional<Instant> from = instant(row, "succeeded_from");
        return new LedgerCa(
                new CaName(row.getString("name")),
                Optional.ofNullable(row.getString("parent")).map(CaName::new),
                serial(row.getBytes("serial")),
                row.getString("key_uri"),
                Optional.ofNullable(row.getString("successor"))
                        .map(to -> new Succession(new CaName(to), from.orElseThrow())),
                instant(row, "retired_at"));
    }

    static LedgerCertificate certificate(ResultSet row) throws SQLException {
        Reservation reservation = new Reservation(
                new CaName(row.getString("ca")),
                serial(row.getBytes("serial")),
                row.getString("name"),
                row.getString("profile"),
                Bytes.of(row.getBytes("profile_hash")),
                Bytes.of(row.getBytes("order_hash")),
                Bytes.of(row.getBytes("key_hash")),
                Bytes.of(row.getBytes("tbs_hash")),
                new Validity(
                        Instant.ofEpochMilli(row.getLong("not_before")),
                        Instant.ofEpochMilli(row.getLong("not_after"))),
                row.getInt("shard"),
                Optional.ofNullable(row.getString("batch")).map(BatchId::new),
                row.getInt("key_made_here") == 1);
        Optional<Instant> revokedAt = instant(row, "revoked_at");
        int reason = row.getInt("reason");
        Optional<Instant> invalidAt = instant(row, "invalid_at");
        return new LedgerCertificate(
                row.getLong("id"),
                reservation,
                CertificateState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Instant.ofEpochMilli(row.getLong("reserved_at")),
                Optional.ofNullable(row.getBytes("der")).map(Bytes::of).map(CertificateDer::new),
                instant(row, "delivered_at"),
                revokedAt.map(at -> new Revocation(at, RevocationReason.ofCode(reason), invalidAt)),
                Optional.ofNullable(row.getString("flashed")).map(Flashed::parse),
                LifeState.parse(row.getString("life_now")),
                instant(row, "life_at"),
                Optional.ofNullable(row.getString("token")));
    }

    static LedgerCrl crl(ResultSet row) throws SQLException {
        return new LedgerCrl(
                new CrlName(new CaName(row.getString("ca")), row.getInt("shard"), row.getInt("is_delta") == 1),
                BigInteger.valueOf(row.getLong("number")),
                Instant.ofEpochMilli(row.getLong("taken_at")),
                row.getLong("taken_sequence"),
                Optional.ofNullable(row.getBytes("sha256")).map(Bytes::of),
                instant(row, "announced_at"));
    }

    static RevokedEntry revoked(ResultSet row) throws SQLException {
        return new RevokedEntry(
                serial(row.getBytes(1)),
                Instant.ofEpochMilli(row.getLong(2)),
                RevocationReason.ofCode(row.getInt(3)),
                instant(row, "invalid_at"));
    }

    static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    static byte[] octets(SerialNumber serial) {
        return Bytes.fromHex(serial.hex()).toArray();
    }

    static SerialNumber serial(byte[] octets) {
        return new SerialNumber(new BigInteger(1, octets));
    }
}
