package org.devpki.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.impl.ECDSA;
import java.io.IOException;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Engine;
import org.devpki.x509.Keys;
import org.devpki.x509.SigningKey;

/**
 * The one algorithm that a key signs tokens with; a token that names another is refused, whatever its signature
 * (RFC 8725 section 3.1).
 *
 * @param jws its name in headers
 */
record JwtAlgorithm(SignatureAlgorithm signature, JWSAlgorithm jws) {
    /** @throws DevpkiException INVALID_INPUT for a kind of key that JOSE has no algorithm for, or devpki none */
    static JwtAlgorithm of(PublicKeyDer key) {
        SignatureAlgorithm signature = Keys.spec(key)
                .map(SignatureAlgorithm::of)
                .orElseThrow(() -> DevpkiException.invalid("the key is of a kind that is not supported"));
        return new JwtAlgorithm(
                signature,
                switch (signature) {
                    case ECDSA_WITH_SHA256 -> JWSAlgorithm.ES256;
                    case ECDSA_WITH_SHA384 -> JWSAlgorithm.ES384;
                    case ECDSA_WITH_SHA512 -> JWSAlgorithm.ES512;
                    case RSA_WITH_SHA256 -> JWSAlgorithm.RS256;
                    case ED25519 -> JWSAlgorithm.EdDSA;
                    case ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                        throw DevpkiException.invalid("a key of kind " + signature.text()
                                + " signs no access tokens; P-256, Ed25519 and RSA-2048 do");
                });
    }

    /** The signature as a token carries it: of ECDSA two numbers of equal length (RFC 7518 section 3.4). */
    byte[] sign(Bytes octets, SigningKey key) throws JOSEException {
        byte[] signed = key.sign(octets).toArray();
        return isEcdsa() ? ECDSA.transcodeSignatureToConcat(signed, ECDSA.getSignatureByteArrayLength(jws)) : signed;
    }

    boolean verify(Bytes octets, byte[] signature, PublicKeyDer key) throws JOSEException {
        if (isEcdsa() && signature.length != ECDSA.getSignatureByteArrayLength(jws)) {
            return false;
        }
        try {
            return Engine.PLAIN.verify(
                    octets, signature(), isEcdsa() ? ECDSA.transcodeSignatureToDER(signature) : signature, key);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isEcdsa() {
        return JWSAlgorithm.Family.EC.contains(jws);
    }
}
