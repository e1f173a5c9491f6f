package org.devpki.ca.lint;

import java.time.Instant;
import java.util.List;

/** A certificate does not end before it begins. */
public final class ValidityRule implements CertificateRule {
    @Override
    public String id() {
        return "validity";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.1.2.5";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        Instant from = subject.tbs().notBefore().at();
        Instant until = subject.tbs().notAfter().at();
        return until.isBefore(from)
                ? List.of("notAfter " + until + " is before notBefore " + from + "; it must not be")
                : List.of();
    }
}
