package org.devpki.x509;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateStatus;

/**
 * An OCSPResponse, taken apart (RFC 6960 section 4.2.1).
 *
 * @param status OCSPResponseStatus by its name in the RFC, such as {@code successful}
 * @param responder the certificate that came with it, if one did
 * @param sealed what is signed, by what, the signature; with the responder's key it can be verified
 * @param singles empty unless successful
 */
public record ParsedOcspResponse(
        String status,
        Optional<Instant> producedAt,
        Optional<CertificateDer> responder,
        Optional<Bytes> sealed,
        List<Single> singles,
        Optional<Bytes> nonce) {

    /** What it says of one certificate. */
    public record Single(
            BigInteger serial, CertificateStatus status, Instant thisUpdate, Optional<Instant> nextUpdate) {}

    /** Whether the key of the certificate that came with it made the signature; says nothing of whose it is. */
    public boolean isSignedByResponder() {
        return isSignedByResponder(Engine.PLAIN);
    }

    /** The same, found out by the engine. */
    public boolean isSignedByResponder(Engine engine) {
        return responder.isPresent()
                && sealed.isPresent()
                && Seals.verify(
                        sealed.get(), Certificates.parse(responder.get()).tbs().publicKey(), engine);
    }
}
