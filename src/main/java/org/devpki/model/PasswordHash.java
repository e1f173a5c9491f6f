package org.devpki.model;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is kept of a password: enough to know it again, and to let brokers know it.
 *
 * @param iterations of PBKDF2, 1 or more; 1 for {@link Form#SHA512}, which has no others
 * @param salt 12 octets, or 64 as Mosquitto 2.1 makes them: it takes no other lengths
 * @param octets 64
 */
public record PasswordHash(Form form, int iterations, Bytes salt, Bytes octets) {
    /** The longest that Mosquitto 2.0 takes; it takes no shorter one either. */
    public static final int SALT_OCTETS = 12;

    /**
     * Of those that devpki makes: the least that NIST SP 800-132 section 5.2 recommends. Nobody guesses one of 2^139
     * passwords, however quick a guess is; but a broker that reckons for long at each login is down when its fleet comes
     * back after a power cut. docs/adr/0028-passwords.md has the figures.
     */
    public static final int ITERATIONS = 1000;

    private static final int LONG_SALT_OCTETS = 64;
    private static final int HASH_OCTETS = 64;

    /** Above it a broker would be busy for seconds with every login. */
    private static final int MOST_ITERATIONS = 10_000_000;

    private static final Pattern TEXT =
            Pattern.compile("\\$(?:6|7\\$([1-9][0-9]{0,8}))\\$([A-Za-z0-9+/]+=*)\\$([A-Za-z0-9+/]+=*)");

    /** How it was made. */
    public enum Form {
        /** One SHA-512 over password and salt: {@code $6$}, what Mosquitto 1 wrote. */
        SHA512,
        /** PBKDF2 with HMAC-SHA-512: {@code $7$}. */
        PBKDF2
    }

    public PasswordHash {
        if (salt.length() != SALT_OCTETS && salt.length() != LONG_SALT_OCTETS) {
            throw DevpkiException.invalid("the salt of a password hash has " + salt.length() + " octets; " + SALT_OCTETS
                    + " or " + LONG_SALT_OCTETS + " are right");
        }
        if (octets.length() != HASH_OCTETS) {
            throw DevpkiException.invalid(
                    "a password hash has " + octets.length() + " octets; " + HASH_OCTETS + " are right");
        }
        if (iterations < 1 || iterations > MOST_ITERATIONS || (form == Form.SHA512 && iterations != 1)) {
            throw DevpkiException.invalid("a password hash has " + iterations + " iterations; 1 to " + MOST_ITERATIONS
                    + " are right for PBKDF2, and 1 for SHA-512");
        }
    }

    /**
     * Reads the text that {@code mosquitto_passwd} writes behind a name: {@code $7$ITERATIONS$SALT$HASH} or
     * {@code $6$SALT$HASH}, salt and hash in base64.
     *
     * @throws DevpkiException INVALID_INPUT for any other; the sentence does not show it, for it may be a password
     */
    public static PasswordHash parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw DevpkiException.invalid(
                    "a password hash is $7$ITERATIONS$SALT$HASH or $6$SALT$HASH, and this is neither");
        }
        String iterations = parts.group(1);
        return new PasswordHash(
                iterations == null ? Form.SHA512 : Form.PBKDF2,
                iterations == null ? 1 : Integer.parseInt(iterations),
                base64(parts.group(2)),
                base64(parts.group(3)));
    }

    private static Bytes base64(String text) {
        try {
            return Bytes.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) { // its message may show a part of the text
            throw DevpkiException.invalid("a password hash has salt and hash in base64, and this has not");
        }
    }

    /** As {@link #parse} reads it. */
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return (form == Form.SHA512 ? "$6$" : "$7$" + iterations + "$") + base64.encodeToString(salt.toArray()) + "$"
                + base64.encodeToString(octets.toArray());
    }

    /** What it is, and not what it holds: whoever has it can try passwords. */
    @Override
    public String toString() {
        return "PasswordHash[" + form + ", " + iterations + " iterations]";
    }
}
