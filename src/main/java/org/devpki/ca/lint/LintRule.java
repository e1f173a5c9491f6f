package org.devpki.ca.lint;

import org.devpki.model.Finding;

/** What every rule says of itself. */
public interface LintRule {
    /** Lower-case words with hyphens, such as {@code serial-number}; also the name of its folder of vectors. */
    String id();

    /** Where the rule comes from, such as {@code RFC 5280 section 4.1.2.2}. */
    String clause();

    /** How bad a complaint is; errors are not signed. */
    default Finding.Severity severity() {
        return Finding.Severity.ERROR;
    }
}
