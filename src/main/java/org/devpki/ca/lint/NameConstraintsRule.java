package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.x509.NameBounds;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

/** Name constraints stand in CAs alone, are critical, and constrain something. */
public final class NameConstraintsRule implements CertificateRule {
    private static final Bytes EMPTY_SEQUENCE = Bytes.fromHex("3000");

    @Override
    public String id() {
        return "name-constraints";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.1.10";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        Optional<ParsedExtension> extension = subject.tbs().extension(Oids.NAME_CONSTRAINTS);
        if (extension.isEmpty()) {
            return List.of();
        }
        List<String> complaints = new ArrayList<>();
        if (!subject.tbs().isCa()) {
            complaints.add("there are nameConstraints, but this is not a CA");
        }
        if (!extension.get().isCritical()) {
            complaints.add("nameConstraints is not critical; it must be");
        }
        if (extension.get().value().equals(EMPTY_SEQUENCE)) {
            complaints.add("nameConstraints is empty; it must permit or exclude something");
        } else if (NameBounds.hasEmptyList(extension.get())) {
            complaints.add("nameConstraints has a list without a subtree; such a list is left out");
        }
        return complaints;
    }
}
