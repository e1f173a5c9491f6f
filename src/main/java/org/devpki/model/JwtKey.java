package org.devpki.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A key that signs access tokens, as the ledger knows it.
 *
 * @param id its {@code kid}: SHA-256 of the public key's JWK, base64url (RFC 7638)
 * @param keyUri where the private half is, such as {@code file:access-token-….key.pem}
 * @param usedFrom when it begins to sign; it is published before
 * @param lastExpiry when the last token ends that it signed
 * @param retiredAt since when it counts no longer
 */
public record JwtKey(
        String id,
        PublicKeyDer publicKey,
        String keyUri,
        Instant createdAt,
        Instant usedFrom,
        Optional<Instant> lastExpiry,
        Optional<Instant> retiredAt) {
    public JwtKey { // as the ledger keeps them
        createdAt = createdAt.truncatedTo(ChronoUnit.MILLIS);
        usedFrom = usedFrom.truncatedTo(ChronoUnit.MILLIS);
    }

    /** A new one. */
    public JwtKey(String id, PublicKeyDer publicKey, String keyUri, Instant createdAt, Instant usedFrom) {
        this(id, publicKey, keyUri, createdAt, usedFrom, Optional.empty(), Optional.empty());
    }
}
