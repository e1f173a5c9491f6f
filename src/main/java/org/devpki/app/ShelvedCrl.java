package org.devpki.app;

import java.math.BigInteger;
import java.time.Instant;
import org.devpki.model.CrlName;

/**
 * A CRL on a shelf.
 *
 * @param bytes of its DER
 * @param isBehind whether the ledger knows of revocations that it lacks
 * @param urgency how soon it must be made anew
 * @param hasChanged whether this run put it there
 */
public record ShelvedCrl(
        CrlName name,
        BigInteger number,
        Instant thisUpdate,
        Instant nextUpdate,
        long entries,
        long bytes,
        boolean isBehind,
        Urgency urgency,
        boolean hasChanged) {}
