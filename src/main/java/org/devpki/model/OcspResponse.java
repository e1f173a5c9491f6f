package org.devpki.model;

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
    public record Freshness(Instant thisUpdate, Instant nextUpdate) {}
}
