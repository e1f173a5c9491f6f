package org.devpki.model;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A certificate serial: positive, and at most 20 octets once encoded (RFC 5280 section 4.1.2.2).
 *
 * @param value 1 to 2^159 - 1; a 160th bit would need a 21st octet, for DER integers are signed
 */
public record SerialNumber(BigInteger value) implements Comparable<SerialNumber> {
    private static final int MADE_OCTETS = 16;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

    public SerialNumber {
        if (value.signum() <= 0 || value.bitLength() > 159) {
            throw DevpkiException.invalid("a serial has 1 to 159 bits, got "
                    + (value.signum() <= 0 ? "a value that is not positive" : value.bitLength()));
        }
    }

    /** 16 octets that begin with the bits 01: constant length, positive, 126 bits of entropy. */
    public static SerialNumber random(SecureRandom random) {
        byte[] octets = new byte[MADE_OCTETS];
        random.nextBytes(octets);
        octets[0] = (byte) ((octets[0] & 0x3f) | 0x40);
        return new SerialNumber(new BigInteger(1, octets));
    }

    /** Reads hex in any case, with or without colons and {@code 0x}. */
    public static SerialNumber parse(String text) {
        return new SerialNumber(parseAny(text));
    }

    /** The same for what other programs gave, which may be no serial that a CRL can list. */
    public static BigInteger parseAny(String text) {
        String hex = text.strip().toLowerCase(Locale.ROOT).replace(":", "");
        hex = hex.startsWith("0x") ? hex.substring(2) : hex;
        if (!HEX.matcher(hex).matches()) {
            throw DevpkiException.invalid("serial " + Quoted.of(text) + " is not hex; write it as in 4f0a or 4F:0A");
        }
        return new BigInteger(hex, 16);
    }

    /** Lower-case hex, whole octets, no colons. */
    public String hex() {
        return hex(value);
    }

    public static String hex(BigInteger serial) {
        String digits = serial.toString(16);
        return digits.length() % 2 == 0 ? digits : "0" + digits;
    }

    @Override
    public int compareTo(SerialNumber other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return hex();
    }
}
