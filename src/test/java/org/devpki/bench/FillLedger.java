package org.devpki.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/**
 * Puts certificates into a store's SQLite ledger at the speed of the database, for measurements: copies of those that were
 * issued to names that begin with {@code model}, one in each shard, under serials and names of their own.
 * {@code FillLedger STORE COUNT REVOKED SHARDS}
 */
public final class FillLedger {
    private static final int GROUP = 50_000;

    private FillLedger() {}

    public static void main(String[] args) throws SQLException {
        Path ledger = Path.of(args[0], "ledger.db");
        int count = Integer.parseInt(args[1]);
        int revoked = Integer.parseInt(args[2]);
        int shards = Integer.parseInt(args[3]);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA synchronous=OFF");
            sql.execute("PRAGMA cache_size=-400000");
            long sequence = number(sql, "SELECT max(sequence) FROM audit");
            fill(connection, count, revoked, shards, sequence);
            sql.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    private static long number(Statement sql, String query) throws SQLException {
        try (ResultSet row = sql.executeQuery(query)) {
            return row.getLong(1);
        }
    }

    private static void fill(Connection connection, int count, int revoked, int shards, long sequence)
            throws SQLException {
        Random random = new Random(42);
        String insert =
                "INSERT INTO certificate (ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash,"
                        + " not_before, not_after, shard, batch, key_made_here, state, reserved_at, der, delivered_at, revoked_at,"
                        + " reason, status_sequence) SELECT ca, ?, ?, profile, profile_hash, order_hash, key_hash, tbs_hash,"
                        + " not_before, not_after, ?, ?, key_made_here, 'issued', reserved_at, der, delivered_at, ?, ?, ?"
                        + " FROM certificate WHERE name LIKE 'model%' AND shard = ? LIMIT 1";
        try (PreparedStatement row = connection.prepareStatement(insert);
                Statement sql = connection.createStatement()) {
            for (int i = 0; i < count; i++) {
                if (i % GROUP == 0 && i > 0) {
                    sql.execute("COMMIT");
                }
                if (i % GROUP == 0) {
                    sql.execute("BEGIN");
                }
                boolean isRevoked = (long) i * revoked / count != (long) (i + 1) * revoked / count;
                byte[] serial = new byte[16];
                random.nextBytes(serial);
                serial[0] = (byte) ((serial[0] & 0x3f) | 0x40);
                row.setBytes(1, serial);
                row.setString(2, "bench-" + i);
                int shard = shards == 0 ? 0 : 1 + random.nextInt(shards);
                row.setInt(3, shard);
                row.setString(4, "B" + i / 100_000);
                row.setObject(5, isRevoked ? 1_780_000_000_000L + i : null);
                row.setObject(6, isRevoked ? 1 + i % 2 * 3 : null);
                row.setObject(7, isRevoked ? sequence : null);
                row.setInt(8, shard);
                if (row.executeUpdate() != 1) {
                    throw new IllegalStateException("no certificate named model… in shard " + shard + " to copy");
                }
            }
            sql.execute("COMMIT");
        }
    }
}
