package org.devpki.model;

import java.time.Instant;

/**
 * A batch as the ledger has it.
 *
 * @param settings what holds for all of its rows, as options
 * @param done how many rows have a certificate that was delivered
 * @param failed how many could not be issued when they were tried last
 */
public record LedgerBatch(BatchId id, String settings, Instant begunAt, long rows, long done, long failed) {
    /** How many rows were not tried yet. */
    public long left() {
        return rows - done - failed;
    }
}
