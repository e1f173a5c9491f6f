package org.devpki.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.devpki.model.DevpkiException;
import org.devpki.model.Passphrases;
import org.devpki.model.SecretBytes;

/** The passphrase of key files, and the PINs of tokens. */
final class Secrets implements Passphrases {
    private final Streams streams;
    private final Passphrase passphrase;
    private final SecretWays pinWays;
    private final Map<String, Passphrase> pins = new HashMap<>();

    /** @param isNew whether the passphrase will be set, so that a person must type it twice */
    Secrets(Streams streams, SecretWays passphraseWays, boolean isNew, SecretWays pinWays) {
        this.streams = streams;
        this.passphrase = new Passphrase(streams, passphraseWays, isNew);
        this.pinWays = pinWays;
    }

    @Override
    public SecretBytes passphraseFor(String purpose) {
        return passphrase.passphraseFor(purpose);
    }

    /** A person is asked for each token's own; a file or descriptor has one for all. */
    @Override
    public SecretBytes pinFor(String token) {
        boolean isHandedOver =
                pinWays.file().isPresent() || pinWays.descriptor().isPresent();
        Passphrase pin;
        synchronized (pins) {
            pin = pins.computeIfAbsent(isHandedOver ? "" : token, each -> new Passphrase(streams, pinWays, false));
        }
        return pin.passphraseFor(token);
    }

    @Override
    public SecretBytes pinIn(Path file) {
        SecretBytes pin = Passphrase.fromFile(file, pinWays.what());
        if (pin.length() == 0) { // a token would count it as a wrong one
            throw DevpkiException.keyUnavailable(pinWays.what() + " file " + file + " is empty");
        }
        return pin;
    }
}
