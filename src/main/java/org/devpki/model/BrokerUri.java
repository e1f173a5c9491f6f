package org.devpki.model;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a device finds its broker, as ESP-IDF's MQTT client reads it.
 *
 * @param text a scheme of {@code mqtts, wss, mqtt, ws}, a host, perhaps port and path; of characters that neither C, a shell
 *     nor Kconfig trips over
 */
public record BrokerUri(String text) {
    private static final Pattern FORM = Pattern.compile(
            "(?i)(mqtts|wss|mqtt|ws)://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._/-]*)?");

    /** What begins so sends passwords in clear, wherever it stands. */
    private static final Pattern IN_CLEAR = Pattern.compile("(?i)(mqtt|ws)://(.*)", Pattern.DOTALL);

    public BrokerUri {
        if (!FORM.matcher(text).matches()) {
            throw DevpkiException.invalid("broker URI " + Quoted.of(text)
                    + " is not like mqtts://mqtt.acme.example:8883; a user name and a password never stand in it");
        }
    }

    /** A warning if it is without TLS. */
    public Optional<String> warning() {
        return warning(text);
    }

    /** A warning if a text, such as a value for a device's NVS, is a URI without TLS; of the text it shows the scheme alone. */
    public static Optional<String> warning(String text) {
        Matcher plain = IN_CLEAR.matcher(text.strip());
        if (!plain.matches()) {
            return Optional.empty();
        }
        String scheme = plain.group(1).toLowerCase(Locale.ROOT);
        return Optional.of(
                "WARNING: a broker's URI begins with " + scheme + "://, which is without TLS: whoever listens"
                        + " reads the password and everything else, and nothing proves who the broker is; " + scheme
                        + "s:// is right");
    }
}
