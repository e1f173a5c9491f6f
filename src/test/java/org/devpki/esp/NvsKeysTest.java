package org.devpki.esp;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.HexFormat;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.devpki.testing.CountingRandom;
import org.junit.jupiter.api.Test;

class NvsKeysTest {
    private static SecretBytes hex(String hex) {
        return SecretBytes.taking(HexFormat.of().parseHex(hex));
    }

    /** IEEE 1619-2007 annex B, vector 10: XTS-AES-256; the first 32 octets of its data unit. */
    @Test
    void xtsIsThatOfTheStandard() {
        NvsKeys keys = new NvsKeys(
                hex("2718281828459045235360287471352662497757247093699959574966967627"),
                hex("3141592653589793238462643383279502884197169399375105820974944592"));
        byte[] octets = new byte[33];
        for (int i = 0; i < 32; i++) {
            octets[1 + i] = (byte) i;
        }

        Xts.encrypting(keys).apply(octets, 1, 0xff);

        assertEquals(
                "00" + "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b",
                HexFormat.of().formatHex(octets));

        Xts.decrypting(keys).apply(octets, 1, 0xff);

        assertEquals(
                "00" + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                HexFormat.of().formatHex(octets));
    }

    @Test
    void aPartitionIsReadBack() {
        NvsKeys keys = NvsKeys.random(new CountingRandom());

        SecretBytes partition = keys.partition();

        assertEquals(4096, partition.length());
        assertEquals(keys, NvsKeys.read(partition, "k.bin"));
        assertNotEquals(keys, NvsKeys.random(new CountingRandom(1)));
    }

    @Test
    void aPartitionOfAnotherLengthIsRefused() {
        for (int cut = 0; cut <= 4097; cut++) {
            int length = cut == 4096 ? 8192 : cut;
            assertFault(
                    Fault.INVALID_INPUT,
                    "key partition k.bin has " + length + " bytes; 4096 are right",
                    () -> NvsKeys.read(SecretBytes.taking(new byte[length]), "k.bin"));
        }
    }

    @Test
    void aPartitionWhoseCrcDoesNotHoldIsRefused() {
        byte[] partition = NvsKeys.random(new CountingRandom()).partition().lend(byte[]::clone);
        for (int at = 0; at < 68; at++) {
            byte[] bent = partition.clone();
            bent[at] ^= 1;
            assertFault(
                    Fault.INVALID_INPUT,
                    "the CRC of key partition k.bin does not hold",
                    () -> NvsKeys.read(SecretBytes.taking(bent), "k.bin"));
        }
        byte[] erased = new byte[4096];
        Arrays.fill(erased, (byte) 0xff);
        assertFault(Fault.INVALID_INPUT, "the CRC of", () -> NvsKeys.read(SecretBytes.taking(erased), "k.bin"));
    }

    @Test
    void anHmacKeyHas32Octets() {
        for (int length : new int[] {0, 31, 33, 64}) {
            assertFault(
                    Fault.INVALID_INPUT,
                    "HMAC key h.bin has " + length + " bytes; 32 are right",
                    () -> NvsKeys.derived(SecretBytes.taking(new byte[length]), "h.bin"));
        }
    }

    @Test
    void keysAreTwoOf32Octets() {
        SecretBytes key = hex("11".repeat(32));

        assertFault(Fault.INVALID_INPUT, "alike; XTS wants two keys", () -> new NvsKeys(key, key.copy()));
        assertFault(
                Fault.INVALID_INPUT,
                "NVS keys of 32 and 16 octets were given; 32 each are right",
                () -> new NvsKeys(key, hex("22".repeat(16))));
    }

    @Test
    void keysAreNotShown() {
        NvsKeys keys = new NvsKeys(hex("ab".repeat(32)), hex("cd".repeat(32)));

        assertEquals("NvsKeys[dataKey=SecretBytes[32 octets], tweakKey=SecretBytes[32 octets]]", keys.toString());
    }
}
