package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedExtension;

/** A CRL names the key that signed it. */
public final class CrlAuthorityKeyIdentifierRule implements CrlRule {
    @Override
    public String id() {
        return "crl-authority-key-identifier";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.2.1";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        Optional<ParsedExtension> extension = crl.extensions().stream()
                .filter(e -> e.oid().equals(Oids.AUTHORITY_KEY_IDENTIFIER))
                .findFirst();
        if (extension.isEmpty()) {
            return List.of("there is no authorityKeyIdentifier; it must be there");
        }
        List<String> complaints = new ArrayList<>();
        if (extension.get().isCritical()) {
            complaints.add("authorityKeyIdentifier is critical; it must not be");
        }
        if (crl.authorityKeyId().isEmpty()) {
            complaints.add("authorityKeyIdentifier has no keyIdentifier");
        }
        return complaints;
    }
}
