package org.devpki.interop;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A broker of our own on a port of 127.0.0.1; it ends with the test. */
abstract class BrokerProcess implements AutoCloseable {
    final Process process;
    private final int port;
    private final Path log;

    /** @param ready what it logs once it listens, which is waited for */
    BrokerProcess(Process process, int port, Path log, String ready) {
        this.process = process;
        this.port = port;
        this.log = log;
        try {
            awaitLog(ready);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    final int port() {
        return port;
    }

    /** What it logged so far. */
    final String log() {
        return Waiting.read(log);
    }

    final void awaitLog(String text) {
        Waiting.forText(text, log, process);
    }

    @Override
    public final void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
