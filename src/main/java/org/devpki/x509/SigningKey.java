package org.devpki.x509;

import org.devpki.model.Bytes;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;

/** A private key that can sign, wherever it lives. */
public interface SigningKey extends AutoCloseable {
    SignatureAlgorithm algorithm();

    PublicKeyDer publicKey();

    /** The signature value over the octets, as the BIT STRING carries it. Safe between threads. */
    Bytes sign(OctetSource octets);

    /** The same key, signing by the engine where that can: a key that is elsewhere signs there. */
    default SigningKey by(Engine engine) {
        return this;
    }

    @Override
    void close();
}
