package org.devpki.model;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** Moments as people write them: RFC 3339, UTC. */
public final class Instants {
    private Instants() {}

    public static Instant parse(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw DevpkiException.invalid("instant " + Quoted.of(text) + " is not RFC 3339 as in 2027-01-31T00:00:00Z")
                    .causedBy(e);
        }
    }

    /** Reads a moment, or a duration such as {@code 24h} back from now. */
    public static Instant since(String text, Instant now) {
        return text.contains("T") ? parse(text) : now.minus(Durations.parse(text));
    }

    /** Reads a moment, a date for the end of that day in UTC, or a duration such as {@code 90d} on from now. */
    public static Instant until(String text, Instant now) {
        if (text.contains("T")) {
            return parse(text);
        }
        if (!text.contains("-")) {
            return now.plus(Durations.parse(text));
        }
        try {
            return LocalDate.parse(text)
                    .plusDays(1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
        } catch (DateTimeParseException e) {
            throw DevpkiException.invalid("date " + Quoted.of(text) + " is not one as in 2027-01-31")
                    .causedBy(e);
        }
    }
}
