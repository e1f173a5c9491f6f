package org.devpki.model;

import java.time.Instant;
import java.util.Optional;

/**
 * When and why a certificate was revoked.
 *
 * @param invalidAt since when its key is known or suspected to be in wrong hands (RFC 5280 section 5.3.2)
 */
public record Revocation(Instant at, RevocationReason reason, Optional<Instant> invalidAt) {
    public Revocation(Instant at, RevocationReason reason) {
        this(at, reason, Optional.empty());
    }

    /** Whether a revocation for that reason adds to what is known: one for good ends a hold, and nothing undoes it. */
    public static boolean isNews(Optional<Revocation> known, RevocationReason reason) {
        return known.filter(now -> now.reason() != RevocationReason.CERTIFICATE_HOLD
                        || reason == RevocationReason.CERTIFICATE_HOLD)
                .isEmpty();
    }
}
