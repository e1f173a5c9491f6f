package org.devpki.ca.lint;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

/** No extension is there twice. */
public final class ExtensionUniqueRule implements CertificateRule {
    @Override
    public String id() {
        return "extension-unique";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return repeated(subject.tbs().extensions());
    }

    /** One sentence for each extension that repeats an earlier one, of certificates and CRLs alike. */
    static List<String> repeated(List<ParsedExtension> extensions) {
        Set<String> seen = new HashSet<>();
        return extensions.stream()
                .map(ParsedExtension::oid)
                .filter(oid -> !seen.add(oid))
                .map(oid -> "extension " + Oids.name(oid) + " is there more than once")
                .toList();
    }
}
