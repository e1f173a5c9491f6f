package org.devpki.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A certificate before it is octets: everything decided, nothing encoded.
 *
 * @param issuer the issuer's subject, octet for octet
 * @param shard of the CRL that the distribution point names; 0 for the main one
 */
public record CertificatePlan(
        SerialNumber serial,
        NameDer issuer,
        NameDer subject,
        Validity validity,
        PublicKeyDer publicKey,
        List<SubjectAltName> sans,
        Extensions extensions,
        int shard) {

    /**
     * The other extensions. Empty lists and sets are left out of the certificate.
     *
     * @param authorityKeyId absent in a self-signed certificate
     * @param crlUrls one distribution point with these names
     */
    public record Extensions(
            boolean isCa,
            OptionalInt pathLength,
            Set<KeyUsage> keyUsage,
            Set<ExtendedKeyUsage> extendedKeyUsage,
            boolean isOcspNoCheck,
            Bytes subjectKeyId,
            Optional<Bytes> authorityKeyId,
            List<String> crlUrls,
            List<String> ocspUrls,
            List<String> issuerUrls,
            Bounds bounds) {
        /** Without bounds. */
        public Extensions(
                boolean isCa,
                OptionalInt pathLength,
                Set<KeyUsage> keyUsage,
                Set<ExtendedKeyUsage> extendedKeyUsage,
                boolean isOcspNoCheck,
                Bytes subjectKeyId,
                Optional<Bytes> authorityKeyId,
                List<String> crlUrls,
                List<String> ocspUrls,
                List<String> issuerUrls) {
            this(
                    isCa,
                    pathLength,
                    keyUsage,
                    extendedKeyUsage,
                    isOcspNoCheck,
                    subjectKeyId,
                    authorityKeyId,
                    crlUrls,
                    ocspUrls,
                    issuerUrls,
                    Bounds.NONE);
        }
    }

    public CertificatePlan {
        sans = List.copyOf(sans);
    }
}
