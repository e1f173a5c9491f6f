package org.devpki.cli;

import java.util.function.Supplier;

/** Ctrl-C and SIGTERM, taken as a wish to end what is begun and nothing more: the process lives on until that is done. */
final class Interruption implements AutoCloseable {
    private final Object work = new Object();
    private final Thread hook = new Thread(this::await, "interruption");
    private volatile boolean isAsked;

    Interruption() {
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
        whole(() -> isAsked);
    }

    @Override
    public void close() {
        if (!isAsked) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
