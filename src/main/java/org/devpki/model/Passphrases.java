package org.devpki.model;

/** Where passphrases come from: a file, a file descriptor, the environment or a person. */
@FunctionalInterface
public interface Passphrases {
    /**
     * @param purpose what it opens, for a prompt, such as {@code key of issuing-ca}
     * @throws DevpkiException KEY_UNAVAILABLE if there is none to be had
     */
    SecretBytes passphraseFor(String purpose);
}
