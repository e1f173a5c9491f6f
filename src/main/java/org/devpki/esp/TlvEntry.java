package org.devpki.esp;

import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * One entry of the esp_secure_cert partition: a 12-octet header, the value, zero padding to 16 octets, a CRC-32.
 *
 * @param flags what a private key's value is; see {@link KeyFlag}; 0 for every other type
 * @param type see {@link TlvType}; 254 and 255 are not usable
 * @param subtype 0 to 253, the index among the entries of the type
 * @param value at most 65 535 octets, before padding
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">layout, and the tool version it was checked against</a>
 */
public record TlvEntry(int flags, int type, int subtype, SecretBytes value) {
    static final int HEADER_OCTETS = 12;
    static final int CRC_OCTETS = 4;
    static final int UNIT_OCTETS = 16;
    private static final int MOST_VALUE_OCTETS = 0xffff;
    private static final int LEAST_UNUSABLE = 254;

    /** Where the private key is that a PRIV_KEY entry stands for. */
    public enum KeyFlag {
        /** In the entry's value. */
        PLAIN(0x00),
        /** In eFuse, for the ECDSA peripheral; the value is empty and a SEC_CFG entry names the block. */
        ECDSA_PERIPHERAL(0x08),
        /** Derived from the HMAC_UP key in eFuse and the HMAC_ECDSA_KEY_SALT entry; the value is empty. */
        HMAC_DERIVED(0x40),
        /** In the value, AES-GCM encrypted under the HMAC_UP key. Current components do not read it right. */
        HMAC_ENCRYPTED(0x80);

        private static final int KEY_BITS = 0b1111_1000;

        private final int bits;

        KeyFlag(int bits) {
            this.bits = bits;
        }

        public int bits() {
            return bits;
        }

        /** @throws DevpkiException INVALID_INPUT for bits that no component writes */
        static KeyFlag of(int flags) {
            for (KeyFlag flag : values()) {
                if ((flags & KEY_BITS) == flag.bits) {
                    return flag;
                }
            }
            throw DevpkiException.invalid(String.format("flags 0x%02x of a PRIV_KEY entry have no meaning", flags));
        }
    }

    public TlvEntry {
        if (value.length() > MOST_VALUE_OCTETS) {
            throw DevpkiException.invalid(
                    "a value of " + value.length() + " octets does not fit an entry; " + MOST_VALUE_OCTETS + " do");
        }
        if (type < 0 || type >= LEAST_UNUSABLE) {
            throw DevpkiException.invalid("entry type " + type + " is not one of 0 to " + (LEAST_UNUSABLE - 1));
        }
        if (subtype < 0 || subtype >= LEAST_UNUSABLE) {
            throw DevpkiException.invalid("entry subtype " + subtype + " is not one of 0 to " + (LEAST_UNUSABLE - 1));
        }
    }

    /** Subtype 0, no flags: what firmware looks for. */
    public static TlvEntry of(TlvType type, SecretBytes value) {
        return of(type, 0, value);
    }

    public static TlvEntry of(TlvType type, int subtype, SecretBytes value) {
        return new TlvEntry(0, type.code(), subtype, value);
    }

    /** The PRIV_KEY entry of a key that is not in flash. */
    public static TlvEntry keyElsewhere(KeyFlag flag) {
        return new TlvEntry(flag.bits(), TlvType.PRIV_KEY.code(), 0, SecretBytes.taking(new byte[0]));
    }

    public boolean is(TlvType wanted) {
        return type == wanted.code();
    }

    /** For a PRIV_KEY entry, where its key is. */
    public KeyFlag keyFlag() {
        return KeyFlag.of(flags);
    }

    /** The type's name, or its number where it has none, such as {@code DEV_CERT} or {@code type 60}. */
    public String name() {
        return TlvType.ofCode(type).map(TlvType::name).orElse("type " + type);
    }

    /** What the entry takes in the partition. */
    public int sizeOctets() {
        return HEADER_OCTETS + padded(value.length()) + CRC_OCTETS;
    }

    static int padded(int octets) {
        return (octets + UNIT_OCTETS - 1) / UNIT_OCTETS * UNIT_OCTETS;
    }
}
