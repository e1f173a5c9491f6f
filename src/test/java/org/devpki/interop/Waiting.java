package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does. */
final class Waiting {
    private static final Duration MOST = Duration.ofSeconds(60);

    private Waiting() {}

    static void until(BooleanSupplier claim, Supplier<String> words) {
        long end = System.nanoTime() + MOST.toNanos();
        while (!claim.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + words.get());
            }
            pause(Duration.ofMillis(20));
        }
    }

    /** Until the file has this text, or its writer has ended without it, which is a failure. */
    static void forText(String text, Path file, Process writer) {
        until(() -> read(file).contains(text) || !writer.isAlive(), () -> "\"" + text + "\" in\n" + read(file));
        assertTrue(read(file).contains(text), () -> "no \"" + text + "\" in\n" + read(file));
    }

    /** Until the process ended by itself. */
    static void forEnd(Process process) {
        try {
            assertTrue(process.waitFor(MOST.toSeconds(), TimeUnit.SECONDS), () -> process.info() + " does not end");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
