package org.devpki.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.Time;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;

/**
 * One entry of a CRL to octets and back. There may be ten million of them, so the form that devpki writes is made and
 * read octet by octet; whatever else the standard allows is left to the ASN.1 library.
 */
final class CrlEntries {
    /*
     * revokedCertificates SEQUENCE OF SEQUENCE {
     *   userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }
     */
    static final int SEQUENCE = 0x30;

    private static final int INTEGER = 0x02;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int UTC_TIME_OCTETS = 13;
    private static final int GENERALIZED_TIME_OCTETS = 15;
    private static final int FIRST_GENERALIZED_YEAR = 2050; // RFC 5280 section 5.1.2.6

    /** {@code SEQUENCE { OID reasonCode, OCTET STRING { ENUMERATED } }} without the last octet (section 5.3.1). */
    private static final byte[] REASON = {0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};

    /** {@code SEQUENCE { OID invalidityDate, OCTET STRING { GeneralizedTime } }} without the time (section 5.3.2). */
    private static final byte[] INVALIDITY = {
        0x30, 0x18, 0x06, 0x03, 0x55, 0x1d, 0x18, 0x04, 0x11, 0x18, GENERALIZED_TIME_OCTETS
    };

    private CrlEntries() {}

    /** An entry as it was read, and whether it was in the one form that DER allows. */
    record Read(RevokedEntry entry, boolean isCanonicalDer) {}

    static byte[] encode(RevokedEntry entry) {
        byte[] serial = entry.serial().value().toByteArray();
        byte[] time = time(entry.at());
        byte[] extensions = extensions(entry);
        int length = 2 + serial.length + time.length + extensions.length; // far below 128
        return ByteBuffer.allocate(2 + length)
                .put((byte) SEQUENCE)
                .put((byte) length)
                .put((byte) INTEGER)
                .put((byte) serial.length)
                .put(serial)
                .put(time)
                .put(extensions)
                .array();
    }

    private static byte[] extensions(RevokedEntry entry) {
        boolean hasReason = entry.reason() != RevocationReason.UNSPECIFIED; // rather absent (section 5.3.1)
        if (!hasReason && entry.invalidAt().isEmpty()) {
            return new byte[0];
        }
        int length = (hasReason ? REASON.length + 1 : 0)
                + (entry.invalidAt().isPresent() ? INVALIDITY.length + GENERALIZED_TIME_OCTETS : 0);
        ByteBuffer octets = ByteBuffer.allocate(2 + length).put((byte) SEQUENCE).put((byte) length);
        if (hasReason) {
            octets.put(REASON).put((byte) entry.reason().code());
        }
        entry.invalidAt().ifPresent(at -> octets.put(INVALIDITY).put(digits(utc(at), true)));
        return octets.array();
    }

    private static byte[] time(Instant at) {
        LocalDateTime time = utc(at);
        boolean isGeneralized = time.getYear() >= FIRST_GENERALIZED_YEAR;
        byte[] digits = digits(time, isGeneralized);
        return ByteBuffer.allocate(2 + digits.length)
                .put((byte) (isGeneralized ? GENERALIZED_TIME : UTC_TIME))
                .put((byte) digits.length)
                .put(digits)
                .array();
    }

    private static LocalDateTime utc(Instant at) {
        return LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, ZoneOffset.UTC);
    }

    /** {@code YYMMDDhhmmssZ}, or with a year of four digits. */
    private static byte[] digits(LocalDateTime time, boolean isGeneralized) {
        byte[] digits = new byte[isGeneralized ? GENERALIZED_TIME_OCTETS : UTC_TIME_OCTETS];
        int from = isGeneralized ? 2 : 0;
        if (isGeneralized) {
            two(digits, 0, time.getYear() / 100);
        }
        two(digits, from, time.getYear() % 100);
        two(digits, from + 2, time.getMonthValue());
        two(digits, from + 4, time.getDayOfMonth());
        two(digits, from + 6, time.getHour());
        two(digits, from + 8, time.getMinute());
        two(digits, from + 10, time.getSecond());
        digits[digits.length - 1] = 'Z';
        return digits;
    }

    private static void two(byte[] digits, int at, int value) {
        digits[at] = (byte) ('0' + value / 10);
        digits[at + 1] = (byte) ('0' + value % 10);
    }

    /** @param content of the entry, behind its header */
    static Read decode(byte[] content, DerStream.Header header) throws IOException {
        Optional<RevokedEntry> usual = usual(content);
        if (usual.isPresent()) {
            return new Read(usual.get(), header.octets() == 2);
        }
        byte[] whole = DerStream.whole(header, content);
        return new Read(decodeAny(ASN1Sequence.getInstance(whole)), Der.isCanonical(whole));
    }

    /** The entry if it is in the form that devpki writes, without invalidity date; else empty. */
    private static Optional<RevokedEntry> usual(byte[] content) {
        int serialEnd = content.length < 3 ? 0 : 2 + content[1];
        boolean hasSerial = content.length > 3
                && content[0] == INTEGER
                && content[1] > 0
                && content[1] <= 20
                && serialEnd < content.length - 1
                && content[2] >= 0
                && (content[2] > 0 || (content[1] > 1 && content[3] < 0)); // positive and minimal
        if (!hasSerial) {
            return Optional.empty();
        }
        boolean isUtc = content[serialEnd] == UTC_TIME && content[serialEnd + 1] == UTC_TIME_OCTETS;
        boolean isGeneralized =
                content[serialEnd] == GENERALIZED_TIME && content[serialEnd + 1] == GENERALIZED_TIME_OCTETS;
        int timeAt = serialEnd + 2;
        int timeEnd = timeAt + (isUtc ? UTC_TIME_OCTETS : GENERALIZED_TIME_OCTETS);
        if ((!isUtc && !isGeneralized) || timeEnd > content.length) {
            return Optional.empty();
        }
        Optional<Instant> at = instant(content, timeAt, timeEnd);
        Optional<RevocationReason> reason = reason(content, timeEnd);
        if (at.isEmpty() || reason.isEmpty()) {
            return Optional.empty();
        }
        BigInteger serial = new BigInteger(content, 2, content[1]);
        return serial.bitLength() > 159
                ? Optional.empty()
                : Optional.of(new RevokedEntry(new SerialNumber(serial), at.get(), reason.get()));
    }

    private static Optional<RevocationReason> reason(byte[] content, int from) {
        if (from == content.length) {
            return Optional.of(RevocationReason.UNSPECIFIED);
        }
        int listAt = from + 2;
        int codeAt = listAt + REASON.length;
        boolean isReasonOnly = codeAt + 1 == content.length
                && content[from] == SEQUENCE
                && content[from + 1] == REASON.length + 1
                && Arrays.equals(content, listAt, codeAt, REASON, 0, REASON.length);
        return isReasonOnly ? Optional.of(RevocationReason.ofCode(content[codeAt])) : Optional.empty();
    }

    private static Optional<Instant> instant(byte[] octets, int from, int to) {
        int at = from;
        int year = 0;
        for (int i = from; i < to - 1; i++) {
            if (octets[i] < '0' || octets[i] > '9') {
                return Optional.empty();
            }
        }
        if (octets[to - 1] != 'Z') {
            return Optional.empty();
        }
        if (to - from == GENERALIZED_TIME_OCTETS) {
            year = number(octets, at) * 100;
            at += 2;
        } else {
            year = number(octets, at) < 50 ? 2000 : 1900; // RFC 5280 section 5.1.2.4
        }
        try {
            return Optional.of(LocalDateTime.of(
                            year + number(octets, at),
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

    private static RevokedEntry decodeAny(ASN1Sequence parts) throws IOException {
        RevocationReason reason = RevocationReason.UNSPECIFIED;
        Optional<Instant> invalidAt = Optional.empty();
        if (parts.size() > 2) {
            Extensions extensions = Extensions.getInstance(parts.getObjectAt(2));
            Extension code = extensions.getExtension(Extension.reasonCode);
            if (code != null) {
                reason = RevocationReason.ofCode(
                        ASN1Enumerated.getInstance(code.getParsedValue()).intValueExact());
            }
            Extension invalidity = extensions.getExtension(Extension.invalidityDate);
            if (invalidity != null) {
                invalidAt = Optional.of(instant(ASN1GeneralizedTime.getInstance(invalidity.getParsedValue())));
            }
        }
        return new RevokedEntry(
                new SerialNumber(ASN1Integer.getInstance(parts.getObjectAt(0)).getValue()),
                Time.getInstance(parts.getObjectAt(1)).getDate().toInstant(),
                reason,
                invalidAt);
    }

    private static Instant instant(ASN1GeneralizedTime time) throws IOException {
        try {
            return time.getDate().toInstant();
        } catch (java.text.ParseException e) {
            throw new IOException(e);
        }
    }
}
