package org.devpki.mqtt;

import java.util.List;
import java.util.Optional;
import org.devpki.model.CertificateDer;
import org.devpki.model.DeviceKey;
import org.devpki.model.SecretBytes;

/**
 * What a device says of itself.
 *
 * @param certificate shown in TLS, if any is
 * @param password or the token in its place; stays the caller's
 */
public record Login(
        String clientId, Optional<Shown> certificate, Optional<String> userName, Optional<SecretBytes> password) {

    /**
     * A certificate and its key, which stays the caller's.
     *
     * @param chain the leaf first, no root
     */
    public record Shown(List<CertificateDer> chain, DeviceKey key) {
        public Shown {
            chain = List.copyOf(chain);
        }
    }

    public Login as(String otherClientId) {
        return new Login(otherClientId, certificate, userName, password);
    }

    public Login showing(Optional<Shown> other) {
        return new Login(clientId, other, userName, password);
    }

    public Login saying(Optional<String> name, Optional<SecretBytes> other) {
        return new Login(clientId, certificate, name, other);
    }
}
