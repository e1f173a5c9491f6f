package org.devpki.ca;

import java.util.List;
import java.util.Optional;
import org.devpki.model.NotAfter;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SubjectAltName;

/**
 * What somebody wants a certificate for.
 *
 * @param name fills {@code {name}} in the profile's templates
 * @param sans instead of the profile's own, when there are any
 * @param notAfter instead of the profile's own
 */
public record CertificateOrder(
        String name, PublicKeyDer publicKey, List<SubjectAltName> sans, Optional<NotAfter> notAfter) {
    public CertificateOrder {
        sans = List.copyOf(sans);
    }
}
