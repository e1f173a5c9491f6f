package org.devpki.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.jspecify.annotations.Nullable;

/**
 * Copies a ledger, table by table and row by row, into an empty database, and proves the copy by a hash over each table on
 * both sides. A step of a transaction on either side: one moment of the ledger is read.
 */
final class LedgerCopy {
    private static final int ROWS_AT_ONCE = 500;

    private final Database from;
    private final Database to;

    LedgerCopy(Database from, Database to) {
        this.from = from;
        this.to = to;
    }

    void run() throws SQLException {
        Migrations migrations = Migrations.shipped();
        to.make(migrations, 0, from.version());
        for (String table : to.tables()) {
            Table copied = new Table(table, to.columns(table), to.key(table));
            Told before = copy(copied);
            Told after = copied.tell(to, row -> {});
            if (!before.equals(after)) {
                throw DevpkiException.integrity("table " + table + " was not copied as it is: " + before.rows()
                        + " rows there, " + after.rows() + " here, or not the same");
            }
        }
        to.afterCopy();
    }

    private Told copy(Table table) throws SQLException {
        try (PreparedStatement insert = to.prepare(table.insertion())) {
            long[] waiting = {0};
            Told told = table.tell(from, row -> {
                for (int i = 1; i <= table.columns().size(); i++) {
                    insert.setObject(i, value(row, i));
                }
                insert.addBatch();
                if (++waiting[0] % ROWS_AT_ONCE == 0) {
                    insert.executeBatch();
                }
            });
            insert.executeBatch();
            return told;
        }
    }

    private static @Nullable Object value(ResultSet row, int column) throws SQLException {
        Object value = row.getObject(column);
        return value instanceof Number number ? Long.valueOf(number.longValue()) : value;
    }

    /**
     * What a table holds.
     *
     * @param hash SHA-256 over all values in the order of the key
     */
    private record Told(long rows, Bytes hash) {}

    /** A table whose rows have one order in every database. */
    private record Table(String name, List<String> columns, List<String> key) {
        Table {
            if (key.isEmpty()) {
                throw new IllegalStateException("table " + name + " has no primary key to be copied by");
            }
        }

        String insertion() {
            return "INSERT INTO " + name + " (" + String.join(", ", columns) + ") VALUES ("
                    + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
        }

        Told tell(Database db, Database.RowConsumer consumer) throws SQLException {
            MessageDigest digest = sha256();
            long[] rows = {0};
            db.each(
                    "SELECT " + String.join(", ", columns) + " FROM " + name + " ORDER BY " + String.join(", ", key),
                    row -> {
                        rows[0]++;
                        for (int i = 1; i <= columns.size(); i++) {
                            digest(digest, value(row, i));
                        }
                        consumer.accept(row);
                    });
            return new Told(rows[0], Bytes.of(digest.digest()));
        }

        /** Kind, length and octets, so that no two rows look alike. */
        private static void digest(MessageDigest digest, @Nullable Object value) {
            byte[] octets = value == null
                    ? new byte[0]
                    : value instanceof byte[] blob ? blob : value.toString().getBytes(StandardCharsets.UTF_8);
            char kind = value == null ? '0' : value instanceof byte[] ? 'b' : value instanceof Long ? 'i' : 't';
            digest.update(ByteBuffer.allocate(5)
                    .put((byte) kind)
                    .putInt(octets.length)
                    .array());
            digest.update(octets);
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
