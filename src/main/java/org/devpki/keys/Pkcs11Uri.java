package org.devpki.keys;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/**
 * Which key in which token, as {@code pkcs11:token=acme;object=root-ca} says (RFC 7512). What is absent is not looked at.
 *
 * @param module the library that talks to the token, where the URI names one
 * @param pinSource a file with the PIN, where the URI names one
 */
record Pkcs11Uri(
        Optional<String> token,
        Optional<String> manufacturer,
        Optional<String> model,
        Optional<String> serial,
        Optional<Long> slot,
        Optional<String> object,
        Optional<Bytes> id,
        Optional<String> module,
        Optional<Path> pinSource) {
    static final String SCHEME = "pkcs11";

    /** @throws DevpkiException INVALID_INPUT for what is no such URI, or has anything in it that is not known here */
    static Pkcs11Uri parse(String text) {
        if (!text.startsWith(SCHEME + ":")) {
            throw DevpkiException.invalid("key URI " + Quoted.of(text) + " does not begin with pkcs11:");
        }
        String rest = text.substring(SCHEME.length() + 1);
        int mark = rest.indexOf('?');
        Map<String, byte[]> path = attributes(mark < 0 ? rest : rest.substring(0, mark), ";");
        Map<String, byte[]> query = attributes(mark < 0 ? "" : rest.substring(mark + 1), "&");
        if (query.containsKey("pin-value")) {
            throw DevpkiException.invalid("a PIN has no place in a URI, which is kept in the ledger; pin-source=file:…,"
                    + " --pin-file or DEVPKI_PIN_FILE give it");
        }
        text(path, "type").filter(type -> !type.equals("private")).ifPresent(type -> {
            throw DevpkiException.invalid("a key URI of type " + Quoted.of(type) + " is not one of a private key");
        });
        Pkcs11Uri uri = new Pkcs11Uri(
                text(path, "token"),
                text(path, "manufacturer"),
                text(path, "model"),
                text(path, "serial"),
                text(path, "slot-id").map(Pkcs11Uri::number),
                text(path, "object"),
                Optional.ofNullable(path.remove("id")).map(Bytes::of),
                text(query, "module-path"),
                text(query, "pin-source").map(Pkcs11Uri::file));
        for (Map<String, byte[]> left : Arrays.asList(path, query)) {
            if (!left.isEmpty()) {
                throw DevpkiException.invalid("a key URI has no attribute "
                        + Quoted.of(left.keySet().iterator().next()) + " here; there are token, manufacturer, model,"
                        + " serial, slot-id, object, id, type, and after ? module-path, pin-source");
            }
        }
        if (uri.object.isEmpty() && uri.id.isEmpty()) {
            throw DevpkiException.invalid("key URI " + Quoted.of(text) + " names no key; object= or id= does");
        }
        if (uri.token.isEmpty() && uri.serial.isEmpty() && uri.slot.isEmpty()) {
            throw DevpkiException.invalid(
                    "key URI " + Quoted.of(text) + " names no token; token=, serial= or slot-id= does");
        }
        return uri;
    }

    private static Map<String, byte[]> attributes(String text, String separator) {
        Map<String, byte[]> found = new LinkedHashMap<>();
        if (text.isEmpty()) {
            return found;
        }
        for (String each : text.split(separator, -1)) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw DevpkiException.invalid("a key URI is attributes with = in them, separated by " + separator
                        + ", such as pkcs11:token=acme;object=root-ca");
            }
            String name = each.substring(0, equals);
            if (found.put(name, decoded(name, each.substring(equals + 1))) != null) {
                throw DevpkiException.invalid("a key URI has attribute " + Quoted.of(name) + " twice");
            }
        }
        return found;
    }

    /** RFC 3986 section 2.1; the value is not said in a message, for it may be a PIN. */
    private static byte[] decoded(String name, String value) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c == '%') {
                int high = at + 2 < value.length() ? Character.digit(value.charAt(at + 1), 16) : -1;
                int low = at + 2 < value.length() ? Character.digit(value.charAt(at + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw DevpkiException.invalid(
                            "attribute " + Quoted.of(name) + " of a key URI has a % without two hexadecimal digits");
                }
                octets.write(16 * high + low);
                at += 2;
            } else if (c > ' ' && c < 0x7f) {
                octets.write(c);
            } else {
                throw DevpkiException.invalid("attribute " + Quoted.of(name)
                        + " of a key URI has a character that must be written as %20 is for a blank");
            }
        }
        return octets.toByteArray();
    }

    private static Optional<String> text(Map<String, byte[]> attributes, String name) {
        return Optional.ofNullable(attributes.remove(name)).map(octets -> {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(octets))
                        .toString();
            } catch (CharacterCodingException e) {
                throw DevpkiException.invalid("attribute " + Quoted.of(name) + " of a key URI is not UTF-8")
                        .causedBy(e);
            }
        });
    }

    private static long number(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw DevpkiException.invalid("slot-id " + Quoted.of(text) + " is not a number")
                    .causedBy(e);
        }
    }

    private static Path file(String source) {
        String path = source.startsWith("file:") ? source.substring("file:".length()) : source;
        if (!path.startsWith("/")) {
            throw DevpkiException.invalid("pin-source of a key URI names no file, such as file:/etc/acme.pin");
        }
        return Path.of(path.replaceFirst("^//(?=/)", ""));
    }

    boolean fits(Cryptoki.Token found) {
        return token.map(found.label()::equals).orElse(true)
                && manufacturer.map(found.manufacturer()::equals).orElse(true)
                && model.map(found.model()::equals).orElse(true)
                && serial.map(found.serial()::equals).orElse(true)
                && slot.map(wanted -> wanted == found.slot()).orElse(true);
    }

    /** The token for people. */
    String tokenText() {
        return "token "
                + token.or(() -> serial.map(number -> "with serial " + number))
                        .orElseGet(() ->
                                "in slot " + slot.map(Long::toUnsignedString).orElse(""));
    }

    /** The key for people. */
    String keyText() {
        return "key " + object.orElseGet(() -> "with id " + id.map(Bytes::hex).orElse(""));
    }
}
