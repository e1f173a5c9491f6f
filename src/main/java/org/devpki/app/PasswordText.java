package org.devpki.app;

import java.nio.file.Path;
import java.util.Arrays;
import org.devpki.files.WholeFiles;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/** A file that holds a password and perhaps the end of its line. */
public final class PasswordText {
    /** MQTT takes no longer ones. */
    private static final int MOST_OCTETS = 65_535;

    private PasswordText() {}

    static SecretBytes read(Path file) {
        return of(WholeFiles.readSecret(file, MOST_OCTETS + 2));
    }

    /** @throws DevpkiException INVALID_INPUT if there is none in it */
    public static SecretBytes of(SecretBytes file) {
        SecretBytes password = file.lend(octets -> {
            int end = octets.length;
            while (end > 0 && (octets[end - 1] == '\n' || octets[end - 1] == '\r')) {
                end--;
            }
            return SecretBytes.taking(Arrays.copyOf(octets, end));
        });
        if (password.length() == 0 || password.length() > MOST_OCTETS) {
            throw DevpkiException.invalid(
                    "a password of " + password.length() + " octets; 1 to " + MOST_OCTETS + " are right");
        }
        return password;
    }
}
