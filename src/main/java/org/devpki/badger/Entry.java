package org.devpki.badger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.devpki.model.Bytes;

/**
 * A key's value at one time.
 *
 * @param key its octets, one a character, without the version
 * @param version the transaction's number; the highest one of a key counts
 * @param meta bits, below
 */
record Entry(String key, long version, int meta, Bytes value) {
    private static final int DELETED = 1;
    private static final int POINTER = 1 << 1;
    private static final int IN_TRANSACTION = 1 << 6;
    private static final int ENDS_TRANSACTION = 1 << 7;
    private static final int VERSION_OCTETS = 8;

    /** Where a value stands in the value log. */
    record Pointer(long file, long length, long offset) {
        static final Pointer ZERO = new Pointer(0, 0, 0);

        long end() {
            return offset + length;
        }
    }

    /** @param key with the version behind it, which counts down from the highest number */
    static Entry of(byte[] key, int meta, byte[] value) {
        int length = key.length - VERSION_OCTETS;
        if (length < 0) {
            throw new BufferUnderflowException();
        }
        return new Entry(
                new String(key, 0, length, ISO_8859_1),
                ~ByteBuffer.wrap(key).getLong(length),
                meta & 0xff,
                Bytes.of(value));
    }

    boolean isDeleted() {
        return (meta & DELETED) != 0;
    }

    boolean isInTransaction() {
        return (meta & IN_TRANSACTION) != 0;
    }

    boolean endsTransaction() {
        return (meta & ENDS_TRANSACTION) != 0;
    }

    /** Whether the value is only a pointer to it. */
    boolean isPointer() {
        return (meta & POINTER) != 0;
    }

    Pointer pointer() {
        ByteBuffer numbers = ByteBuffer.wrap(value.toArray()).order(ByteOrder.LITTLE_ENDIAN);
        return new Pointer(
                Octets.unsigned(numbers.getInt()),
                Octets.unsigned(numbers.getInt()),
                Octets.unsigned(numbers.getInt()));
    }
}
