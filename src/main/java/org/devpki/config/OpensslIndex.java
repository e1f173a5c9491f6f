package org.devpki.config;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.Complaints;
import org.devpki.model.DevpkiException;
import org.devpki.model.OldCertificate;
import org.devpki.model.Quoted;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;

/**
 * The ledger of {@code openssl ca}, {@code index.txt}, which easy-rsa keeps too: a line a certificate, six fields between tabs:
 * {@code V}, {@code R} or {@code E}; end; revocation time and reason, or nothing; serial in hex; file, never told; subject.
 */
public final class OpensslIndex {
    private static final int FIELDS = 6;

    /** How a UTCTime without its century is as long. */
    private static final int SHORT_TIME = 13;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT);

    private OpensslIndex() {}

    /**
     * @param origin the file's name, for messages
     * @throws DevpkiException INVALID_INPUT with every line that is wrong
     */
    public static List<OldCertificate> read(Bytes file, String origin) {
        List<OldCertificate> rows = new ArrayList<>();
        Complaints complaints = new Complaints(origin);
        String[] lines = file.asUtf8().split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].isBlank()) {
                continue;
            }
            try {
                rows.add(row(lines[i], origin + " line " + (i + 1)));
            } catch (DevpkiException e) {
                complaints.add(i + 1, e);
            }
        }
        complaints.throwIfAny();
        return rows;
    }

    private static OldCertificate row(String line, String place) {
        String[] fields = line.split("\t", -1);
        if (fields.length != FIELDS) {
            throw DevpkiException.invalid(
                    "has " + fields.length + " fields between tabs, and a line of openssl ca has 6");
        }
        boolean isRevoked =
                switch (fields[0]) {
                    case "R" -> true;
                    case "V", "E" -> false;
                    default ->
                        throw DevpkiException.invalid("begins with " + Quoted.of(fields[0]) + ", not with V, R or E");
                };
        if (isRevoked == fields[2].isEmpty()) {
            throw DevpkiException.invalid(
                    isRevoked ? "is revoked and tells not when" : "tells of a revocation and begins with no R");
        }
        return new OldCertificate(
                place,
                serial(fields[3]),
                Optional.of(time(fields[1])),
                Optional.empty(),
                isRevoked ? Optional.of(revocation(fields[2])) : Optional.empty());
    }

    private static BigInteger serial(String hex) {
        try {
            return new BigInteger(hex, 16);
        } catch (NumberFormatException e) {
            throw DevpkiException.invalid("has serial " + Quoted.of(hex) + ", which is not hex")
                    .causedBy(e);
        }
    }

    /** {@code 261127120000Z}, with {@code ,keyCompromise} or {@code ,keyTime,20261101000000Z} behind it. */
    private static Revocation revocation(String text) {
        String[] parts = text.split(",", -1);
        Instant at = time(parts[0]);
        if (parts.length == 1) {
            return new Revocation(at, RevocationReason.UNSPECIFIED);
        }
        return switch (parts[1]) {
            case "holdInstruction" -> new Revocation(at, RevocationReason.CERTIFICATE_HOLD);
            case "keyTime" -> new Revocation(at, RevocationReason.KEY_COMPROMISE, invalidAt(parts));
            case "CAkeyTime" -> new Revocation(at, RevocationReason.CA_COMPROMISE, invalidAt(parts));
            default -> new Revocation(at, RevocationReason.parse(parts[1]));
        };
    }

    private static Optional<Instant> invalidAt(String[] parts) {
        return parts.length > 2 ? Optional.of(time(parts[2])) : Optional.empty();
    }

    /** With or without its century, which is this one below 50 (RFC 5280 section 4.1.2.5.1). */
    private static Instant time(String text) {
        boolean isShort = text.length() == SHORT_TIME;
        String century = isShort && text.compareTo("5") >= 0 ? "19" : "20";
        try {
            return LocalDateTime.parse(isShort ? century + text : text, TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw DevpkiException.invalid("has time " + Quoted.of(text) + "; 261127120000Z or 20261127120000Z is one")
                    .causedBy(e);
        }
    }
}
