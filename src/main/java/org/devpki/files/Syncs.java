package org.devpki.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Several files made durable at once: a file system brings out together what it is asked for together. */
final class Syncs {
    /** They only wait. A process does not stay for them. */
    private static final ExecutorService WAITING = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "sync");
        thread.setDaemon(true);
        return thread;
    });

    private static final AtomicInteger CALLERS = new AtomicInteger();

    private Syncs() {}

    /**
     * Where other threads are at it already, they keep the file system busy, and one after the other is quicker.
     *
     * @throws IOException of one that failed, once no thread is at any of them
     */
    static void all(List<FileChannel> channels) throws IOException {
        try {
            if (CALLERS.incrementAndGet() > 1) {
                for (FileChannel channel : channels) {
                    channel.force(true);
                }
            } else {
                atOnce(channels);
            }
        } finally {
            CALLERS.decrementAndGet();
        }
    }

    private static void atOnce(List<FileChannel> channels) throws IOException {
        List<Future<?>> begun = new ArrayList<>();
        for (FileChannel channel : channels) {
            begun.add(WAITING.submit(() -> {
                channel.force(true);
                return channel;
            }));
        }
        IOException failure = null;
        for (Future<?> one : begun) {
            try {
                await(one);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static void await(Future<?> one) throws IOException {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    one.get();
                    return;
                } catch (InterruptedException e) {
                    isInterrupted = true; // a file that is being synced is not to be closed
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
