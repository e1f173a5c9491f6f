package org.devpki.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.devpki.keys.KeyPool;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.store.Store;

/** Makes device keys ahead, when nobody waits for them. */
public final class StockKeyPool {
    /** Kinds that take long enough to make; others are made when they are wanted. */
    static final List<KeySpec> KINDS = List.of(new KeySpec.Rsa(2048), new KeySpec.Rsa(3072), new KeySpec.Rsa(4096));

    /** Under which keys are made, and the pool's own key is. */
    static final String LOCK = "key pool";

    private final Workshop shop;

    StockKeyPool(Workshop shop) {
        this.shop = shop;
    }

    /** How many keys of a kind there are. */
    public record Stock(KeySpec kind, long keys) {}

    /**
     * What came of a filling.
     *
     * @param keys how many there are now
     * @param left how many were still to be made when somebody stopped it
     */
    public record Filled(KeySpec kind, long made, long keys, long left) {}

    /** All kinds, empty ones too. */
    public List<Stock> stock() {
        KeyPool pool = shop.keyPool();
        return KINDS.stream().map(kind -> new Stock(kind, pool.size(kind))).toList();
    }

    /**
     * Fills the pool up to {@code wanted} keys of a kind.
     *
     * @param isStopped asked before each key is begun
     * @throws DevpkiException INVALID_INPUT for a kind that is made in a moment; KEY_UNAVAILABLE for a wrong passphrase
     */
    public Filled fill(KeySpec kind, int wanted, int jobs, BooleanSupplier isStopped) {
        if (!KINDS.contains(kind)) {
            throw DevpkiException.invalid("a key of kind " + kind.text()
                    + " is made in a moment; the pool is for RSA-2048, RSA-3072 and RSA-4096");
        }
        KeyPool pool = shop.forMany().keyPool();
        try (Store.Held held = shop.store().lock(LOCK)) { // two fillings would make too many
            pool.open();
            int missing = Math.max(0, wanted - pool.size(kind));
            int made = make(kind, missing, jobs, isStopped);
            if (made > 0) {
                shop.store().audit("pool.fill", kind.text(), "made=" + made);
            }
            return new Filled(kind, made, pool.size(kind), missing - made);
        }
    }

    private int make(KeySpec kind, int missing, int jobs, BooleanSupplier isStopped) {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger made = new AtomicInteger();
        ExecutorService workers = Executors.newFixedThreadPool(jobs);
        List<Future<?>> ends = new ArrayList<>();
        for (int job = 0; job < jobs; job++) {
            ends.add(workers.submit(() -> {
                while (!isStopped.getAsBoolean() && begun.getAndIncrement() < missing) {
                    try (DeviceKey key =
                            shop.engine().generate(kind, shop.surroundings().random())) {
                        shop.keyPool().add(key);
                    }
                    shop.surroundings().words().soFar("keys", made.incrementAndGet(), missing);
                }
            }));
        }
        workers.shutdown();
        InOrder.awaitEnd(workers); // the pool is not closed while one works on
        ends.forEach(StockKeyPool::await);
        return made.get();
    }

    private static void await(Future<?> end) {
        try {
            end.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DevpkiException.busy("interrupted while keys were made").causedBy(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DevpkiException told) {
                throw told;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
