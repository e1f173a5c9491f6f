package org.devpki.app;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.devpki.model.BatchId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;
import org.devpki.model.LifeState;
import org.devpki.store.Store;

/** Batches as the ledger has them. */
public final class ShowBatches {
    private static final int PAGE = 1000;

    private final Store store;

    ShowBatches(Store store) {
        this.store = store;
    }

    /** The oldest first. */
    public List<LedgerBatch> all() {
        return store.batches();
    }

    /** @throws DevpkiException NOT_FOUND */
    public LedgerBatch named(BatchId id) {
        return store.batch(id)
                .orElseThrow(() ->
                        DevpkiException.notFound("there is no batch " + id).hint("devpki batch list"));
    }

    /** How many of a batch's certificates are where in their life. */
    public Map<LifeState, Long> lives(BatchId batch) {
        return store.countLives(batch);
    }

    /** Every row of a batch, in the order in which it was first listed. */
    public void eachRow(BatchId batch, Consumer<LedgerBatchRow> consumer) {
        long after = 0;
        List<LedgerBatchRow> page;
        do {
            page = store.batchRows(batch, after, PAGE);
            page.forEach(consumer);
            after += page.size();
        } while (page.size() == PAGE);
    }
}
