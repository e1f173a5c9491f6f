package org.devpki.x509;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.devpki.model.DeviceKey;
import org.devpki.model.KeySpec;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;

/** Bouncy Castle's lightweight API, and the JDK for RSA keys; all that is random comes from the source given. */
record PlainEngine(String text) implements Engine {
    @Override
    public DeviceKey generate(KeySpec spec, SecureRandom random) {
        return Keys.generate(spec, random);
    }

    @Override
    public SigningKey signing(LocalSigningKey key) {
        return key;
    }

    @Override
    public boolean verify(OctetSource octets, SignatureAlgorithm algorithm, byte[] signature, PublicKeyDer publicKey)
            throws IOException {
        Signer signer = Seals.signer(algorithm);
        signer.init(false, PublicKeyFactory.createKey(publicKey.octets().toArray()));
        octets.eachChunk((chunk, length) -> signer.update(chunk, 0, length));
        return signer.verifySignature(signature);
    }
}
