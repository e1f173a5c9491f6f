package org.devpki.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.BatchRow;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;

/** The batches of a ledger and their rows. Steps of a transaction. */
final class BatchTables {
    private static final String COUNTED =
            "SELECT id, settings, begun_at, count(batch_row.batch), count(serial), count(fault)"
                    + " FROM batch LEFT JOIN batch_row ON batch_row.batch = batch.id";

    private final Database db;
    private final AuditChain audit;

    BatchTables(Database db, AuditChain audit) {
        this.db = db;
        this.audit = audit;
    }

    void plan(BatchId batch, String settings, List<BatchRow> rows, long now) throws SQLException {
        if (isNew(batch, settings)) {
            db.update("INSERT INTO batch (id, settings, begun_at) VALUES (?, ?, ?)", batch.value(), settings, now);
        }
        long position = Database.first(db.query(
                        "SELECT coalesce(max(position), 0) FROM batch_row WHERE batch = ?",
                        row -> row.getLong(1),
                        batch.value()))
                .orElse(0L);
        long added = 0;
        for (BatchRow row : rows) {
            if (isNew(batch, row)) {
                insert(batch, row, ++position);
                added++;
            }
        }
        if (added > 0) {
            audit.append("batch.plan", batch.value(), "rows=" + added + " settings=" + settings);
        }
    }

    void check(BatchId batch, String settings, List<BatchRow> rows) throws SQLException {
        if (!isNew(batch, settings)) {
            for (BatchRow row : rows) {
                isNew(batch, row);
            }
        }
    }

    /** @throws DevpkiException CONFLICT if it was begun with others */
    private boolean isNew(BatchId batch, String settings) throws SQLException {
        Optional<String> before = settings(batch);
        if (before.isPresent() && !before.get().equals(settings)) {
            throw DevpkiException.conflict(
                            "batch " + batch + " was begun with " + before.get() + ", not with " + settings)
                    .hint("give the same options again, or another --batch");
        }
        return before.isEmpty();
    }

    /** Asked by the key, for a station asks for one row of many. @throws DevpkiException CONFLICT if it said something else */
    private boolean isNew(BatchId batch, BatchRow row) throws SQLException {
        Optional<Bytes> known = Database.first(db.query(
                "SELECT content_hash FROM batch_row WHERE batch = ? AND row_id = ?",
                found -> Bytes.of(found.getBytes(1)),
                batch.value(),
                row.id()));
        if (known.isPresent() && !known.get().equals(row.contentHash())) {
            throw DevpkiException.conflict("row " + row.id() + " of batch " + batch
                            + " says something else than when it was first seen")
                    .hint("undo the change, or order the device under another row ID or batch");
        }
        return known.isEmpty();
    }

    private Optional<String> settings(BatchId batch) throws SQLException {
        return Database.first(
                db.query("SELECT settings FROM batch WHERE id = ?", row -> row.getString(1), batch.value()));
    }

    private void insert(BatchId batch, BatchRow row, long position) throws SQLException {
        db.update(
                "INSERT INTO batch_row (batch, row_id, position, name, content_hash) VALUES (?, ?, ?, ?, ?)",
                batch.value(),
                row.id(),
                position,
                row.name(),
                row.contentHash().toArray());
    }

    List<LedgerBatch> all() throws SQLException {
        return db.query(COUNTED + " GROUP BY id, settings, begun_at ORDER BY begun_at, id", BatchTables::batch);
    }

    Optional<LedgerBatch> named(BatchId id) throws SQLException {
        return Database.first(
                db.query(COUNTED + " WHERE id = ? GROUP BY id, settings, begun_at", BatchTables::batch, id.value()));
    }

    List<LedgerBatchRow> rows(BatchId batch, long after, int most) throws SQLException {
        return db.query(
                "SELECT row_id, position, name, content_hash, ca, serial, fault FROM batch_row"
                        + " WHERE batch = ? AND position > ? ORDER BY position LIMIT ?",
                BatchTables::row,
                batch.value(),
                after,
                most);
    }

    void note(BatchId batch, Map<String, BatchOutcome> outcomes) throws SQLException {
        long done = 0;
        for (Map.Entry<String, BatchOutcome> outcome : outcomes.entrySet()) {
            done += outcome.getValue().certificate().isPresent() ? 1 : 0;
            db.update(
                    "UPDATE batch_row SET ca = ?, serial = ?, fault = ? WHERE batch = ? AND row_id = ?",
                    outcome.getValue()
                            .certificate()
                            .map(of -> of.issuer().value())
                            .orElse(null),
                    outcome.getValue()
                            .certificate()
                            .map(of -> Rows.octets(of.serial()))
                            .orElse(null),
                    outcome.getValue()
                            .match(ok -> Optional.<String>empty(), failed -> Optional.of(failed.sentence()))
                            .orElse(null),
                    batch.value(),
                    outcome.getKey());
        }
        audit.append("batch.note", batch.value(), "done=" + done + " failed=" + (outcomes.size() - done));
    }

    private static LedgerBatch batch(ResultSet row) throws SQLException {
        return new LedgerBatch(
                new BatchId(row.getString(1)),
                row.getString(2),
                Instant.ofEpochMilli(row.getLong(3)),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6));
    }

    private static LedgerBatchRow row(ResultSet row) throws SQLException {
        byte[] serial = row.getBytes("serial");
        String fault = row.getString("fault");
        BatchOutcome outcome = serial != null
                ? new BatchOutcome.Done(new IssuerAndSerialNumber(new CaName(row.getString("ca")), Rows.serial(serial)))
                : fault != null ? new BatchOutcome.Failed(fault) : null;
        return new LedgerBatchRow(
                new BatchRow(row.getString("row_id"), row.getString("name"), Bytes.of(row.getBytes("content_hash"))),
                row.getLong("position"),
                Optional.ofNullable(outcome));
    }
}
