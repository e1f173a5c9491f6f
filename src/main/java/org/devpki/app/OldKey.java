package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.devpki.files.WholeFiles;
import org.devpki.model.CertificateDer;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Passphrases;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Keys;
import org.devpki.x509.Pkcs12;

/**
 * The key of a CA in a file of the program that made it.
 *
 * @param chain the certificates that are with it, the CA's own first; none in a file of a key alone
 */
public record OldKey(DeviceKey key, List<CertificateDer> chain) implements AutoCloseable {
    private static final int MOST_OCTETS = 1 << 20;

    public OldKey {
        chain = List.copyOf(chain);
    }

    /**
     * PEM or DER: PKCS #8, SEC 1 or PKCS #1, under a passphrase or not.
     *
     * @param passphrases asked if the key is under one
     * @throws DevpkiException KEY_UNAVAILABLE if it is cut, does not open, or is under no passphrase where others can read it
     */
    public static OldKey inPem(Path file, Passphrases passphrases) {
        try (SecretBytes octets = octets(file)) {
            if (!Keys.isEncrypted(octets)) {
                refuseOpenToOthers(file);
                return new OldKey(Keys.read(octets, file.toString()), List.of());
            }
            try (SecretBytes passphrase = passphrases.passphraseFor("key file " + file)) {
                return new OldKey(Keys.read(octets, Optional.of(passphrase), file.toString()), List.of());
            }
        }
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if it is cut, does not open, or holds none or several keys */
    public static OldKey inPkcs12(Path file, Passphrases passphrases) {
        try (SecretBytes octets = octets(file);
                SecretBytes passphrase = passphrases.passphraseFor("PKCS #12 file " + file)) {
            Pkcs12.Opened opened = Pkcs12.decode(octets, passphrase, file.toString());
            return new OldKey(opened.key(), opened.chain());
        }
    }

    private static SecretBytes octets(Path file) {
        return WholeFiles.readSecret(file, MOST_OCTETS);
    }

    private static void refuseOpenToOthers(Path file) {
        if (!WholeFiles.isPrivate(file)) {
            throw DevpkiException.keyUnavailable("key file " + file + " is under no passphrase and has mode "
                            + WholeFiles.mode(file) + ", so others can read it; it must be 600")
                    .hint("chmod 600; if others may have read it, make a new CA instead (devpki ca create)");
        }
    }

    @Override
    public void close() {
        key.close();
    }
}
