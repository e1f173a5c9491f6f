package org.devpki.model;

import java.util.List;
import java.util.Optional;

/**
 * An OCSP request, read.
 *
 * @param certIds at least one
 * @param nonce 1 to 128 octets (RFC 9654 section 2.1)
 */
public record OcspQuery(List<OcspCertId> certIds, Optional<Bytes> nonce) {
    public OcspQuery {
        certIds = List.copyOf(certIds);
    }
}
