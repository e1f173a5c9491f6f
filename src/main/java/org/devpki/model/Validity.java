package org.devpki.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * From when to when a certificate holds, both ends included (RFC 5280 section 4.1.2.5).
 *
 * @param notBefore whole seconds
 * @param notAfter whole seconds, not before {@code notBefore}
 */
public record Validity(Instant notBefore, Instant notAfter) {
    /** 99991231235959Z: no well-defined expiration date (RFC 5280 section 4.1.2.5, IEEE 802.1AR). */
    public static final Instant NO_WELL_DEFINED_EXPIRATION = Instant.parse("9999-12-31T23:59:59Z");

    public Validity {
        notBefore = notBefore.truncatedTo(ChronoUnit.SECONDS);
        notAfter = notAfter.truncatedTo(ChronoUnit.SECONDS);
        if (notAfter.isBefore(notBefore)) {
            throw DevpkiException.invalid("notAfter " + notAfter + " is before notBefore " + notBefore);
        }
        if (notAfter.isAfter(NO_WELL_DEFINED_EXPIRATION) || notBefore.isBefore(Instant.EPOCH)) {
            throw DevpkiException.invalid("validity " + notBefore + " to " + notAfter + " is not within 1970 to 9999");
        }
    }

    public boolean isExpired(Instant now) {
        return now.isAfter(notAfter);
    }
}
