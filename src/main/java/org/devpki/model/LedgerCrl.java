package org.devpki.model;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A CRL number that was taken, and what became of it.
 *
 * @param sha256 of the CRL's DER, once it was on a shelf
 * @param announcedAt when its hooks had run
 */
public record LedgerCrl(
        CaName ca, BigInteger number, Instant takenAt, Optional<Bytes> sha256, Optional<Instant> announcedAt) {}
