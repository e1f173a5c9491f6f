package org.devpki.model;

/** Foreign text made safe for a message: in quotes, control and non-ASCII characters escaped, cut when long. */
public final class Quoted {
    private static final int MOST = 80;

    private Quoted() {}

    public static String of(String text) {
        StringBuilder safe = new StringBuilder("\"");
        for (int i = 0; i < text.length() && i < MOST; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                safe.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                safe.append(c);
            } else {
                safe.append(String.format("\\u%04x", (int) c));
            }
        }
        return safe.append(text.length() > MOST ? "…\"" : "\"").toString();
    }
}
