package org.devpki.model;

import java.util.Locale;

/** What becomes of an order for a name that has a live certificate of the same CA. */
public enum DuplicatePolicy {
    /** The new order is a conflict. */
    REFUSE,
    /** The old certificate is revoked as superseded in the same transaction. */
    REPLACE,
    /** Both live. */
    ALLOW;

    public static DuplicatePolicy parse(String text) {
        return switch (text) {
            case "refuse" -> REFUSE;
            case "replace" -> REPLACE;
            case "allow" -> ALLOW;
            default ->
                throw DevpkiException.invalid(
                        "duplicate-name policy " + Quoted.of(text) + " is not one of refuse, replace, allow");
        };
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
