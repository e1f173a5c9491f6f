package org.devpki.ca.lint;

import java.util.List;

/** The unique identifiers of issuer and subject are not used. */
public final class UniqueIdsRule implements CertificateRule {
    @Override
    public String id() {
        return "unique-ids";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.1.2.8";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.tbs().hasUniqueIds()
                ? List.of("there is an issuerUniqueID or subjectUniqueID; both must be left out")
                : List.of();
    }
}
