package org.devpki.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A finished OCSPResponse.
 *
 * @param der to be sent
 * @param freshness how long it may be kept; absent for errors and for answers to a nonce
 */
public record OcspResponse(Bytes der, Optional<Freshness> freshness) {
    /** From when to when an answer may be repeated. */
    public record Freshness(Instant thisUpdate, Instant nextUpdate) {
        /** When the answer should be made anew: after half its life. */
        public Instant renewal() {
            return thisUpdate.plus(Duration.between(thisUpdate, nextUpdate).dividedBy(2));
        }

        /** Whether it is in the first half of its life; one from a clock that was ahead is not. */
        public boolean isYoung(Instant now) {
            return !now.isBefore(thisUpdate) && now.isBefore(renewal());
        }
    }
}
