package org.devpki.model;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/** How the end of a certificate is chosen. */
public sealed interface NotAfter {
    /** So long after now. */
    record In(Duration length) implements NotAfter {}

    /** With the issuer: {@code ca}. */
    record IssuersEnd() implements NotAfter {}

    /** Never: {@code 9999}, see {@link Validity#NO_WELL_DEFINED_EXPIRATION}. */
    record NoWellDefinedExpiration() implements NotAfter {}

    record At(Instant instant) implements NotAfter {}

    /** Reads {@code 90d}, {@code ca}, {@code 9999} or an RFC 3339 instant. */
    static NotAfter parse(String text) {
        if (text.equals("ca")) {
            return new IssuersEnd();
        }
        if (text.equals("9999")) {
            return new NoWellDefinedExpiration();
        }
        if (text.length() > 10 && text.contains("T")) {
            return new At(Instants.parse(text));
        }
        try {
            return new In(Durations.parse(text));
        } catch (DevpkiException e) {
            throw DevpkiException.invalid("end of validity " + Quoted.of(text)
                            + " is not a duration as in 90d, ca, 9999 or an RFC 3339 instant")
                    .causedBy(e);
        }
    }

    default <T> T match(
            Function<In, T> in,
            Function<IssuersEnd, T> issuersEnd,
            Function<NoWellDefinedExpiration, T> never,
            Function<At, T> at) {
        if (this instanceof In i) {
            return in.apply(i);
        }
        if (this instanceof IssuersEnd i) {
            return issuersEnd.apply(i);
        }
        if (this instanceof NoWellDefinedExpiration n) {
            return never.apply(n);
        }
        return at.apply((At) this);
    }

    /** As {@link #parse} reads it. */
    default String text() {
        return match(
                in -> Durations.format(in.length()),
                ca -> "ca",
                never -> "9999",
                at -> at.instant().toString());
    }
}
