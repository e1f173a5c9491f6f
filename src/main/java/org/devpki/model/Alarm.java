package org.devpki.model;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that went against what should be, for a person to look at.
 *
 * @param subject the certificate's serial, or a device's name
 * @param closed empty while nobody has looked
 */
public record Alarm(long id, Instant at, Kind kind, String subject, String detail, Optional<Closed> closed) {
    /** What was noticed. */
    public enum Kind {
        /** A private key left devpki a second time. */
        KEY_EXPORTED_AGAIN,
        /** A key was brought for one name that another has a certificate for. */
        KEY_OF_TWO_NAMES;

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public static Kind parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /** @param why in the words of who looked */
    public record Closed(Instant at, String why) {}

    public String sentence() {
        return switch (kind) {
            case KEY_EXPORTED_AGAIN -> "the private key of certificate " + subject + " was exported again: " + detail;
            case KEY_OF_TWO_NAMES ->
                "a certificate for " + subject + " was ordered with a key that another has: " + detail;
        };
    }
}
