package org.devpki.model;

import java.util.regex.Pattern;

/**
 * What devices that were made together are noted under.
 *
 * @param value 1 to 64 of {@code A-Z a-z 0-9 . _ -}, led by a letter or digit
 */
public record BatchId(String value) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public BatchId {
        if (!ALLOWED.matcher(value).matches()) {
            throw DevpkiException.invalid("batch " + Quoted.of(value)
                    + " must be 1 to 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
