package org.devpki.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.DevpkiException;

/** A folder held against other processes, by a lock on a hidden file in it, which the system gives back when a process dies. */
public final class FolderLock implements AutoCloseable {
    private static final String FILE = ".devpki.lock";
    private static final long PAUSE_MILLIS = 20;

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** @throws DevpkiException BUSY if somebody else holds it for longer than that */
    public static FolderLock hold(Path folder, Duration wait) {
        WholeFiles.makeFolder(folder, Modes.PUBLIC_FOLDER);
        Path file = folder.resolve(FILE);
        try {
            FolderLock held = new FolderLock(
                    file,
                    FileChannel.open(
                            file,
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(Modes.SECRET_FILE.permissions())));
            long deadline = System.nanoTime() + wait.toNanos();
            while (held.tried().isEmpty()) {
                if (System.nanoTime() - deadline > 0) {
                    held.close();
                    throw DevpkiException.busy("another process works in " + folder + "; run the command again");
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            return held;
        } catch (IOException e) {
            throw WholeFiles.failed("cannot lock " + file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DevpkiException.busy("interrupted while another process works in " + folder);
        }
    }

    private Optional<FileLock> tried() throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // another thread of this process holds it
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw WholeFiles.failed("cannot unlock " + file, e);
        }
    }
}
