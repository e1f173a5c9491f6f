package org.devpki.esp;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * The two keys that entries are encrypted with, XTS-AES-256 on every chip.
 *
 * @param dataKey 32 octets
 * @param tweakKey 32 octets, others than those of the data key
 * @see <a href="../../docs/formats/nvs-partition.md">key partition, derivation, and what it was checked against</a>
 */
public record NvsKeys(SecretBytes dataKey, SecretBytes tweakKey) {
    /** Of a key partition and its file. */
    public static final int PARTITION_BYTES = NvsLayout.PAGE_BYTES;

    private static final int BOTH_OCTETS = 2 * Xts.KEY_OCTETS;
    private static final byte[] DATA_SEED = HexFormat.of().parseHex("5a5abeae".repeat(8));
    private static final byte[] TWEAK_SEED = HexFormat.of().parseHex("a5a5dece".repeat(8));

    public NvsKeys {
        if (dataKey.length() != Xts.KEY_OCTETS || tweakKey.length() != Xts.KEY_OCTETS) {
            throw DevpkiException.invalid("NVS keys of " + dataKey.length() + " and " + tweakKey.length()
                    + " octets were given; " + Xts.KEY_OCTETS + " each are right");
        }
        if (dataKey.equals(tweakKey)) { // IEEE 1619 and FIPS 140: XTS with equal keys is weak
            throw DevpkiException.invalid("the two halves of the NVS key are alike; XTS wants two keys");
        }
    }

    /** Fresh ones. */
    public static NvsKeys random(SecureRandom random) {
        byte[] both = new byte[BOTH_OCTETS];
        random.nextBytes(both);
        return ofBoth(both);
    }

    /**
     * What a chip derives from the HMAC key in its eFuse.
     *
     * @param key 32 octets, as burnt with purpose {@code HMAC_UP}
     * @param origin the key's file, for messages
     * @throws DevpkiException INVALID_INPUT if it has another length
     */
    public static NvsKeys derived(SecretBytes key, String origin) {
        if (key.length() != Xts.KEY_OCTETS) {
            throw DevpkiException.invalid(
                    "HMAC key " + origin + " has " + key.length() + " bytes; " + Xts.KEY_OCTETS + " are right");
        }
        HmacKey hmacKey = new HmacKey(key);
        return new NvsKeys(SecretBytes.taking(hmacKey.hmac(DATA_SEED)), SecretBytes.taking(hmacKey.hmac(TWEAK_SEED)));
    }

    /**
     * Those in a key partition.
     *
     * @param partition 4096 octets, as {@link #partition} writes them
     * @param origin the partition's file, for messages
     * @throws DevpkiException INVALID_INPUT if the length is another one or the CRC does not hold
     */
    public static NvsKeys read(SecretBytes partition, String origin) {
        if (partition.length() != PARTITION_BYTES) {
            throw DevpkiException.invalid("key partition " + origin + " has " + partition.length() + " bytes; "
                    + PARTITION_BYTES + " are right");
        }
        return partition.lend(octets -> {
            int stored = NvsLayout.littleEndian(octets).getInt(BOTH_OCTETS);
            if (stored != EspCrc.of(octets, 0, BOTH_OCTETS)) {
                throw DevpkiException.invalid("the CRC of key partition " + origin
                        + " does not hold; an image as the generator writes it, not encrypted, is right");
            }
            return ofBoth(Arrays.copyOf(octets, BOTH_OCTETS));
        });
    }

    /** The image of a key partition: both keys, their CRC, and erased flash up to 4096 octets; as secret as the keys. */
    public SecretBytes partition() {
        byte[] octets = new byte[PARTITION_BYTES];
        Arrays.fill(octets, (byte) 0xff);
        ByteBuffer image = NvsLayout.littleEndian(octets);
        dataKey.lend(key -> image.put(0, key));
        tweakKey.lend(key -> image.put(Xts.KEY_OCTETS, key));
        image.putInt(BOTH_OCTETS, EspCrc.of(octets, 0, BOTH_OCTETS));
        return SecretBytes.taking(octets);
    }

    private static NvsKeys ofBoth(byte[] both) {
        NvsKeys keys = new NvsKeys(
                SecretBytes.taking(Arrays.copyOf(both, Xts.KEY_OCTETS)),
                SecretBytes.taking(Arrays.copyOfRange(both, Xts.KEY_OCTETS, BOTH_OCTETS)));
        Arrays.fill(both, (byte) 0);
        return keys;
    }
}
