package org.devpki.model;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A CRL before it is octets.
 *
 * @param issuer the CA's subject, octet for octet
 * @param number the CRL number (RFC 5280 section 5.2.3), only ever growing
 * @param entries each serial once
 * @param scope what it covers, and what it is measured against
 */
public record CrlPlan(
        NameDer issuer,
        Bytes authorityKeyId,
        BigInteger number,
        Instant thisUpdate,
        Instant nextUpdate,
        RevokedEntries entries,
        Scope scope) {
    /**
     * What a CRL covers.
     *
     * @param idpUrls names of the issuing distribution point; empty for a CRL without one
     * @param baseNumber of a delta CRL, the number of the complete CRL that it adds to (RFC 5280 section 5.2.4)
     * @param freshestUrls of a complete CRL, where its delta CRL is (RFC 5280 section 5.2.6)
     */
    public record Scope(List<String> idpUrls, Optional<BigInteger> baseNumber, List<String> freshestUrls) {
        public Scope {
            idpUrls = List.copyOf(idpUrls);
            freshestUrls = List.copyOf(freshestUrls);
        }

        /** A complete CRL. */
        public static Scope complete(List<String> idpUrls) {
            return new Scope(idpUrls, Optional.empty(), List.of());
        }
    }

    public CrlPlan {
        thisUpdate = thisUpdate.truncatedTo(ChronoUnit.SECONDS);
        nextUpdate = nextUpdate.truncatedTo(ChronoUnit.SECONDS);
    }

    /** The same with entries that are told otherwise. */
    public CrlPlan telling(RevokedEntries others) {
        return new CrlPlan(issuer, authorityKeyId, number, thisUpdate, nextUpdate, others, scope);
    }
}
