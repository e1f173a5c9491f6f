package org.devpki.ca.lint;

import java.util.List;
import org.devpki.model.Finding;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

/** An extension that devpki does not know is worth a look, even where clients may pass over it. */
public final class ExtensionUnfamiliarRule implements CertificateRule {
    @Override
    public String id() {
        return "extension-unfamiliar";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2";
    }

    @Override
    public Finding.Severity severity() {
        return Finding.Severity.WARNING;
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return ExtensionKnownRule.unknown(subject)
                .filter(extension -> !extension.isCritical())
                .map(ParsedExtension::oid)
                .map(oid -> "extension " + Oids.name(oid) + " is not known in certificates; nothing of it is checked")
                .toList();
    }
}
