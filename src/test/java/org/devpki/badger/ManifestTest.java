package org.devpki.badger;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.devpki.model.Fault;
import org.junit.jupiter.api.Test;

class ManifestTest {
    private static final byte CREATE = 0;
    private static final byte DELETE = 1;

    /** A change in Protocol Buffers: table, operation and level as fields 1 to 3, within field 1 of the set. */
    private static byte[] change(int table, byte operation, int level) {
        return new byte[] {0x0a, 6, 0x08, (byte) table, 0x10, operation, 0x18, (byte) level};
    }

    private static ByteBuffer manifest(int version, byte[]... changes) {
        ByteBuffer file = ByteBuffer.allocate(8 + 16 * changes.length);
        file.putInt(0x42646772).putInt(version);
        for (byte[] change : changes) {
            CRC32C sum = new CRC32C();
            sum.update(change);
            file.putInt(change.length).putInt((int) sum.getValue()).put(change);
        }
        return file.flip();
    }

    /** A table that a compaction made has a higher number than one of level 0, and older entries. */
    @Test
    void tablesOfDeeperLevelsComeFirstWhateverTheirNumbers() {
        assertEquals(
                List.of(9L, 4L, 5L, 3L, 7L),
                Manifest.tables(manifest(
                        7,
                        change(3, CREATE, 0),
                        change(4, CREATE, 1),
                        change(5, CREATE, 1),
                        change(6, CREATE, 2),
                        change(7, CREATE, 0),
                        change(9, CREATE, 2),
                        change(6, DELETE, 0))));
    }

    @Test
    void anotherVersionIsRefused() {
        assertFault(Fault.INVALID_INPUT, "is of version 8 of badger's format", () -> Manifest.tables(manifest(8)));
    }
}
