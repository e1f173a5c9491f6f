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
 * @param isSignedByResponder whether that certificate's key made the signature; says nothing of whose it is
 * @param singles empty unless successful
 */
public record ParsedOcspResponse(
        String status,
        Optional<Instant> producedAt,
        Optional<CertificateDer> responder,
        boolean isSignedByResponder,
        List<Single> singles,
        Optional<Bytes> nonce) {

    /** What it says of one certificate. */
    public record Single(
            BigInteger serial, CertificateStatus status, Instant thisUpdate, Optional<Instant> nextUpdate) {}
}
