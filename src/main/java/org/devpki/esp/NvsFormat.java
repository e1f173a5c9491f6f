package org.devpki.esp;

import java.util.Locale;
import java.util.Optional;
import org.devpki.model.DevpkiException;

/** The versions of the page format: the second one cuts blobs into chunks, so that they may span pages. */
public enum NvsFormat {
    V1(0xff),
    V2(0xfe);

    private final int code;

    NvsFormat(int code) {
        this.code = code;
    }

    /** @throws DevpkiException INVALID_INPUT unless the number is 1 or 2 */
    public static NvsFormat numbered(int number) {
        if (number < 1 || number > values().length) {
            throw DevpkiException.invalid("format version " + number + " is not 1 or 2");
        }
        return values()[number - 1];
    }

    /** In one word, such as {@code v2}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<NvsFormat> ofCode(int code) {
        for (NvsFormat format : values()) {
            if (format.code == code) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** Octet 8 of a page. */
    int code() {
        return code;
    }
}
