package org.devpki.x509;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.x509.Time;

/**
 * Times to octets and back, in the forms that RFC 5280 wants (section 4.1.2.5): {@code YYMMDDhhmmssZ} through 2049, then
 * with a year of four digits. The ASN.1 library would ask the JDK's date formats, which cost a process a tenth of a
 * second to start and each time a multiple of this; it is left the other forms that are met.
 */
final class Times {
    static final int UTC = 0x17;
    static final int UTC_OCTETS = 13;
    static final int GENERALIZED = 0x18;
    static final int GENERALIZED_OCTETS = 15;

    private static final int FIRST_UTC_YEAR = 1950;
    private static final int FIRST_GENERALIZED_YEAR = 2050;

    private Times() {}

    /** As certificates and CRLs carry it, to the second. */
    static Time time(Instant at) {
        try {
            return Time.getInstance(ASN1Primitive.fromByteArray(encode(at)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same as octets, header and all. */
    static byte[] encode(Instant at) {
        int year = utc(at).getYear();
        boolean isGeneralized = year >= FIRST_GENERALIZED_YEAR || year < FIRST_UTC_YEAR;
        byte[] digits = isGeneralized ? generalized(at) : digits(utc(at), UTC_OCTETS);
        return ByteBuffer.allocate(2 + digits.length)
                .put((byte) (isGeneralized ? GENERALIZED : UTC))
                .put((byte) digits.length)
                .put(digits)
                .array();
    }

    /** The content of a GeneralizedTime, {@code YYYYMMDDhhmmssZ}. */
    static byte[] generalized(Instant at) {
        return digits(utc(at), GENERALIZED_OCTETS);
    }

    private static LocalDateTime utc(Instant at) {
        return LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, ZoneOffset.UTC);
    }

    private static byte[] digits(LocalDateTime time, int length) {
        byte[] digits = new byte[length];
        int from = length - UTC_OCTETS;
        if (from > 0) {
            two(digits, 0, time.getYear() / 100);
        }
        two(digits, from, time.getYear() % 100);
        two(digits, from + 2, time.getMonthValue());
        two(digits, from + 4, time.getDayOfMonth());
        two(digits, from + 6, time.getHour());
        two(digits, from + 8, time.getMinute());
        two(digits, from + 10, time.getSecond());
        digits[length - 1] = 'Z';
        return digits;
    }

    private static void two(byte[] digits, int at, int value) {
        digits[at] = (byte) ('0' + value / 10);
        digits[at + 1] = (byte) ('0' + value % 10);
    }

    /**
     * A UTCTime or a GeneralizedTime, in whatever form the library understands.
     *
     * @throws IllegalArgumentException if it is no time
     */
    static Instant instant(ASN1Primitive time) {
        try {
            if (time instanceof ASN1UTCTime utc) {
                Optional<Instant> usual = usual(utc.toString(), UTC_OCTETS); // getTime() would give a normalized form
                return usual.isPresent() ? usual.get() : utc.getAdjustedDate().toInstant();
            }
            ASN1GeneralizedTime general = ASN1GeneralizedTime.getInstance(time);
            Optional<Instant> usual = usual(general.getTimeString(), GENERALIZED_OCTETS);
            return usual.isPresent() ? usual.get() : general.getDate().toInstant();
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Optional<Instant> usual(String written, int length) {
        byte[] octets = written.getBytes(StandardCharsets.ISO_8859_1);
        return octets.length == length ? usual(octets, 0, length) : Optional.empty();
    }

    /**
     * Content in one of the two forms above, {@value #UTC_OCTETS} or {@value #GENERALIZED_OCTETS} octets of it; empty if it
     * is in another, or no time.
     */
    static Optional<Instant> usual(byte[] octets, int from, int to) {
        for (int i = from; i < to - 1; i++) {
            if (octets[i] < '0' || octets[i] > '9') {
                return Optional.empty();
            }
        }
        if (octets[to - 1] != 'Z') {
            return Optional.empty();
        }
        int at = to - UTC_OCTETS;
        int century;
        if (at > from) {
            century = number(octets, from) * 100;
        } else {
            century = number(octets, at) < 50 ? 2000 : 1900; // section 4.1.2.5.1
        }
        try {
            return Optional.of(LocalDateTime.of(
                            century + number(octets, at),
                            number(octets, at + 2),
                            number(octets, at + 4),
                            number(octets, at + 6),
                            number(octets, at + 8),
                            number(octets, at + 10))
                    .toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) { // the library may still make something of it
            return Optional.empty();
        }
    }

    private static int number(byte[] octets, int at) {
        return (octets[at] - '0') * 10 + octets[at + 1] - '0';
    }
}
