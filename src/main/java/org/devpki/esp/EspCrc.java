package org.devpki.esp;

/**
 * The CRC-32 of Espressif's partitions: polynomial 0xEDB88320, reflected, register 0 at the start, inverted at the end;
 * {@code crc32_le(0xFFFFFFFF, ...)} of the ROM. The check value of {@code 123456789} is 0xD202D277.
 *
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">where it stands, and the tool it was checked against</a>
 */
final class EspCrc {
    private static final int POLYNOMIAL = 0xEDB88320;
    private static final int[] TABLE = table();

    private EspCrc() {}

    /** The CRC of the octets from {@code from} up to but not at {@code to}. */
    static int of(byte[] octets, int from, int to) {
        int register = 0; // the JDK's CRC32 starts at all ones and takes no seed
        for (int i = from; i < to; i++) {
            register = TABLE[(register ^ octets[i]) & 0xff] ^ (register >>> 8);
        }
        return ~register;
    }

    static int of(byte[] octets) {
        return of(octets, 0, octets.length);
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int register = i;
            for (int bit = 0; bit < 8; bit++) {
                register = (register & 1) == 0 ? register >>> 1 : (register >>> 1) ^ POLYNOMIAL;
            }
            table[i] = register;
        }
        return table;
    }
}
