package org.devpki.model;

import java.util.List;

/**
 * A certificate with the CAs above it.
 *
 * @param intermediates from the leaf's issuer upwards, without the root
 */
public record CredentialChain(CertificateDer leaf, List<CertificateDer> intermediates, CertificateDer root) {
    public CredentialChain {
        intermediates = List.copyOf(intermediates);
    }
}
