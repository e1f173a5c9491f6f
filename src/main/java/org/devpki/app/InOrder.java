package org.devpki.app;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.devpki.model.DevpkiException;

/** Works on many things at once, and hands the results on in the order of the things. */
final class InOrder {
    /** Things that are begun, or done and not handed on yet, for each thread. */
    private static final int AHEAD = 2;

    private InOrder() {}

    /**
     * Whatever is begun is ended, and handed on unless something failed.
     *
     * @param work is done by several threads
     * @param results are told of by the caller's own
     * @param isStopped asked before each thing is begun
     * @return how many were not begun
     */
    static <A, B> int each(
            List<A> things, int threads, Function<A, B> work, Consumer<B> results, BooleanSupplier isStopped) {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        Deque<Future<B>> begun = new ArrayDeque<>();
        Iterator<A> next = things.iterator();
        int left = things.size();
        try {
            while (next.hasNext() && !isStopped.getAsBoolean()) {
                A thing = next.next();
                begun.add(workers.submit(() -> work.apply(thing)));
                left--;
                if (begun.size() >= threads * AHEAD) {
                    results.accept(result(begun.remove()));
                }
            }
            while (!begun.isEmpty()) {
                results.accept(result(begun.remove()));
            }
            return left;
        } finally {
            begun.forEach(future -> future.cancel(false)); // after a failure, those that no thread has taken up yet
            workers.shutdown();
            awaitEnd(workers);
        }
    }

    /** What works on is not left behind with a store that is closed. */
    static void awaitEnd(ExecutorService workers) {
        try {
            while (!workers.awaitTermination(1, TimeUnit.MINUTES)) {
                // a key of 4096 bits may take long
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <B> B result(Future<B> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DevpkiException.busy("interrupted while devices were made").causedBy(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DevpkiException told) {
                throw told;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
