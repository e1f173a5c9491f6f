package org.devpki.ca.lint;

import java.util.List;
import java.util.stream.Stream;
import org.devpki.x509.NameBounds;
import org.devpki.x509.Names;

/** No name is outside of what the name constraints of a CA above permit: the certificate would be good for nobody. */
public final class ConstrainedNamesRule implements CertificateRule {
    @Override
    public String id() {
        return "constrained-names";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 6.1.3 (b) and (c), OpenSSL NAME_CONSTRAINTS_check_CN";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return Stream.concat(subject.issuer().stream(), subject.higher())
                .flatMap(ca -> NameBounds.outside(subject.tbs(), ca).stream()
                        .map(name -> "the name " + name + " is not within the nameConstraints of "
                                + Names.text(ca.subject())))
                .toList();
    }
}
