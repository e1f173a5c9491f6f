package org.devpki.x509;

import java.io.IOException;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.model.SignatureAlgorithm;

/**
 * A signing key in this process's memory. ECDSA nonces are deterministic (RFC 6979), and so is ML-DSA (FIPS 204
 * section 3.4), so a weak random source cannot leak the key.
 */
public final class LocalSigningKey implements SigningKey {
    private final SignatureAlgorithm algorithm;
    private final PublicKeyDer publicKey;
    private final AsymmetricKeyParameter key;

    private LocalSigningKey(SignatureAlgorithm algorithm, PublicKeyDer publicKey, AsymmetricKeyParameter key) {
        this.algorithm = algorithm;
        this.publicKey = publicKey;
        this.key = key;
    }

    /** Keeps what it needs of the key; the caller still closes it. */
    public static LocalSigningKey of(DeviceKey key) {
        AsymmetricKeyParameter parameters = key.pkcs8().lend(octets -> {
            try {
                return PrivateKeyFactory.createKey(octets);
            } catch (IOException e) {
                throw DevpkiException.keyUnavailable("the private key cannot be read")
                        .causedBy(e);
            }
        });
        return new LocalSigningKey(SignatureAlgorithm.of(key.spec()), key.publicKey(), parameters);
    }

    @Override
    public SignatureAlgorithm algorithm() {
        return algorithm;
    }

    @Override
    public PublicKeyDer publicKey() {
        return publicKey;
    }

    @Override
    public Bytes sign(OctetSource octets) {
        Signer signer = Seals.signer(algorithm);
        signer.init(true, key);
        try {
            octets.eachChunk((chunk, length) -> signer.update(chunk, 0, length));
            return Bytes.of(signer.generateSignature());
        } catch (IOException e) {
            throw unreadable(e);
        } catch (CryptoException e) {
            throw new IllegalStateException(e);
        }
    }

    static DevpkiException unreadable(IOException e) {
        return DevpkiException.storeFailed("what is to be signed cannot be read: " + e.getMessage())
                .causedBy(e);
    }

    @Override
    public SigningKey by(Engine engine) {
        return engine.signing(this);
    }

    /** The private key, unencrypted PKCS #8 DER; the caller closes it. */
    SecretBytes pkcs8() {
        try {
            return SecretBytes.taking(Der.encode(PrivateKeyInfoFactory.createPrivateKeyInfo(key)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "LocalSigningKey[" + algorithm.text() + "]";
    }

    @Override
    public void close() {
        // Bouncy Castle's key parameters cannot be wiped; they go with the process
    }
}
