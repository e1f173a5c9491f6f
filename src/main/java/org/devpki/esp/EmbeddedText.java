package org.devpki.esp;

import java.nio.charset.StandardCharsets;

/**
 * The symbols that ESP-IDF's build gives a file named in {@code EMBED_TXTFILES}: content and one NUL, in read-only data.
 *
 * @param fileName the base name; folders are dropped by the build
 * @see <a href="../../docs/formats/embed-txtfiles.md">layout, and the ESP-IDF commit it was checked against</a>
 */
public record EmbeddedText(String fileName) {
    /** CMake's MAKE_C_IDENTIFIER: each octet that is not a letter, digit or underscore becomes an underscore. */
    public String identifier() {
        StringBuilder identifier = new StringBuilder();
        for (byte octet : fileName.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            boolean isKept = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
            identifier.append(isKept ? c : '_');
        }
        return identifier.toString();
    }

    /** The symbol of the first octet. */
    public String start() {
        return "_binary_" + identifier() + "_start";
    }

    /** The symbol one past the last octet, which is the NUL. */
    public String end() {
        return "_binary_" + identifier() + "_end";
    }

    /** The C name with the file's own address; it must not begin with a digit. */
    public String global() {
        String identifier = identifier();
        return Character.isDigit(identifier.charAt(0)) ? "_" + identifier : identifier;
    }

    /** The symbol of a uint32 that counts the octets without the NUL. */
    public String length() {
        return global() + "_length";
    }
}
