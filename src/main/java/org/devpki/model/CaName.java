package org.devpki.model;

import java.util.regex.Pattern;

/**
 * A CA's short name in the store, in file names and in URLs.
 *
 * @param value 1 to 64 of {@code a-z 0-9 -}, led by a letter or digit
 */
public record CaName(String value) {
    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    /** The trust anchor that {@code init} makes. */
    public static final CaName ROOT = new CaName("root-ca");
    /** The CA that {@code init} makes to issue devices' certificates. */
    public static final CaName ISSUING = new CaName("issuing-ca");

    public CaName {
        if (!ALLOWED.matcher(value).matches()) {
            throw DevpkiException.invalid(
                    "CA name " + Quoted.of(value) + " must be 1 to 64 of a-z 0-9 - and begin with a letter or digit");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
