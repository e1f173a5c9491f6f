package org.devpki.badger;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.devpki.model.DevpkiException;

/**
 * A file of sorted entries ({@code .sst}): blocks, their index in Protocol Buffers, its length and its checksum. A block is entries, where
 * each begins, how many there are, and a checksum.
 */
final class Table {
    private static final int NUMBER = Integer.BYTES;

    // fields of an index, of a block in it, and of a checksum
    private static final int BLOCK = 1;
    private static final int OFFSET = 2;
    private static final int LENGTH = 3;
    private static final int ALGORITHM = 1;
    private static final int SUM = 2;

    private Table() {}

    /** @throws DevpkiException INTEGRITY if a checksum is wrong */
    static void each(ByteBuffer file, Consumer<Entry> entries) {
        ByteBuffer rest = file.slice();
        ByteBuffer checksum = last(rest);
        ByteBuffer index = last(rest);
        verify(index, checksum);
        for (Octets.Field field : Octets.message(index)) {
            if (field.number() == BLOCK) {
                block(part(file, field.octets()), entries);
            }
        }
    }

    /** What stands before its length at the end, which are cut off. */
    private static ByteBuffer last(ByteBuffer rest) {
        int end = rest.limit() - NUMBER;
        int begin = Math.subtractExact(end, rest.getInt(end));
        ByteBuffer part = rest.slice(begin, end - begin);
        rest.limit(begin);
        return part;
    }

    private static ByteBuffer part(ByteBuffer file, ByteBuffer place) {
        int offset = 0;
        int length = 0;
        for (Octets.Field field : Octets.message(place)) {
            switch (field.number()) {
                case OFFSET -> offset = Math.toIntExact(field.value());
                case LENGTH -> length = Math.toIntExact(field.value());
                default -> {
                    // the block's first key, which it has itself
                }
            }
        }
        return file.slice(offset, length);
    }

    private static void verify(ByteBuffer octets, ByteBuffer checksum) {
        long sum = 0;
        for (Octets.Field field : Octets.message(checksum)) {
            if (field.number() == ALGORITHM && field.value() != 0) {
                throw DevpkiException.invalid("has checksums that are not CRC-32C, which are not read");
            }
            sum = field.number() == SUM ? field.value() : sum;
        }
        if (Octets.checksum(octets) != sum) {
            throw DevpkiException.integrity("is damaged: a checksum is wrong");
        }
    }

    private static void block(ByteBuffer block, Consumer<Entry> entries) {
        ByteBuffer checksum = last(block);
        verify(block, checksum);
        int count = block.getInt(block.limit() - NUMBER);
        int end = Math.subtractExact(block.limit() - NUMBER, Math.multiplyExact(count, NUMBER));
        ByteBuffer offsets = block.slice(end, count * NUMBER).order(ByteOrder.LITTLE_ENDIAN);
        byte[] first = new byte[0];
        for (int i = 0; i < count; i++) {
            int begin = offsets.getInt();
            int next = i + 1 < count ? offsets.getInt(offsets.position()) : end;
            ByteBuffer entry = block.slice(begin, next - begin).order(ByteOrder.LITTLE_ENDIAN);
            int overlap = Short.toUnsignedInt(entry.getShort());
            int different = Short.toUnsignedInt(entry.getShort());
            byte[] key = new byte[overlap + different];
            System.arraycopy(first, 0, key, 0, overlap);
            entry.get(key, overlap, different);
            first = i == 0 ? key : first;
            int meta = entry.get();
            entry.get(); // the user's own, which step-ca does not set
            Octets.varint(entry); // when it is over, which step-ca does not say
            entries.accept(Entry.of(key, meta, Octets.array(entry)));
        }
    }
}
