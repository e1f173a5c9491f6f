package org.devpki.model;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A CRL before it is octets.
 *
 * @param issuer the CA's subject, octet for octet
 * @param number the CRL number (RFC 5280 section 5.2.3), only ever growing
 * @param entries in any order, each serial once
 * @param idpUrls names of the issuing distribution point; empty for a CRL without one
 */
public record CrlPlan(
        NameDer issuer,
        Bytes authorityKeyId,
        BigInteger number,
        Instant thisUpdate,
        Instant nextUpdate,
        List<RevokedEntry> entries,
        List<String> idpUrls) {
    public CrlPlan {
        thisUpdate = thisUpdate.truncatedTo(ChronoUnit.SECONDS);
        nextUpdate = nextUpdate.truncatedTo(ChronoUnit.SECONDS);
        entries = List.copyOf(entries);
        idpUrls = List.copyOf(idpUrls);
    }
}
