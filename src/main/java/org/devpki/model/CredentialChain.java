package org.devpki.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * A certificate with the CAs above it.
 *
 * @param intermediates from the leaf's issuer upwards, without the root
 */
public record CredentialChain(CertificateDer leaf, List<CertificateDer> intermediates, CertificateDer root) {
    public CredentialChain {
        intermediates = List.copyOf(intermediates);
    }

    /** What is sent in a handshake: the leaf first, no root. */
    public List<CertificateDer> sent() {
        return Stream.concat(Stream.of(leaf), intermediates.stream()).toList();
    }

    /** All above the leaf: its issuer first, the root last. */
    public List<CertificateDer> issuers() {
        return Stream.concat(intermediates.stream(), Stream.of(root)).toList();
    }
}
