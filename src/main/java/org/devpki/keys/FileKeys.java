package org.devpki.keys;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.Passphrases;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.x509.EncryptedKeys;
import org.devpki.x509.KeyWrapping;
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
        try (DeviceKey key = Keys.generate(spec, random)) {
            keep(place, key, passphrases, random);
            return LocalSigningKey.of(key);
        }
    }

    @Override
    public void keep(KeyPlace place, DeviceKey key, Passphrases passphrases, SecureRandom random) {
        Path file = file(place);
        if (Files.exists(file)) {
            throw DevpkiException.conflict("key file " + file + " exists already, and is never replaced");
        }
        try (SecretBytes passphrase = passphrases.passphraseFor(purpose(place));
                SecretBytes pem = EncryptedKeys.encrypt(key.pkcs8(), passphrase, random)) {
            WholeFiles.sweep(file);
            WholeFiles.write(file, pem, Modes.SECRET_FILE);
        }
    }

    @Override
    public boolean has(KeyPlace place) {
        return Files.exists(file(place));
    }

    @Override
    public SigningKey open(KeyPlace place, PublicKeyDer publicKey, Passphrases passphrases) {
        Path file = file(place);
        try (SecretBytes passphrase = passphrases.passphraseFor(purpose(place));
                DeviceKey key = opened(read(file), passphrase, file)) {
            refuseOther(key, publicKey, file);
            return LocalSigningKey.of(key);
        }
    }

    static void refuseOther(DeviceKey key, PublicKeyDer publicKey, Path file) {
        if (!key.publicKey().equals(publicKey)) {
            throw DevpkiException.keyUnavailable(
                    "key file " + file + " holds another key than the one its certificate names");
        }
    }

    @Override
    public Keeping keeping(KeyPlace place) {
        return keeping(read(file(place)), file(place));
    }

    /**
     * How a key file is kept, whoever can reach it.
     *
     * @throws DevpkiException KEY_UNAVAILABLE if it is cut, or of another kind
     */
    public static Keeping look(Path file) {
        return keeping(WholeFiles.read(file, MOST_OCTETS), file);
    }

    private static Keeping keeping(Bytes pem, Path file) {
        KeyWrapping wrapping = EncryptedKeys.wrapping(pem, file.toString());
        return new Keeping(wrapping.text(), wrapping.isWeak());
    }

    /**
     * The octets of a key file, which nobody else may have had a hand on.
     *
     * @throws DevpkiException KEY_UNAVAILABLE if it is not there, or others can reach it
     */
    static Bytes read(Path file) {
        if (!Files.exists(file)) {
            throw DevpkiException.keyUnavailable("key file " + file + " is not there");
        }
        try {
            if (!WholeFiles.isPrivate(file)) {
                throw DevpkiException.keyUnavailable("key file " + file + " has mode " + WholeFiles.mode(file)
                                + ", so others can reach it; it must be 600")
                        .hint("chmod 600, or devpki doctor --repair; if others may have read it: devpki key passphrase"
                                + " change");
            }
            return WholeFiles.read(file, MOST_OCTETS);
        } catch (DevpkiException e) {
            throw e.fault() == Fault.KEY_UNAVAILABLE
                    ? e
                    : DevpkiException.keyUnavailable(e.sentence()).causedBy(e);
        }
    }

    /** @throws DevpkiException KEY_UNAVAILABLE for another passphrase, a cut file or another kind of encryption */
    static DeviceKey opened(Bytes pem, SecretBytes passphrase, Path file) {
        try (SecretBytes pkcs8 = EncryptedKeys.decrypt(pem, passphrase, file.toString())) {
            return Keys.ofPkcs8(pkcs8);
        }
    }

    private static Path file(KeyPlace place) {
        return place.folder().resolve(place.rest()).normalize();
    }

    private static String purpose(KeyPlace place) {
        return "key " + place.rest();
    }
}
