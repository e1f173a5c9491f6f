package org.devpki.model;

import java.util.Locale;

/**
 * Something that lint or {@code doctor} has to say.
 *
 * @param rule the rule's or check's name
 * @param clause the source of the rule, such as {@code RFC 5280 section 4.1.2.2}; empty where it is our own
 */
public record Finding(String rule, Severity severity, String sentence, String clause) {
    /** How bad it is. */
    public enum Severity {
        /** It must not be. */
        ERROR,
        /** It will bite somebody. */
        WARNING;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it is about a chip, and no other device. */
    public boolean isOfTarget() {
        return rule.startsWith("target-");
    }

    /** The sentence with its rule and source. */
    public String text() {
        return sentence + " (" + rule + ", " + clause + ")";
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }
}
