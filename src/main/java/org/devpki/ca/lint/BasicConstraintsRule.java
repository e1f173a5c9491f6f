package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.model.KeyUsage;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/** The basic constraints of a CA are critical, and only a CA limits the path below it. */
public final class BasicConstraintsRule implements CertificateRule {
    @Override
    public String id() {
        return "basic-constraints";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.1.9";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        List<String> complaints = new ArrayList<>();
        if (tbs.isCa()
                && !tbs.extension(Oids.BASIC_CONSTRAINTS)
                        .map(ParsedExtension::isCritical)
                        .orElse(false)) {
            complaints.add("basicConstraints is not critical; in a CA it must be");
        }
        Optional<Integer> pathLength = tbs.basicConstraints()
                .map(ParsedTbs.BasicConstraints::pathLength)
                .filter(OptionalInt::isPresent)
                .map(OptionalInt::getAsInt);
        if (pathLength.isPresent()) {
            String is = "basicConstraints has pathLenConstraint " + pathLength.get();
            if (!tbs.isCa()) {
                complaints.add(is + ", but this is not a CA");
            } else if (!tbs.keyUsage().orElse(Set.of()).contains(KeyUsage.KEY_CERT_SIGN)) {
                complaints.add(is + ", but keyUsage lacks keyCertSign");
            } else if (pathLength.get() < 0) {
                complaints.add(is + "; it must be 0 or more");
            }
        }
        return complaints;
    }
}
