package org.devpki.model;

import java.util.Optional;

/** What may compute keys and signatures where a deed does many. */
public enum Crypto {
    /** Plain Java, everywhere. */
    JAVA,
    /** Native code, where this machine runs it. */
    NATIVE;

    /** @param text {@code java} or {@code native}, which is also what nothing means */
    public static Crypto parse(Optional<String> text) {
        return switch (text.orElse("native")) {
            case "java" -> JAVA;
            case "native" -> NATIVE;
            default ->
                throw DevpkiException.invalid(
                        "DEVPKI_CRYPTO is " + Quoted.of(text.orElse("")) + ", not java or native");
        };
    }
}
