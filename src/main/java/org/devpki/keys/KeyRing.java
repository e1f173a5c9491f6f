package org.devpki.keys;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.ServiceLoader;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.Passphrases;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.Quoted;
import org.devpki.x509.Engine;
import org.devpki.x509.SigningKey;

/** All the backends of the service list, chosen by the URI's scheme. */
public final class KeyRing {
    private final Path folder;
    private final Optional<String> module;
    private final Passphrases passphrases;
    private final SecureRandom random;
    private final Engine engine;

    /**
     * @param folder the store's {@code keys/}
     * @param module the site's PKCS #11 library
     * @param engine signs with those keys that are in memory
     */
    public KeyRing(Path folder, Optional<String> module, Passphrases passphrases, SecureRandom random, Engine engine) {
        this.folder = folder;
        this.module = module;
        this.passphrases = passphrases;
        this.random = random;
        this.engine = engine;
    }

    public SigningKey create(String uri, KeySpec spec) {
        KeyPlace place = new KeyPlace(uri, folder, module);
        return backend(place).create(place, spec, passphrases, random).by(engine);
    }

    /** The same for an owner, 16 octets, whose order may have been cut short after the key was made. */
    public SigningKey createFor(Bytes owner, String uri, KeySpec spec) {
        KeyPlace place = new KeyPlace(uri, folder, module);
        return backend(place).createFor(owner, place, spec, passphrases, random).by(engine);
    }

    /** Refuses what making a key there would, before anything is noted of it. */
    public void refuse(String uri, KeySpec spec) {
        KeyPlace place = new KeyPlace(uri, folder, module);
        backend(place).refuse(place, spec, passphrases);
    }

    /** Keeps a key that another program made. @throws DevpkiException CONFLICT if there is one at the URI already */
    public void keep(String uri, DeviceKey key) {
        KeyPlace place = new KeyPlace(uri, folder, module);
        backend(place).keep(place, key, passphrases, random);
    }

    /** A key that somebody made at the URI. @throws DevpkiException KEY_UNAVAILABLE if there is none, or of another kind */
    public SigningKey find(String uri, KeySpec spec) {
        KeyPlace place = new KeyPlace(uri, folder, module);
        return backend(place).find(place, spec, passphrases).by(engine);
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if it is not there, not to be opened, or another key */
    public SigningKey open(String uri, PublicKeyDer publicKey) {
        KeyPlace place = new KeyPlace(uri, folder, module);
        return backend(place).open(place, publicKey, passphrases).by(engine);
    }

    /** Whether there is a key at the URI, openable or not. */
    public boolean has(String uri) {
        KeyPlace place = new KeyPlace(uri, folder, module);
        return backend(place).has(place);
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if it is not there, or damaged for all to see */
    public Keeping keeping(String uri) {
        KeyPlace place = new KeyPlace(uri, folder, module);
        return backend(place).keeping(place);
    }

    private static KeyBackend backend(KeyPlace place) {
        return ServiceLoader.load(KeyBackend.class, KeyRing.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals(place.scheme()))
                .findFirst()
                .orElseThrow(() ->
                        DevpkiException.keyUnavailable("no key backend serves URIs like " + Quoted.of(place.uri())));
    }
}
