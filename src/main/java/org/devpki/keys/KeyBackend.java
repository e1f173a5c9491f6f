package org.devpki.keys;

import java.security.SecureRandom;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.Passphrases;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.Quoted;
import org.devpki.x509.SigningKey;

/** A place where private keys are kept, such as encrypted files or a PKCS #11 token. */
public interface KeyBackend {
    /** The scheme of its URIs, such as {@code file}. */
    String scheme();

    /**
     * Refuses what {@link #createFor} would, as far as that shows before a key is made.
     *
     * @throws org.devpki.model.DevpkiException INVALID_INPUT for a URI or a kind that cannot be; KEY_UNAVAILABLE if the place is not there
     */
    default void refuse(KeyPlace place, KeySpec spec, Passphrases passphrases) {}

    /** Makes a key pair at the URI and keeps it; it is durable when this returns. */
    SigningKey create(KeyPlace place, KeySpec spec, Passphrases passphrases, SecureRandom random);

    /**
     * The same for an owner whose order may have been cut short after the key was made: then that key is it.
     *
     * @param owner 16 octets that tell one order from all others
     */
    default SigningKey createFor(
            Bytes owner, KeyPlace place, KeySpec spec, Passphrases passphrases, SecureRandom random) {
        return create(place, spec, passphrases, random);
    }

    /**
     * A key that somebody made at the URI, for a CA that is about to be.
     *
     * @throws org.devpki.model.DevpkiException KEY_UNAVAILABLE if there is none, or one of another kind
     */
    default SigningKey find(KeyPlace place, KeySpec spec, Passphrases passphrases) {
        throw DevpkiException.invalid(
                "a key for a new CA is found in a token, at a URI like pkcs11:…, and not at " + Quoted.of(place.uri()));
    }

    /** Keeps a key that another program made; it is durable when this returns. */
    default void keep(KeyPlace place, DeviceKey key, Passphrases passphrases, SecureRandom random) {
        throw DevpkiException.invalid("no key is put into a token; the token's own tools do that");
    }

    /** Whether there is a key at the URI, openable or not. */
    boolean has(KeyPlace place);

    /**
     * How the key at the URI is kept, which is told without a passphrase.
     *
     * @throws org.devpki.model.DevpkiException KEY_UNAVAILABLE if it is not there, or damaged for all to see
     */
    Keeping keeping(KeyPlace place);

    /**
     * Opens the key at the URI.
     *
     * @param publicKey what the key must be the other half of
     * @throws org.devpki.model.DevpkiException KEY_UNAVAILABLE if it is not there, not to be opened, or another key
     */
    SigningKey open(KeyPlace place, PublicKeyDer publicKey, Passphrases passphrases);
}
