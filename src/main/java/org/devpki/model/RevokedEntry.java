package org.devpki.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * One line of a CRL (RFC 5280 section 5.3).
 *
 * @param at whole seconds
 * @param invalidAt whole seconds; the invalidity date (section 5.3.2)
 */
public record RevokedEntry(SerialNumber serial, Instant at, RevocationReason reason, Optional<Instant> invalidAt) {
    public RevokedEntry {
        at = at.truncatedTo(ChronoUnit.SECONDS);
        invalidAt = invalidAt.map(instant -> instant.truncatedTo(ChronoUnit.SECONDS));
    }

    public RevokedEntry(SerialNumber serial, Instant at, RevocationReason reason) {
        this(serial, at, reason, Optional.empty());
    }
}
