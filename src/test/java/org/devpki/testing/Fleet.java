package org.devpki.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Many certificates in a ledger at once: rows like one that was issued, each with a name and a serial of its own. */
public final class Fleet {
    private static final String SAME =
            "ca, profile, profile_hash, order_hash, key_hash, tbs_hash, not_before, not_after,"
                    + " shard, key_made_here, state, reserved_at, der, delivered_at";

    private final String model;
    private final Path ledger;

    private Fleet(String model, Path ledger) {
        this.model = model;
        this.ledger = ledger;
    }

    /** @param model the name of the certificate that the others are like; nobody must have the ledger open */
    public static Fleet like(String model, Path ledger) {
        return new Fleet(model, ledger);
    }

    /** Adds {@code BATCH-1} to {@code BATCH-count}. */
    public void fill(String batch, int count) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                PreparedStatement insert = connection.prepareStatement(
                        "WITH RECURSIVE counting (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counting WHERE i < ?)"
                                + " INSERT INTO certificate (" + SAME + ", serial, name, batch)"
                                + " SELECT " + SAME + ", unhex('5a' || hex(randomblob(15))), ? || '-' || i, ?"
                                + " FROM certificate, counting WHERE name = ? AND revoked_at IS NULL")) {
            insert.setInt(1, count);
            insert.setString(2, batch);
            insert.setString(3, batch);
            insert.setString(4, model);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
