package org.devpki.model;

import java.nio.file.Path;

/** Where passphrases come from: a file, a file descriptor, the environment or a person. */
@FunctionalInterface
public interface Passphrases {
    /**
     * @param purpose what it opens, for a prompt, such as {@code key of issuing-ca}
     * @throws DevpkiException KEY_UNAVAILABLE if there is none to be had
     */
    SecretBytes passphraseFor(String purpose);

    /**
     * @param token what it opens, for a prompt, such as {@code token acme}
     * @throws DevpkiException KEY_UNAVAILABLE if there is none to be had
     */
    default SecretBytes pinFor(String token) {
        throw DevpkiException.keyUnavailable("there is no PIN for " + token);
    }

    /** The PIN that a file holds. @throws DevpkiException KEY_UNAVAILABLE if it cannot be read */
    default SecretBytes pinIn(Path file) {
        throw DevpkiException.keyUnavailable("no PIN is read from " + file);
    }
}
