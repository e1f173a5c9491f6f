package org.devpki.files;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are made durable at once. */
class SyncsTest {
    @TempDir
    Path folder;

    private FileChannel channel(String name) throws IOException {
        return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Test
    void oneThatCannotBeSyncedIsToldOf() throws IOException {
        try (FileChannel whole = channel("a");
                FileChannel closed = channel("b")) {
            closed.close();

            assertThrows(ClosedChannelException.class, () -> Syncs.all(List.of(closed, whole)));
            assertThrows(ClosedChannelException.class, () -> Syncs.all(List.of(whole, closed)));
        }
    }

    @Test
    void anInterruptionIsKeptForLater() throws IOException {
        try (FileChannel whole = channel("a")) {
            Thread.currentThread().interrupt();

            Syncs.all(List.of(whole));

            assertTrue(Thread.interrupted());
        }
    }
}
