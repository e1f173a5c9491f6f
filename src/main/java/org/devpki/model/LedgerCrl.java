package org.devpki.model;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A CRL number that was taken, and what became of it.
 *
 * @param takenSequence the audit entry that took it; revocations with larger ones are not in the CRL
 * @param sha256 of the CRL's DER, once it was on a shelf
 * @param announcedAt when its hooks had run
 */
public record LedgerCrl(
        CrlName name,
        BigInteger number,
        Instant takenAt,
        long takenSequence,
        Optional<Bytes> sha256,
        Optional<Instant> announcedAt) {}
