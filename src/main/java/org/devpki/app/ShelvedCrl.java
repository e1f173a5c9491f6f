package org.devpki.app;

import java.math.BigInteger;
import java.time.Instant;
import org.devpki.model.CaName;

/**
 * A CRL on a shelf.
 *
 * @param hasChanged whether this run put it there
 */
public record ShelvedCrl(
        CaName ca, BigInteger number, Instant thisUpdate, Instant nextUpdate, int entries, boolean hasChanged) {}
