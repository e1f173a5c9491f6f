package org.devpki.ca.lint;

import java.util.List;
import java.util.Optional;
import org.devpki.x509.Names;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

/** The holder is named: by a subject, or else by a critical subjectAltName; a CA always by a subject. */
public final class SubjectNameRule implements CertificateRule {
    @Override
    public String id() {
        return "subject-name";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.1.2.6";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        if (!Names.attributes(subject.tbs().subject()).isEmpty()) {
            return List.of();
        }
        if (subject.tbs().isCa()) {
            return List.of("the subject is empty; a CA must have one");
        }
        Optional<ParsedExtension> names = subject.tbs().extension(Oids.SUBJECT_ALT_NAME);
        if (names.isEmpty()) {
            return List.of("the subject is empty and there is no subjectAltName; one of them must name the holder");
        }
        return names.get().isCritical()
                ? List.of()
                : List.of("the subject is empty and subjectAltName is not critical; then it must be");
    }
}
