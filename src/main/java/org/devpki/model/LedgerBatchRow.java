package org.devpki.model;

import java.util.Optional;

/**
 * A row of a batch as the ledger has it.
 *
 * @param position from 1, in the order in which the batch's lists had the rows first
 * @param outcome empty for a row that was not tried yet
 */
public record LedgerBatchRow(BatchRow row, long position, Optional<BatchOutcome> outcome) {}
