package org.devpki.app;

import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.Pem;

/**
 * What a server of devpki's own shows its clients: a certificate and those above it, leaf first, and the leaf's key.
 */
public record ServerIdentity(List<CertificateDer> chain, DeviceKey key) implements AutoCloseable {
    public ServerIdentity {
        chain = List.copyOf(chain);
    }

    /**
     * @param keyFile unencrypted, PEM or DER; stays the caller's
     * @throws DevpkiException INVALID_INPUT if the key is not the first certificate's; KEY_UNAVAILABLE if it cannot be read
     */
    public static ServerIdentity read(Bytes chainFile, String chainOrigin, SecretBytes keyFile, String keyOrigin) {
        List<CertificateDer> chain = Pem.readCertificates(chainFile, chainOrigin);
        DeviceKey key = Keys.read(keyFile, keyOrigin);
        if (!Certificates.parse(chain.get(0)).tbs().publicKey().equals(key.publicKey())) {
            throw DevpkiException.invalid(
                    "key file " + keyOrigin + " is not the key of the first certificate in " + chainOrigin);
        }
        return new ServerIdentity(chain, key);
    }

    @Override
    public void close() {
        key.close();
    }
}
