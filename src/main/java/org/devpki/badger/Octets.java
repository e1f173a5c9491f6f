package org.devpki.badger;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Numbers, lengths and checksums, as badger's files have them. What ends too soon is a {@link BufferUnderflowException}. */
final class Octets {
    private static final int MORE = 0x80;
    private static final int BITS = 7;
    private static final int MOST_BITS = 63;
    private static final long LOW = 0xffffffffL;

    private Octets() {}

    /** Seven bits an octet, the lowest first: badger's lengths, and Protocol Buffers' numbers. */
    static long varint(ByteBuffer from) {
        long number = 0;
        for (int shift = 0; shift <= MOST_BITS; shift += BITS) {
            int octet = from.get();
            number |= (long) (octet & (MORE - 1)) << shift;
            if ((octet & MORE) == 0) {
                return number;
            }
        }
        throw new BufferUnderflowException();
    }

    /** @throws BufferUnderflowException if there are fewer */
    static ByteBuffer take(ByteBuffer from, long length) {
        if (length < 0 || length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer taken = from.slice().limit((int) length);
        from.position(from.position() + (int) length);
        return taken;
    }

    static byte[] array(ByteBuffer from) {
        byte[] octets = new byte[from.remaining()];
        from.get(octets);
        return octets;
    }

    /** CRC-32C (Castagnoli) of what remains, which stays. */
    static long checksum(ByteBuffer of) {
        CRC32C sum = new CRC32C();
        sum.update(of.duplicate());
        return sum.getValue();
    }

    static long unsigned(int number) {
        return number & LOW;
    }

    /** A field of a message in Protocol Buffers: a number, or octets. */
    record Field(int number, long value, ByteBuffer octets) {}

    /** The fields of a message that has numbers and octets only. */
    static List<Field> message(ByteBuffer from) {
        List<Field> fields = new ArrayList<>();
        ByteBuffer none = ByteBuffer.allocate(0);
        while (from.hasRemaining()) {
            long tag = varint(from);
            int number = (int) (tag >>> 3);
            switch ((int) tag & 7) {
                case 0 -> fields.add(new Field(number, varint(from), none));
                case 2 -> fields.add(new Field(number, 0, take(from, varint(from))));
                default -> throw new BufferUnderflowException();
            }
        }
        return fields;
    }
}
