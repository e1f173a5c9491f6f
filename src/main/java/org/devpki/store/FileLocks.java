package org.devpki.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/**
 * Locks on words, as locks on single octets of one file: the operating system gives them back when a process dies,
 * however it dies, so nobody has to guess whether a holder still lives. Two words may share an octet; then they wait for
 * each other, which is harmless.
 */
final class FileLocks implements Dialect.Locks {
    private static final long POLL_MILLIS = 15;

    private final Path file;
    private final Duration timeout;
    private final FileChannel channel;

    FileLocks(Path file, Duration timeout) {
        this.file = file;
        this.timeout = timeout;
        try {
            this.channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(Modes.SECRET_FILE.permissions()));
        } catch (IOException e) {
            throw WholeFiles.failed("cannot open lock file " + file, e);
        }
    }

    @Override
    public Store.Held lock(String word) {
        long octet = octet(word);
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            FileLock lock = tryLock(octet);
            if (lock != null) {
                return () -> release(lock);
            }
            if (System.nanoTime() - deadline > 0) {
                throw DevpkiException.busy("another process works on " + word + ", and still does after "
                                + timeout.toSeconds() + " s")
                        .hint("--lock-timeout waits longer");
            }
            pause();
        }
    }

    @Override
    public boolean isLocked(String word) {
        FileLock lock = tryLock(octet(word));
        if (lock == null) {
            return true;
        }
        release(lock);
        return false;
    }

    private static long octet(String word) {
        return Math.floorMod(Bytes.utf8(word).sha256().hashCode(), Integer.MAX_VALUE);
    }

    private @org.jspecify.annotations.Nullable FileLock tryLock(long octet) {
        try {
            return channel.tryLock(octet, 1, false);
        } catch (OverlappingFileLockException e) {
            return null; // another thread of this process holds it
        } catch (IOException e) {
            throw WholeFiles.failed("cannot lock " + file, e);
        }
    }

    private void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            throw WholeFiles.failed("cannot unlock " + file, e);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DevpkiException.busy("interrupted while waiting for another process")
                    .causedBy(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw WholeFiles.failed("cannot close lock file " + file, e);
        }
    }
}
