package org.devpki.esp;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Large numbers as the chips' hardware has them: the lowest octet first, zeros at the end. */
final class LittleEndian {
    private LittleEndian() {}

    /** @param number not negative, and not longer than the octets it gets */
    static void put(ByteBuffer buffer, BigInteger number, int octets) {
        byte[] bigEndian = number.toByteArray();
        for (int i = 0; i < octets; i++) {
            int from = bigEndian.length - 1 - i;
            buffer.put(from >= 0 ? bigEndian[from] : 0);
        }
        Arrays.fill(bigEndian, (byte) 0);
    }

    static BigInteger get(byte[] octets, int start, int length) {
        byte[] bigEndian = new byte[length];
        for (int i = 0; i < length; i++) {
            bigEndian[i] = octets[start + length - 1 - i];
        }
        return new BigInteger(1, bigEndian);
    }
}
