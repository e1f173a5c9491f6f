package org.devpki.esp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where things stand in a page: header, bitmap of entry states, 126 entries; little-endian.
 *
 * @see <a href="../../docs/formats/nvs-partition.md">drawn, and the generator it was checked against</a>
 */
final class NvsLayout {
    static final int PAGE_BYTES = 4096;
    static final int ENTRY_BYTES = 32;
    static final int ENTRIES = 126;

    static final int SEQUENCE_AT = 4;
    static final int FORMAT_AT = 8;
    static final int HEADER_CRC_AT = 28;
    static final int BITMAP_AT = 32;
    static final int FIRST_ENTRY_AT = 64;

    static final int EMPTY = 0xffffffff;
    static final int ACTIVE = 0xfffffffe;
    static final int FULL = 0xfffffffc;
    static final int FREEING = 0xfffffff8;
    static final int CORRUPT = 0xfffffff0;

    static final int ENTRY_EMPTY = 0b11;
    static final int ENTRY_WRITTEN = 0b10;
    static final int ENTRY_ERASED = 0b00;

    static final int KEY_AT = 8;
    static final int KEY_BYTES = 16;
    static final int VALUE_AT = 24;
    static final int VALUE_CRC_AT = 28;
    static final int NO_CHUNK = 0xff;

    static final int TYPE_FLOAT = 0x24;
    static final int TYPE_DOUBLE = 0x28;
    static final int TYPE_STRING = 0x21;
    static final int TYPE_BLOB = 0x41;
    static final int TYPE_BLOB_CHUNK = 0x42;
    static final int TYPE_BLOB_INDEX = 0x48;

    /** The firmware takes the second half of the numbers for the next version of a blob. */
    static final int MOST_CHUNKS = 127;

    private NvsLayout() {}

    static ByteBuffer littleEndian(byte[] octets) {
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Offset of an entry from the start of its page. */
    static int entryAt(int entry) {
        return FIRST_ENTRY_AT + entry * ENTRY_BYTES;
    }

    /** Two bits of the bitmap, the first entry in the lowest ones. */
    static int entryState(byte[] image, int pageAt, int entry) {
        return (image[pageAt + BITMAP_AT + entry / 4] >> (entry % 4 * 2)) & 0b11;
    }

    /** How many entries a value of this many octets takes besides its header. */
    static int entriesFor(int octets) {
        return (octets + ENTRY_BYTES - 1) / ENTRY_BYTES;
    }

    static int headerCrc(byte[] image, int pageAt) {
        return EspCrc.of(image, pageAt + SEQUENCE_AT, pageAt + HEADER_CRC_AT);
    }

    /** Over an entry without the four octets that hold it. */
    static int entryCrc(byte[] octets, int at) {
        byte[] covered = new byte[ENTRY_BYTES - Integer.BYTES];
        System.arraycopy(octets, at, covered, 0, 4);
        System.arraycopy(octets, at + KEY_AT, covered, 4, ENTRY_BYTES - KEY_AT);
        return EspCrc.of(covered);
    }
}
