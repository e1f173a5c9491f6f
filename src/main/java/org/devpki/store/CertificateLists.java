package org.devpki.store;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.devpki.model.BatchId;
import org.devpki.model.CaName;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;

/** Lists and counts of a ledger's certificates. */
final class CertificateLists {
    private static final int FEW_ROWS = 10_000;

    /** Whose key somebody has. */
    private static final String IS_USABLE = "%1$s.state = 'issued' AND %1$s.revoked_at IS NULL"
            + " AND (%1$s.delivered_at IS NOT NULL OR %1$s.key_made_here = 0)";

    private final Database db;
    private final Clock clock;

    CertificateLists(Database db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    Map<LifeState, Long> countLives(BatchId batch) throws SQLException {
        Map<LifeState, Long> counts = new EnumMap<>(LifeState.class);
        db.each(
                "SELECT " + Rows.LIFE + ", count(*) FROM certificate WHERE batch = ? AND state <> 'refused' GROUP BY 1",
                row -> counts.put(LifeState.parse(row.getString(1)), row.getLong(2)),
                batch.value());
        return counts;
    }

    List<LedgerCertificate> page(Store.Filter filter, long afterId, int most) throws SQLException {
        List<Object> values = new ArrayList<>();
        String where = where(filter, values);
        // "+id" keeps the database from reading all rows in their order to find the few that an index names
        String id = areFew(filter, where, values) ? "+id" : "id";
        values.add(afterId);
        values.add(most);
        return db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE " + where + " AND " + id + " > ? ORDER BY " + id
                        + " LIMIT ?",
                Rows::certificate,
                values.toArray());
    }

    /** Whether an index leads to so few rows that sorting them costs less than looking at all. */
    private boolean areFew(Store.Filter filter, String where, List<Object> values) throws SQLException {
        boolean hasIndex =
                filter.namePrefix().isPresent() || filter.expiresBefore().isPresent();
        return hasIndex
                && Database.first(db.query(
                                "SELECT count(*) FROM (SELECT 1 FROM certificate WHERE " + where + " LIMIT "
                                        + (FEW_ROWS + 1) + ") AS few",
                                row -> row.getLong(1),
                                values.toArray()))
                        .filter(count -> count <= FEW_ROWS)
                        .isPresent();
    }

    long count(Store.Filter filter) throws SQLException {
        List<Object> values = new ArrayList<>();
        String where = where(filter, values);
        return Database.first(db.query(
                        "SELECT count(*) FROM certificate WHERE " + where, row -> row.getLong(1), values.toArray()))
                .orElse(0L);
    }

    /**
     * In the order of the index of ends; the name's other certificates are few. One that follows it stands in whatever its
     * profile: the serial that it follows is behind the hash of its order ({@link org.devpki.model.Renewal}).
     */
    static String expiring(int without) {
        return "SELECT " + Rows.CERTIFICATE + " FROM certificate c WHERE c.not_after < ? AND "
                + IS_USABLE.formatted("c")
                + " AND coalesce(c.life, '') <> 'retired' AND c.profile NOT IN ("
                + String.join(", ", Collections.nCopies(without, "?"))
                + ") AND NOT EXISTS (SELECT 1 FROM ca WHERE ca.name = c.name)"
                + " AND NOT EXISTS (SELECT 1 FROM certificate n WHERE n.name = c.name AND (n.profile = c.profile"
                + " OR length(n.order_hash) > 33 AND substr(n.order_hash, 34) = c.serial) AND "
                + IS_USABLE.formatted("n")
                + " AND (n.not_after > c.not_after OR n.not_after = c.not_after AND n.id > c.id))"
                + " ORDER BY c.not_after, c.ca, c.id";
    }

    void eachExpiring(Instant until, Set<String> without, Consumer<LedgerCertificate> consumer) throws SQLException {
        List<Object> values = new ArrayList<>(List.of(until.toEpochMilli()));
        values.addAll(without);
        db.each(expiring(without.size()), row -> consumer.accept(Rows.certificate(row)), values.toArray());
    }

    void eachRevoked(CaName ca, OptionalInt shard, Instant expiresFrom, Consumer<RevokedEntry> consumer)
            throws SQLException {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        values.add(expiresFrom.toEpochMilli());
        db.each(
                "SELECT serial, revoked_at, reason, invalid_at FROM certificate WHERE " + where
                        + " AND revoked_at IS NOT NULL AND not_after >= ? AND state <> 'refused' ORDER BY serial",
                row -> consumer.accept(Rows.revoked(row)),
                values.toArray());
    }

    void eachChangedSince(CaName ca, OptionalInt shard, long sequence, Consumer<RevokedEntry> consumer)
            throws SQLException {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        values.add(sequence);
        db.each(
                "SELECT serial, coalesce(revoked_at, reserved_at), coalesce(reason, "
                        + RevocationReason.REMOVE_FROM_CRL.code() + "), invalid_at FROM certificate WHERE " + where
                        + " AND status_sequence > ? AND state <> 'refused' ORDER BY serial",
                row -> consumer.accept(Rows.revoked(row)),
                values.toArray());
    }

    List<LedgerCertificate> live(CaName ca, OptionalInt shard, int most) throws SQLException {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        values.add(clock.instant().toEpochMilli());
        values.add(most);
        return db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE " + where
                        + " AND state = 'issued' AND revoked_at IS NULL AND not_after > ?"
                        + " ORDER BY shard DESC, not_after DESC LIMIT ?",
                Rows::certificate,
                values.toArray());
    }

    List<LedgerCertificate> lastRevoked(CaName ca, OptionalInt shard, int most) throws SQLException {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        values.add(most);
        return db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE " + where
                        + " AND status_sequence IS NOT NULL AND revoked_at IS NOT NULL"
                        + " ORDER BY status_sequence DESC LIMIT ?",
                Rows::certificate,
                values.toArray());
    }

    List<Store.RevokedAlike> countRevoked(CaName ca, Instant expiresFrom) throws SQLException {
        return db.query(
                "SELECT shard, length(serial), reason, invalid_at IS NOT NULL, count(*) FROM certificate WHERE ca = ?"
                        + " AND revoked_at IS NOT NULL AND not_after >= ? AND state <> 'refused'"
                        + " GROUP BY shard, length(serial), reason, invalid_at IS NOT NULL ORDER BY 1, 2, 3, 4",
                row -> new Store.RevokedAlike(
                        row.getInt(1),
                        row.getInt(2),
                        RevocationReason.ofCode(row.getInt(3)),
                        row.getBoolean(4),
                        row.getLong(5)),
                ca.value(),
                expiresFrom.toEpochMilli());
    }

    long countRevokedSince(CaName ca, Instant from) throws SQLException {
        return Database.first(db.query(
                        "SELECT count(*) FROM certificate WHERE ca = ? AND revoked_at IS NOT NULL AND revoked_at >= ?"
                                + " AND state <> 'refused'",
                        row -> row.getLong(1),
                        ca.value(),
                        from.toEpochMilli()))
                .orElse(0L);
    }

    Map<Integer, Long> countLive(CaName ca, Optional<BatchId> batch) throws SQLException {
        List<Object> values =
                new ArrayList<>(List.of(ca.value(), clock.instant().toEpochMilli()));
        batch.ifPresent(wanted -> values.add(wanted.value()));
        // of a batch the index of batches is to be used; an expression keeps the CA's index, with all of its rows, away
        String where =
                batch.isPresent() ? "coalesce(ca, '') = ? AND not_after > ? AND batch = ?" : "ca = ? AND not_after > ?";
        Map<Integer, Long> counts = new TreeMap<>();
        db.each(
                "SELECT shard, count(*) FROM certificate WHERE " + where
                        + " AND state = 'issued' AND revoked_at IS NULL GROUP BY shard",
                row -> counts.put(row.getInt(1), row.getLong(2)),
                values.toArray());
        return counts;
    }

    Map<String, List<Long>> countLiveUntil(CaName ca, List<Instant> ends) throws SQLException {
        StringBuilder counts = new StringBuilder();
        List<Object> values = new ArrayList<>();
        for (Instant end : ends) {
            counts.append(", count(CASE WHEN not_after <= ? THEN 1 END)");
            values.add(end.toEpochMilli());
        }
        values.addAll(List.of(ca.value(), clock.instant().toEpochMilli()));
        Map<String, List<Long>> byProfile = new TreeMap<>();
        db.each(
                "SELECT profile" + counts + " FROM certificate WHERE ca = ? AND not_after > ?"
                        + " AND state = 'issued' AND revoked_at IS NULL GROUP BY profile",
                row -> {
                    List<Long> found = new ArrayList<>();
                    for (int i = 0; i < ends.size(); i++) {
                        found.add(row.getLong(2 + i));
                    }
                    byProfile.put(row.getString(1), List.copyOf(found));
                },
                values.toArray());
        return byProfile;
    }

    int highestShard(CaName ca) throws SQLException {
        int highest = 0;
        for (String which : List.of("revoked_at IS NULL AND state = 'issued'", "revoked_at IS NOT NULL")) {
            highest = Math.max(
                    highest,
                    Database.first(db.query(
                                    "SELECT coalesce(max(shard), 0) FROM certificate WHERE ca = ? AND " + which,
                                    row -> row.getInt(1),
                                    ca.value()))
                            .orElse(0));
        }
        return highest;
    }

    /** What narrows a query to a CA, or to one shard of it. */
    private static String part(CaName ca, OptionalInt shard, List<Object> values) {
        values.add(ca.value());
        shard.ifPresent(values::add);
        return shard.isPresent() ? "ca = ? AND shard = ?" : "ca = ?";
    }

    List<LedgerCertificate> unfinished() throws SQLException {
        return db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE delivered_at IS NULL AND revoked_at IS NULL"
                        + " AND state <> 'refused' ORDER BY id",
                Rows::certificate);
    }

    long revocationSequence(CaName ca, OptionalInt shard) throws SQLException {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        return Database.first(db.query(
                        "SELECT status_sequence FROM certificate WHERE " + where
                                + " AND status_sequence IS NOT NULL ORDER BY status_sequence DESC LIMIT 1",
                        row -> row.getLong(1),
                        values.toArray()))
                .orElse(0L);
    }

    void each(Consumer<LedgerCertificate> consumer) throws SQLException {
        db.each(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate ORDER BY id",
                row -> consumer.accept(Rows.certificate(row)));
    }

    private static String where(Store.Filter filter, List<Object> values) {
        StringBuilder where = new StringBuilder("1 = 1");
        filter.ca().ifPresent(ca -> {
            where.append(" AND ca = ?");
            values.add(ca.value());
        });
        filter.namePrefix().ifPresent(prefix -> {
            where.append(" AND name >= ? AND name < ?");
            values.add(prefix);
            values.add(prefix + "\uffff");
        });
        filter.profile().ifPresent(profile -> {
            where.append(" AND profile = ?");
            values.add(profile);
        });
        filter.expiresBefore().ifPresent(instant -> {
            where.append(" AND not_after < ?");
            values.add(instant.toEpochMilli());
        });
        filter.batch().ifPresent(batch -> {
            where.append(" AND batch = ?");
            values.add(batch.value());
        });
        filter.revokedSince().ifPresent(instant -> {
            where.append(" AND revoked_at >= ?");
            values.add(instant.toEpochMilli());
        });
        filter.life().ifPresent(life -> {
            where.append(" AND " + Rows.LIFE + " = ?");
            values.add(life.text());
        });
        filter.isRevoked()
                .ifPresent(isRevoked ->
                        where.append(isRevoked ? " AND revoked_at IS NOT NULL" : " AND revoked_at IS NULL"));
        return where.toString();
    }
}
