package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/** A CA's key has an identifier for others to refer to. */
public final class SubjectKeyIdentifierRule implements CertificateRule {
    @Override
    public String id() {
        return "subject-key-identifier";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.1.2";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        Optional<ParsedExtension> extension = tbs.extension(Oids.SUBJECT_KEY_IDENTIFIER);
        if (extension.isEmpty()) {
            return tbs.isCa() ? List.of("there is no subjectKeyIdentifier; a CA must have one") : List.of();
        }
        List<String> complaints = new ArrayList<>();
        if (extension.get().isCritical()) {
            complaints.add("subjectKeyIdentifier is critical; it must not be");
        }
        if (tbs.subjectKeyId().filter(id -> id.length() == 0).isPresent()) {
            complaints.add("subjectKeyIdentifier is empty");
        }
        return complaints;
    }
}
