package org.devpki.keys;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.devpki.keys.Cryptoki.Attribute;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.OctetSource;
import org.devpki.model.Passphrases;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Engine;
import org.devpki.x509.SigningKey;
import org.devpki.x509.TokenForms;

/**
 * A key that never leaves its token. A token that was pulled out and is back is logged into again, and the signature made
 * then; one that stays away is KEY_UNAVAILABLE each time it is asked.
 */
final class TokenKey implements SigningKey {
    /** Where it is at this moment. */
    private record Held(TokenSession session, long key) {}

    private final Cryptoki cryptoki;
    private final Pkcs11Uri uri;
    private final Passphrases passphrases;
    private final PublicKeyDer publicKey;
    private final SignatureAlgorithm algorithm;
    private Optional<Held> held = Optional.empty();

    private TokenKey(
            Cryptoki cryptoki,
            Pkcs11Uri uri,
            Passphrases passphrases,
            PublicKeyDer publicKey,
            SignatureAlgorithm algorithm) {
        this.cryptoki = cryptoki;
        this.uri = uri;
        this.passphrases = passphrases;
        this.publicKey = publicKey;
        this.algorithm = algorithm;
    }

    /**
     * The key that the URI names, proven to be the other half by a signature, for nothing else tells.
     *
     * @throws DevpkiException KEY_UNAVAILABLE if it cannot be had, or is another key
     */
    static TokenKey open(
            Cryptoki cryptoki,
            Pkcs11Uri uri,
            Passphrases passphrases,
            PublicKeyDer publicKey,
            SignatureAlgorithm algorithm) {
        TokenKey key = new TokenKey(cryptoki, uri, passphrases, publicKey, algorithm);
        boolean isProven = false;
        try {
            key.prove();
            isProven = true;
            return key;
        } finally {
            if (!isProven) {
                key.close();
            }
        }
    }

    private void prove() {
        Bytes challenge = publicKey.octets();
        boolean isOtherHalf;
        try {
            isOtherHalf =
                    Engine.PLAIN.verify(challenge, algorithm, sign(challenge).toArray(), publicKey);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        if (!isOtherHalf) {
            throw anotherKey();
        }
    }

    private DevpkiException anotherKey() {
        return DevpkiException.keyUnavailable(
                uri.keyText() + " in " + uri.tokenText() + " is another key than the one its certificate names");
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
    public synchronized Bytes sign(OctetSource octets) {
        Bytes wanted = TokenForms.toSign(algorithm, digest(octets));
        try {
            return signed(wanted);
        } catch (CryptokiFault lost) {
            try {
                letGo().ifPresent(gone -> gone.session().restart());
                return signed(wanted);
            } catch (CryptokiFault e) {
                letGo().ifPresent(gone -> gone.session().close());
                throw TokenSession.unavailable(uri, e)
                        .hint("put the token in, and run the same again; nothing is lost");
            }
        }
    }

    private Bytes signed(Bytes wanted) {
        Held at = held.orElseGet(this::hold);
        held = Optional.of(at);
        return TokenForms.signature(
                algorithm, at.session().sign(at.key(), isRsa() ? Cryptoki.RSA_PKCS : Cryptoki.ECDSA, wanted));
    }

    private boolean isRsa() {
        return algorithm == SignatureAlgorithm.RSA_WITH_SHA256;
    }

    private Held hold() {
        TokenSession session = TokenSession.open(cryptoki, uri, passphrases, false);
        boolean isHeld = false;
        try {
            long key = session.privateKey()
                    .orElseThrow(
                            () -> DevpkiException.keyUnavailable(uri.tokenText() + " has no private " + uri.keyText()));
            Attribute kind = Attribute.of(Cryptoki.KEY_TYPE, isRsa() ? Cryptoki.KEY_RSA : Cryptoki.KEY_EC);
            if (!session.attribute(key, Cryptoki.KEY_TYPE).equals(Optional.of(kind.value()))) {
                throw anotherKey();
            }
            isHeld = true;
            return new Held(session, key);
        } finally {
            if (!isHeld) {
                session.close();
            }
        }
    }

    private Optional<Held> letGo() {
        Optional<Held> before = held;
        held = Optional.empty();
        return before;
    }

    private byte[] digest(OctetSource octets) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm.digest());
            octets.eachChunk((chunk, length) -> digest.update(chunk, 0, length));
            return digest.digest();
        } catch (IOException e) {
            throw DevpkiException.storeFailed("what is to be signed cannot be read: " + e.getMessage())
                    .causedBy(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "TokenKey[" + algorithm.text() + "]";
    }

    @Override
    public synchronized void close() {
        letGo().ifPresent(open -> open.session().close());
    }
}
