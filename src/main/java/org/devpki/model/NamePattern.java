package org.devpki.model;

import java.util.regex.Pattern;

/**
 * A pattern of device names: {@code *} stands for any characters, or none, and {@code ?} for one; all else for itself.
 *
 * @param glob matches a {@link DeviceId} at least
 */
public record NamePattern(String glob) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_:*?][A-Za-z0-9._:*?-]*");

    public NamePattern {
        long least = glob.chars().filter(c -> c != '*').count();
        if (!ALLOWED.matcher(glob).matches() || least > DeviceId.MOST) {
            throw DevpkiException.invalid("name pattern " + Quoted.of(glob) + " matches no device's name: 1 to "
                    + DeviceId.MOST + " of A-Z a-z 0-9 . _ : -, with * for any of them and ? for one");
        }
    }

    /** Whether the whole name is as the pattern says. Takes time in proportion to both lengths at most. */
    public boolean matches(String name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int starIn = 0;
        while (in < name.length()) {
            if (at < glob.length() && glob.charAt(at) == '*') {
                star = at++;
                starIn = in;
            } else if (at < glob.length() && (glob.charAt(at) == '?' || glob.charAt(at) == name.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0) { // the last star takes one character more
                at = star + 1;
                in = ++starIn;
            } else {
                return false;
            }
        }
        while (at < glob.length() && glob.charAt(at) == '*') {
            at++;
        }
        return at == glob.length();
    }

    @Override
    public String toString() {
        return glob;
    }
}
