package org.devpki.store;

import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.CaName;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCrl;

/** The CRLs of a ledger: their numbers, and what was put on the shelf. Steps of a transaction. */
final class CrlTable {
    private final Database db;
    private final AuditChain audit;
    private final Clock clock;

    CrlTable(Database db, AuditChain audit, Clock clock) {
        this.db = db;
        this.audit = audit;
        this.clock = clock;
    }

    List<BigInteger> takeNumbers(CaName ca, List<CrlName> crls, BigInteger above) throws SQLException {
        long last = Database.first(
                        db.query("SELECT max(number) FROM crl WHERE ca = ?", row -> row.getLong(1), ca.value()))
                .orElse(0L);
        BigInteger next = BigInteger.valueOf(last)
                .max(above)
                .add(BigInteger.ONE)
                .max(BigInteger.valueOf(clock.instant().toEpochMilli()));
        if (next.bitLength() > 62) { // more than the ledger counts to, and more than devpki ever gave
            throw DevpkiException.integrity(
                    "the published CRL of " + ca + " has number " + above + ", which no CRL number can follow");
        }
        List<BigInteger> numbers = new ArrayList<>();
        for (CrlName crl : crls) {
            BigInteger number = next.add(BigInteger.valueOf(numbers.size()));
            db.update(
                    "INSERT INTO crl (ca, number, shard, is_delta, taken_at, taken_sequence)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    ca.value(),
                    number.longValueExact(),
                    crl.shard(),
                    crl.isDelta() ? 1 : 0,
                    clock.instant().toEpochMilli(),
                    audit.head().entries() + 1);
            numbers.add(number);
        }
        audit.append("crl.number", ca.value(), "number=" + upTo(numbers));
        return numbers;
    }

    /** {@code 17}, or {@code 17..20}. */
    private static String upTo(List<BigInteger> numbers) {
        BigInteger last = numbers.get(numbers.size() - 1);
        return numbers.size() == 1 ? last.toString() : numbers.get(0) + ".." + last;
    }

    void shelved(CaName ca, List<Store.Shelved> crls, String shelf) throws SQLException {
        StringBuilder detail = new StringBuilder();
        for (Store.Shelved crl : crls) {
            db.update(
                    "UPDATE crl SET sha256 = ?, shelf = ? WHERE ca = ? AND number = ?",
                    crl.sha256().toArray(),
                    shelf,
                    ca.value(),
                    crl.number().longValueExact());
            detail.append("number=")
                    .append(crl.number())
                    .append(" sha256=")
                    .append(crl.sha256().hex())
                    .append(' ');
        }
        audit.append("crl.publish", ca.value(), detail + "shelf=" + shelf);
    }

    void announced(CaName ca, List<BigInteger> numbers) throws SQLException {
        for (BigInteger number : numbers) {
            db.update(
                    "UPDATE crl SET announced_at = ? WHERE ca = ? AND number = ?",
                    clock.instant().toEpochMilli(),
                    ca.value(),
                    number.longValueExact());
        }
        audit.append("crl.announce", ca.value(), "number=" + upTo(numbers));
    }

    Optional<LedgerCrl> numbered(CaName ca, BigInteger number) throws SQLException {
        return number.bitLength() > 63
                ? Optional.empty()
                : Database.first(db.query(
                        "SELECT " + Rows.CRL + " FROM crl WHERE ca = ? AND number = ?",
                        Rows::crl,
                        ca.value(),
                        number.longValueExact()));
    }

    Optional<LedgerCrl> latestShelved(CrlName name) throws SQLException {
        return Database.first(db.query(
                "SELECT " + Rows.CRL + " FROM crl WHERE ca = ? AND shard = ? AND is_delta = ?"
                        + " AND sha256 IS NOT NULL ORDER BY number DESC LIMIT 1",
                Rows::crl,
                name.ca().value(),
                name.shard(),
                name.isDelta() ? 1 : 0));
    }

    Optional<LedgerCrl> oldestShelved(CrlName name, Instant takenAfter) throws SQLException {
        return Database.first(db.query(
                "SELECT " + Rows.CRL + " FROM crl WHERE ca = ? AND shard = ? AND is_delta = ?"
                        + " AND sha256 IS NOT NULL AND taken_at > ? ORDER BY number LIMIT 1",
                Rows::crl,
                name.ca().value(),
                name.shard(),
                name.isDelta() ? 1 : 0,
                takenAfter.toEpochMilli()));
    }
}
