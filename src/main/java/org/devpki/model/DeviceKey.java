package org.devpki.model;

/**
 * A key pair made here.
 *
 * @param pkcs8 the private key, unencrypted PKCS #8 DER (RFC 5958)
 */
public record DeviceKey(KeySpec spec, PublicKeyDer publicKey, SecretBytes pkcs8) implements AutoCloseable {
    @Override
    public void close() {
        pkcs8.close();
    }
}
