package org.devpki.x509;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CrlDer;
import org.devpki.model.NameDer;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;

/**
 * A CRL, taken apart without judging (RFC 5280 section 5.1).
 *
 * @param tbs the octets that were signed
 * @param isCanonicalDer whether what was signed is in the one form that DER allows
 * @param version 1 or 2
 * @param signatureOid of the inner AlgorithmIdentifier
 * @param nextUpdate absent where the CRL has none
 * @param entries as they stand, with times to the second
 * @param baseNumber of a delta CRL, the number of the complete CRL that it adds to
 */
public record ParsedCrl(
        CrlDer der,
        OctetSource tbs,
        boolean isCanonicalDer,
        int version,
        String signatureOid,
        NameDer issuer,
        Instant thisUpdate,
        Optional<Instant> nextUpdate,
        ListedEntries entries,
        Optional<BigInteger> number,
        Optional<Bytes> authorityKeyId,
        Optional<IssuingDistributionPoint> idp,
        Optional<BigInteger> baseNumber,
        List<ParsedExtension> extensions) {

    /**
     * What part of a CA's certificates the CRL covers (RFC 5280 section 5.2.5).
     *
     * @param name the DistributionPointName's octets
     * @param uris the URIs of its full name
     * @param hasReasons whether it covers some reasons only
     */
    public record IssuingDistributionPoint(
            Optional<Bytes> name,
            List<String> uris,
            boolean onlyUserCerts,
            boolean onlyCaCerts,
            boolean onlyAttributeCerts,
            boolean isIndirect,
            boolean hasReasons) {}

    public boolean isSignedBy(PublicKeyDer key) {
        return Seals.verify(der.octets(), key);
    }

    public boolean isExpired(Instant now) {
        return nextUpdate.map(now::isAfter).orElse(false);
    }
}
