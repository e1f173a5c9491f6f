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

    private static final Pattern DEVICE_OF_WINDOWS =
            Pattern.compile("(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[.].*)?");

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

    /**
     * The name of its folder on any file system: the name itself but for a colon, a dot at the end, and the first letter of
     * what Windows takes for a device, such as {@code con} or {@code nul.7}; these are written {@code %3A} and the like,
     * with a sign that no name has in it.
     */
    public String folderName() {
        String safe = DEVICE_OF_WINDOWS.matcher(value).matches()
                ? "%%%02X".formatted((int) value.charAt(0)) + value.substring(1)
                : value;
        return safe.replaceAll("[.]$", "%2E").replace(":", "%3A");
    }

    @Override
    public String toString() {
        return value;
    }
}
