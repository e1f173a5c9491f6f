package org.devpki.model;

import java.util.Locale;

/**
 * Something about a certificate that a cloud does not take, or may not.
 *
 * @param rule its name, such as {@code common-name}
 * @param fix what helps
 * @param source where it is written
 */
public record CloudFinding(Cloud cloud, String rule, Severity severity, String sentence, String fix, String source) {
    /** How sure it is. */
    public enum Severity {
        /** The cloud refuses it. */
        LACKS,
        /** It works in part, or nobody says that it works. */
        WARNING;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean isLack() {
        return severity == Severity.LACKS;
    }
}
