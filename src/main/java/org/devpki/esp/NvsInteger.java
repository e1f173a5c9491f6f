package org.devpki.esp;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/** The integers of NVS; little-endian, two's complement where signed. */
public enum NvsInteger {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64;

    private static final int SIGNED = 0x10;

    /** As the generator's CSV names it, such as {@code u8}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int octets() {
        return Integer.parseInt(name().substring(1)) / Byte.SIZE;
    }

    public boolean isSigned() {
        return name().charAt(0) == 'I';
    }

    public BigInteger least() {
        return isSigned() ? BigInteger.TWO.pow(octets() * Byte.SIZE - 1).negate() : BigInteger.ZERO;
    }

    public BigInteger most() {
        return BigInteger.TWO.pow(octets() * Byte.SIZE - (isSigned() ? 1 : 0)).subtract(BigInteger.ONE);
    }

    static Optional<NvsInteger> named(String text) {
        for (NvsInteger type : values()) {
            if (type.text().equals(text)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static Optional<NvsInteger> ofCode(int code) {
        for (NvsInteger type : values()) {
            if (type.code() == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The type octet of an entry: how many octets, and a bit for the sign. */
    int code() {
        return octets() | (isSigned() ? SIGNED : 0);
    }
}
