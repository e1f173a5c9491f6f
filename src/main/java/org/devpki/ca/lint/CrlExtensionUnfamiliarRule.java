package org.devpki.ca.lint;

import java.util.List;
import org.devpki.model.Finding;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedExtension;

/** An extension of a CRL that devpki does not know is worth a look, even where brokers may pass over it. */
public final class CrlExtensionUnfamiliarRule implements CrlRule {
    @Override
    public String id() {
        return "crl-extension-unfamiliar";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.2";
    }

    @Override
    public Finding.Severity severity() {
        return Finding.Severity.WARNING;
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        return CrlExtensionKnownRule.unknown(crl)
                .filter(extension -> !extension.isCritical())
                .map(ParsedExtension::oid)
                .map(oid -> "extension " + Oids.name(oid) + " is not known in CRLs; nothing of it is checked")
                .toList();
    }
}
