package org.devpki.ca;

import java.io.IOException;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.model.VerificationCode;
import org.devpki.x509.Engine;
import org.devpki.x509.Seals;
import org.devpki.x509.SigningKey;

/** A CA's key at work: seals octets that lint has passed, and looks at every signature again before it leaves. */
public final class Authority {
    private final SigningKey key;
    private final Engine engine;

    public Authority(SigningKey key) {
        this(key, Engine.PLAIN);
    }

    /** @param engine signs, if the key is in memory, and verifies */
    public Authority(SigningKey key, Engine engine) {
        this.key = key.by(engine);
        this.engine = engine;
    }

    public SignatureAlgorithm algorithm() {
        return key.algorithm();
    }

    public PublicKeyDer publicKey() {
        return key.publicKey();
    }

    public CertificateDer certificate(LintedTbs tbs) {
        return new CertificateDer(sealed(tbs).toBytes());
    }

    public CrlDer crl(LintedTbs tbs) {
        return new CrlDer(sealed(tbs));
    }

    /**
     * The signature over a cloud's code, as a CA's certificate has it in its BIT STRING. The code's form, and no lint, keeps
     * what is signed from being a certificate.
     */
    public Bytes prove(VerificationCode code) {
        Bytes octets = Bytes.utf8(code.value());
        Bytes signature = key.sign(octets);
        try {
            if (engine.verify(octets, key.algorithm(), signature.toArray(), key.publicKey())) {
                return signature;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // octets in memory
        }
        throw DevpkiException.integrity("the signature just made does not verify; nothing was proven");
    }

    private OctetSource sealed(LintedTbs tbs) {
        OctetSource sealed = Seals.seal(tbs.octets(), key);
        if (!Seals.verify(
                sealed, key.publicKey(), engine)) { // a fault in memory or hardware; the signature could leak the key
            throw DevpkiException.integrity("the signature just made does not verify; nothing was issued");
        }
        return sealed;
    }
}
