package org.devpki.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * What one error code means to somebody with a device in hand.
 *
 * @param number absent where the source has only a text; negative for mbedTLS and for no other
 * @param release the release that it holds for, such as {@code mbedTLS 2}; empty where it holds for all
 * @param names as headers spell them
 * @param texts as logs spell them, without capitals
 * @param check the devpki command that checks for the cause
 */
public record Explanation(
        CodeSource source,
        OptionalInt number,
        String release,
        List<String> names,
        List<String> texts,
        String cause,
        String fix,
        String check) {
    public Explanation {
        names = List.copyOf(names);
        texts = List.copyOf(texts);
        if (number.isEmpty() && texts.isEmpty()) {
            throw DevpkiException.invalid("an explanation has a code or a text, this one has neither: " + cause);
        }
        if (number.isPresent() && (number.getAsInt() < 0) != (source == CodeSource.MBEDTLS)) {
            throw DevpkiException.invalid(
                    "codes of mbedtls are below zero and no others, got " + number.getAsInt() + " of " + source.word());
        }
    }

    /** The code as its source prints it; empty where there is only a text. */
    public String code() {
        return number.isPresent() ? source.spell(number.getAsInt()) : "";
    }

    /** Code and names, or what is known instead, such as {@code -0x2700 MBEDTLS_ERR_X509_CERT_VERIFY_FAILED}. */
    public String title() {
        String called = names.isEmpty() ? texts.isEmpty() ? "" : "\"" + texts.get(0) + "\"" : String.join(", ", names);
        return (code() + " " + called).strip();
    }
}
