package org.devpki.model;

import java.util.regex.Pattern;

/**
 * A device's name: the common name of its certificate and its MQTT client ID.
 *
 * @param value 1 to 64 of {@code A-Z a-z 0-9 . _ : -}, not led by {@code -} or {@code .}, so that no ACL pattern, path,
 *     option or topic filter can be reached through it (64 is ub-common-name, RFC 5280 appendix A.1)
 */
public record DeviceId(String value) {
    static final int MOST = 64;
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:-]+");

    public DeviceId {
        if (value.isEmpty() || value.length() > MOST) {
            throw DevpkiException.invalid("name " + Quoted.of(value) + " has " + value.length()
                    + " characters; a client ID has 1 to " + MOST);
        }
        if (!ALLOWED.matcher(value).matches()) {
            throw DevpkiException.invalid(
                    "name " + Quoted.of(value) + " has characters other than A-Z a-z 0-9 . _ : - in it");
        }
        if (value.startsWith("-") || value.startsWith(".")) {
            throw DevpkiException.invalid("name " + Quoted.of(value) + " begins with '" + value.charAt(0)
                    + "'; begin with a letter or digit");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
