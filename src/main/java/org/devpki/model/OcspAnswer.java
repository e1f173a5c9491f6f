package org.devpki.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A basic OCSP response before it is octets (RFC 6960 section 4.2.1).
 *
 * @param responderKeyHash SHA-1 of the responder's public key bits, as ResponderID byKey wants it
 */
public record OcspAnswer(Bytes responderKeyHash, Instant producedAt, List<Single> singles, Optional<Bytes> nonce) {
    /** What is said of one certificate, and until when it may be repeated. */
    public record Single(OcspCertId certId, CertificateStatus status, Instant thisUpdate, Instant nextUpdate) {}

    public OcspAnswer {
        singles = List.copyOf(singles);
    }
}
