package org.devpki.x509;

import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;

/**
 * A certificate, taken apart.
 *
 * @param signatureAlgorithm the outer AlgorithmIdentifier, DER
 * @param signature the BIT STRING, DER
 */
public record ParsedCertificate(CertificateDer der, ParsedTbs tbs, Bytes signatureAlgorithm, Bytes signature) {
    /** Whether the issuer's key made the signature, by an algorithm that devpki signs with. */
    public boolean isSignedBy(ParsedCertificate issuer) {
        return Seals.verify(der.octets(), issuer.tbs().publicKey());
    }

    /** SHA-256 of the whole certificate, as brokers and browsers show it. */
    public Bytes fingerprint() {
        return der.octets().sha256();
    }
}
