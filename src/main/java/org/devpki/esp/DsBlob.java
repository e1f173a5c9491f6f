package org.devpki.esp;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.devpki.model.Bytes;
import org.devpki.model.Chip;
import org.devpki.model.DevpkiException;
import org.devpki.model.RsaNumbers;

/**
 * {@code esp_ds_data_t}: an RSA key under the HMAC key that only the Digital Signature peripheral can use. 4 octets of
 * length field, 16 of IV, {@code 3 * N / 8 + 48} of ciphertext, where N is the chip's operand width.
 *
 * @param octets 1220 for chips with 3072-bit operands, 1604 for those with 4096
 * @see <a href="../../docs/formats/ds-peripheral.md">construction, and the ESP-IDF commit it was checked against</a>
 */
public record DsBlob(Bytes octets) {
    private static final int IV_OFFSET = 4;
    private static final int IV_OCTETS = 16;
    private static final int C_OFFSET = IV_OFFSET + IV_OCTETS;
    private static final int MD_OCTETS = 32;
    private static final int BOX_OCTETS = 48;
    private static final byte PADDING = 8;
    private static final int WORD_BITS = 32;

    public DsBlob {
        operandBits(octets.length());
    }

    /** Encrypts the key for the chip, under a fresh IV. */
    public static DsBlob encrypt(RsaNumbers key, HmacKey hmacKey, Chip chip, SecureRandom random) {
        byte[] iv = new byte[IV_OCTETS];
        random.nextBytes(iv);
        return encrypt(key, hmacKey, chip, iv);
    }

    static DsBlob encrypt(RsaNumbers key, HmacKey hmacKey, Chip chip, byte[] iv) {
        int bits = key.modulus().bitLength();
        int width = chip.dsBits().orElse(0);
        if (!Chip.DS_RSA_BITS.contains(bits) || bits > width) {
            throw DevpkiException.refused("an RSA key of " + bits
                    + " bits is none that the Digital Signature peripheral of " + chip.title() + " takes");
        }
        byte[] plain = plain(key, width, iv);
        byte[] c = cipher(Cipher.ENCRYPT_MODE, hmacKey, iv, plain);
        Arrays.fill(plain, (byte) 0);
        return of(bits, iv, c);
    }

    /** Of parts that were stored apart. */
    static DsBlob of(int rsaBits, byte[] iv, byte[] ciphertext) {
        ByteBuffer blob = ByteBuffer.allocate(C_OFFSET + ciphertext.length).order(ByteOrder.LITTLE_ENDIAN);
        blob.putInt(lengthField(rsaBits)).put(iv).put(ciphertext);
        return new DsBlob(Bytes.of(blob.array()));
    }

    /** {@code Y | M | Rb | MD | M' | L | 8 octets of padding}. */
    private static byte[] plain(RsaNumbers key, int width, byte[] iv) {
        int operand = width / Byte.SIZE;
        int bits = key.modulus().bitLength();
        ByteBuffer plain = ByteBuffer.allocate(3 * operand + BOX_OCTETS).order(ByteOrder.LITTLE_ENDIAN);
        LittleEndian.put(plain, key.privateExponent(), operand);
        LittleEndian.put(plain, key.modulus(), operand);
        // the key's size, not the chip's width
        LittleEndian.put(plain, BigInteger.ONE.shiftLeft(2 * bits).mod(key.modulus()), operand);
        int mPrime = key.modulus()
                .modInverse(BigInteger.ONE.shiftLeft(WORD_BITS))
                .negate()
                .intValue();
        plain.put(digest(plain.array(), 3 * operand, mPrime, lengthField(bits), iv));
        plain.putInt(mPrime).putInt(lengthField(bits));
        while (plain.hasRemaining()) {
            plain.put(PADDING);
        }
        return plain.array();
    }

    /** {@code SHA-256(Y | M | Rb | M' | L | IV)}. */
    private static byte[] digest(byte[] operands, int length, int mPrime, int lengthField, byte[] iv) {
        ByteBuffer digested =
                ByteBuffer.allocate(length + 2 * Integer.BYTES + IV_OCTETS).order(ByteOrder.LITTLE_ENDIAN);
        digested.put(operands, 0, length).putInt(mPrime).putInt(lengthField).put(iv);
        byte[] md = Bytes.of(digested.array()).sha256().toArray();
        Arrays.fill(digested.array(), (byte) 0);
        return md;
    }

    /**
     * Opens the blob as the hardware does, and gives what it would sign with.
     *
     * @throws DevpkiException INTEGRITY if the HMAC key is another one, or the blob is damaged
     */
    public RsaNumbers decrypt(HmacKey hmacKey) {
        byte[] blob = octets.toArray();
        byte[] iv = Arrays.copyOfRange(blob, IV_OFFSET, C_OFFSET);
        byte[] plain = cipher(Cipher.DECRYPT_MODE, hmacKey, iv, Arrays.copyOfRange(blob, C_OFFSET, blob.length));
        try {
            return opened(plain, iv);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private RsaNumbers opened(byte[] plain, byte[] iv) {
        int operand = operandBits() / Byte.SIZE;
        ByteBuffer box = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).position(3 * operand);
        byte[] md = new byte[MD_OCTETS];
        box.get(md);
        int mPrime = box.getInt();
        int length = box.getInt();
        if (!MessageDigest.isEqual(md, digest(plain, 3 * operand, mPrime, length, iv))) {
            throw DevpkiException.integrity(
                    "the DS data does not open under this HMAC key: it is another key's, or damaged");
        }
        while (box.hasRemaining()) {
            require(box.get() == PADDING, "its padding is wrong");
        }
        BigInteger modulus = LittleEndian.get(plain, operand, operand);
        int bits = modulus.bitLength();
        require(length == lengthField() && length == lengthField(bits), "its length field is not its modulus's");
        require(
                modulus.testBit(0)
                        && modulus.intValue() * mPrime == -1
                        && LittleEndian.get(plain, 2 * operand, operand)
                                .equals(BigInteger.ONE.shiftLeft(2 * bits).mod(modulus)),
                "its Montgomery numbers are not its modulus's");
        return new RsaNumbers(modulus, LittleEndian.get(plain, 0, operand));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw DevpkiException.integrity("the DS data would sign wrong: " + what);
        }
    }

    /** The chip's operand width in bits, which the blob's length tells. */
    public int operandBits() {
        return operandBits(octets.length());
    }

    private static int operandBits(int octets) {
        int bits = (octets - C_OFFSET - BOX_OCTETS) / 3 * Byte.SIZE;
        if ((bits != 3072 && bits != 4096) || octets != C_OFFSET + 3 * bits / Byte.SIZE + BOX_OCTETS) {
            throw DevpkiException.invalid(
                    "DS data of " + octets + " octets is neither the 1220 nor the 1604 of a chip");
        }
        return bits;
    }

    /** Size of the RSA key in bits, as the length field tells the hardware. */
    public int rsaBits() {
        return (lengthField() + 1) * WORD_BITS;
    }

    /** The initialization vector, 16 octets. */
    public Bytes iv() {
        return Bytes.of(Arrays.copyOfRange(octets.toArray(), IV_OFFSET, C_OFFSET));
    }

    /** The ciphertext, 1200 or 1584 octets. */
    public Bytes ciphertext() {
        return Bytes.of(Arrays.copyOfRange(octets.toArray(), C_OFFSET, octets.length()));
    }

    private int lengthField() {
        return ByteBuffer.wrap(octets.toArray()).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private static int lengthField(int bits) {
        return bits / WORD_BITS - 1;
    }

    private static byte[] cipher(int mode, HmacKey hmacKey, byte[] iv, byte[] octets) {
        byte[] all = new byte[HmacKey.OCTETS];
        Arrays.fill(all, (byte) 0xff);
        byte[] aesKey = hmacKey.hmac(all);
        try {
            Cipher cipher = Jca.cipher("AES/CBC/NoPadding");
            cipher.init(mode, new SecretKeySpec(aesKey, "AES"), new IvParameterSpec(iv));
            return cipher.doFinal(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            Arrays.fill(aesKey, (byte) 0);
        }
    }
}
