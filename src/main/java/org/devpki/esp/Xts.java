package org.devpki.esp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.devpki.model.SecretBytes;

/**
 * XTS-AES-256 (IEEE 1619) over data units of 32 octets, two AES blocks, as NVS encrypts each entry.
 *
 * <p>The JDK has no XTS mode, so it is made here of single AES blocks (ECB over one block is just AES): the tweak is
 * encrypted with the second key, XORed to each block before and after AES with the first key, and multiplied by x in
 * GF(2^128) from one block to the next. The last block is always whole, so ciphertext stealing never happens.
 */
final class Xts {
    static final int KEY_OCTETS = 32;

    private static final int BLOCK = 16;
    private static final int REDUCTION = 0x87; // x^128 = x^7 + x^2 + x + 1

    private final Cipher blocks;
    private final Cipher tweaks;

    private Xts(Cipher blocks, Cipher tweaks) {
        this.blocks = blocks;
        this.tweaks = tweaks;
    }

    static Xts encrypting(NvsKeys keys) {
        return new Xts(aes(Cipher.ENCRYPT_MODE, keys.dataKey()), aes(Cipher.ENCRYPT_MODE, keys.tweakKey()));
    }

    static Xts decrypting(NvsKeys keys) {
        return new Xts(aes(Cipher.DECRYPT_MODE, keys.dataKey()), aes(Cipher.ENCRYPT_MODE, keys.tweakKey()));
    }

    /**
     * Replaces the 32 octets at {@code at}.
     *
     * @param unit the number of the data unit; NVS takes the offset of the entry in the partition
     */
    void apply(byte[] octets, int at, long unit) {
        byte[] tweak = new byte[BLOCK];
        NvsLayout.littleEndian(tweak).putLong(0, unit);
        tweak = block(tweaks, tweak);
        for (int start = at; start < at + NvsLayout.ENTRY_BYTES; start += BLOCK) {
            byte[] block = Arrays.copyOfRange(octets, start, start + BLOCK);
            xor(block, tweak);
            block = block(blocks, block);
            xor(block, tweak);
            System.arraycopy(block, 0, octets, start, BLOCK);
            timesX(tweak);
        }
    }

    /** Little-endian: the highest bit is in the last octet. */
    private static void timesX(byte[] tweak) {
        int carry = 0;
        for (int i = 0; i < BLOCK; i++) {
            int octet = tweak[i] & 0xff;
            tweak[i] = (byte) (octet << 1 | carry);
            carry = octet >> 7;
        }
        if (carry != 0) {
            tweak[0] ^= (byte) REDUCTION;
        }
    }

    private static void xor(byte[] block, byte[] tweak) {
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= tweak[i];
        }
    }

    private static byte[] block(Cipher aes, byte[] block) {
        try {
            return aes.doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // one whole block, so nothing can be wrong with it
        }
    }

    private static Cipher aes(int mode, SecretBytes key) {
        return key.lend(octets -> {
            try {
                Cipher aes = Jca.cipher("AES/ECB/NoPadding");
                aes.init(mode, new SecretKeySpec(octets, "AES"));
                return aes;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e); // every JDK has it
            }
        });
    }
}
