package org.devpki.keys;

import java.security.SecureRandom;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCa;
import org.devpki.model.Passphrases;
import org.devpki.model.PublicKeyDer;
import org.devpki.x509.SigningKey;

/** {@code office:} keys: those of CAs that a store trusts and is not. They are never here. */
public final class OfficeKeys implements KeyBackend {
    @Override
    public String scheme() {
        return LedgerCa.OFFICE;
    }

    @Override
    public SigningKey create(KeyPlace place, KeySpec spec, Passphrases passphrases, SecureRandom random) {
        throw absent(place);
    }

    @Override
    public boolean has(KeyPlace place) {
        return false;
    }

    @Override
    public Keeping keeping(KeyPlace place) {
        return new Keeping("at the office", false);
    }

    @Override
    public SigningKey open(KeyPlace place, PublicKeyDer publicKey, Passphrases passphrases) {
        throw absent(place);
    }

    private static DevpkiException absent(KeyPlace place) {
        return DevpkiException.keyUnavailable(
                        "this store has the certificate of CA " + place.rest() + ", and not its key")
                .hint("devpki batch export-csr asks the office for certificates");
    }
}
