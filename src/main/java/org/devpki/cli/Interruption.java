package org.devpki.cli;

import java.util.function.Supplier;

/** Ctrl-C and SIGTERM, taken as a wish to end what is begun and nothing more: the process lives on until that is done. */
final class Interruption implements AutoCloseable {
    private final Object work = new Object();
    private final Runnable lastWords;
    private final Thread hook = new Thread(this::await, "interruption");
    private volatile boolean isAsked;

    Interruption() {
        this(() -> {});
    }

    /** @param lastWords said when all that was begun is done */
    Interruption(Runnable lastWords) {
        this.lastWords = lastWords;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean isAsked() {
        return isAsked;
    }

    /** Does what must not be cut short. */
    <T> T whole(Supplier<T> deed) {
        synchronized (work) {
            return deed.get();
        }
    }

    private void await() {
        isAsked = true;
        synchronized (work) {
            lastWords.run();
        }
    }

    @Override
    public void close() {
        if (!isAsked) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
