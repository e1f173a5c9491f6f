package org.devpki.ca.lint;

import java.util.List;

/** A rule for certificates. */
public interface CertificateRule extends LintRule {
    /** One sentence a fault, with the value and what would be right; empty when all is well or the rule does not apply. */
    List<String> complaints(LintSubject subject);
}
