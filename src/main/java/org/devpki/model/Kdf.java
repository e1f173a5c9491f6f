package org.devpki.model;

import java.util.Arrays;

/** What makes a key of a passphrase (RFC 8018 section 5.2, RFC 7914). */
public enum Kdf {
    SCRYPT("scrypt"),
    PBKDF2("pbkdf2");

    private final String text;

    Kdf(String text) {
        this.text = text;
    }

    /** As {@link #text} writes it. */
    public static Kdf parse(String text) {
        return Arrays.stream(values())
                .filter(kdf -> kdf.text.equals(text))
                .findFirst()
                .orElseThrow(() ->
                        DevpkiException.invalid("key derivation " + Quoted.of(text) + " is not scrypt or pbkdf2"));
    }

    public String text() {
        return text;
    }
}
