package org.devpki.keys;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.Passphrases;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.x509.EncryptedKeys;
import org.devpki.x509.Keys;
import org.devpki.x509.LocalSigningKey;
import org.devpki.x509.SigningKey;

/** {@code file:} keys: encrypted PKCS #8 in the store's {@code keys/}, mode 0600. */
public final class FileKeys implements KeyBackend {
    private static final int MOST_OCTETS = 65_536;

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public SigningKey create(KeyPlace place, KeySpec spec, Passphrases passphrases, SecureRandom random) {
        Path file = file(place);
        if (Files.exists(file)) {
            throw DevpkiException.conflict("key file " + file + " exists already, and is never replaced");
        }
        try (DeviceKey key = Keys.generate(spec, random);
                SecretBytes passphrase = passphrases.passphraseFor(purpose(place));
                SecretBytes pem = EncryptedKeys.encrypt(key.pkcs8(), passphrase, random)) {
            WholeFiles.sweep(file);
            WholeFiles.write(file, pem, Modes.SECRET_FILE);
            return LocalSigningKey.of(key);
        }
    }

    @Override
    public boolean has(KeyPlace place) {
        return Files.exists(file(place));
    }

    @Override
    public SigningKey open(KeyPlace place, PublicKeyDer publicKey, Passphrases passphrases) {
        Path file = file(place);
        if (!Files.exists(file)) {
            throw DevpkiException.keyUnavailable("key file " + file + " is not there");
        }
        Bytes pem = read(file);
        try (SecretBytes passphrase = passphrases.passphraseFor(purpose(place));
                SecretBytes pkcs8 = EncryptedKeys.decrypt(pem, passphrase, file.toString());
                DeviceKey key = Keys.ofPkcs8(pkcs8)) {
            if (!key.publicKey().equals(publicKey)) {
                throw DevpkiException.keyUnavailable(
                        "key file " + file + " holds another key than the one its certificate names");
            }
            return LocalSigningKey.of(key);
        }
    }

    private static Bytes read(Path file) {
        try {
            return WholeFiles.read(file, MOST_OCTETS);
        } catch (DevpkiException e) {
            throw DevpkiException.keyUnavailable(e.sentence()).causedBy(e);
        }
    }

    private static Path file(KeyPlace place) {
        return place.folder().resolve(place.rest()).normalize();
    }

    private static String purpose(KeyPlace place) {
        return "key " + place.rest();
    }
}
