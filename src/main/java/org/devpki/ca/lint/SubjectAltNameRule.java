package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Quoted;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedTbs;

/** The alternative names are well-formed DNS names, IP addresses and URIs, and a server has at least one. */
public final class SubjectAltNameRule implements CertificateRule {
    @Override
    public String id() {
        return "subject-alt-name";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.1.6, RFC 9525 section 2";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        List<ParsedTbs.AlternativeName> names = tbs.subjectAltNames();
        List<String> complaints = new ArrayList<>();
        if (tbs.extension(Oids.SUBJECT_ALT_NAME).isPresent() && names.isEmpty()) {
            complaints.add("subjectAltName is empty; leave it out");
        }
        for (ParsedTbs.AlternativeName name : names) {
            if (name.san().isEmpty()) {
                complaints.add("subjectAltName has " + Quoted.of(name.text())
                        + ", which is no well-formed DNS name, IP address or absolute URI");
            }
        }
        if (names.isEmpty()
                && !tbs.isCa()
                && tbs.extendedKeyUsage().orElse(List.of()).contains(ExtendedKeyUsage.SERVER_AUTH.oid())) {
            complaints.add("with serverAuth there must be a subjectAltName; clients do not look at the common name");
        }
        return complaints;
    }
}
