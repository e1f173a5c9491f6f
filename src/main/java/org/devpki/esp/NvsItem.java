package org.devpki.esp;

import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/**
 * A value under its key.
 *
 * @param namespace 1 to 15 printable ASCII characters
 * @param key 1 to 15 printable ASCII characters, unique in its namespace
 */
public record NvsItem(String namespace, String key, NvsValue value) {
    private static final int MOST_NAME_CHARACTERS = 15;

    public NvsItem {
        checkName("namespace", namespace);
        checkName("key", key);
    }

    static void checkName(String what, String name) {
        // the generator writes UTF-8 octets over the fields behind the name, which no reader takes
        boolean isPrintable = name.chars().allMatch(c -> c >= ' ' && c <= '~');
        if (name.isEmpty() || name.length() > MOST_NAME_CHARACTERS || !isPrintable) {
            throw DevpkiException.invalid(
                    what + " " + Quoted.of(name) + " is not 1 to " + MOST_NAME_CHARACTERS + " ASCII characters");
        }
    }
}
