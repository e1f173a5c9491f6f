package org.devpki.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;

/**
 * Locks on words, as locks on single octets of one file: the operating system gives them back when a process dies,
 * however it dies, so nobody has to guess whether a holder still lives. Two words may share an octet; then they wait for
 * each other, which is harmless.
 */
final class FileLocks implements Dialect.Locks {
    private final Path file;
    private final FileChannel channel;

    FileLocks(Path file) {
        this.file = file;
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
    public Optional<Store.Held> tryLock(String word) {
        try {
            return Optional.ofNullable(channel.tryLock(octet(word), 1, false)).map(lock -> () -> release(lock));
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // another thread of this process holds it
        } catch (IOException e) {
            throw WholeFiles.failed("cannot lock " + file, e);
        }
    }

    private static long octet(String word) {
        return Math.floorMod(Bytes.utf8(word).sha256().hashCode(), Integer.MAX_VALUE);
    }

    private void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            throw WholeFiles.failed("cannot unlock " + file, e);
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
