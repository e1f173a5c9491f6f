package org.devpki.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One line of a CRL (RFC 5280 section 5.3).
 *
 * @param at whole seconds
 */
public record RevokedEntry(SerialNumber serial, Instant at, RevocationReason reason) {
    public RevokedEntry {
        at = at.truncatedTo(ChronoUnit.SECONDS);
    }
}
