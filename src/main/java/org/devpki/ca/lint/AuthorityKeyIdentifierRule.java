package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/** The issuer's key is named by its subjectKeyIdentifier; only a self-issued certificate may do without. */
public final class AuthorityKeyIdentifierRule implements CertificateRule {
    @Override
    public String id() {
        return "authority-key-identifier";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.1.1";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        Optional<ParsedExtension> extension = tbs.extension(Oids.AUTHORITY_KEY_IDENTIFIER);
        if (extension.isEmpty()) {
            return tbs.isSelfIssued()
                    ? List.of()
                    : List.of("there is no authorityKeyIdentifier; only a self-issued certificate may lack it");
        }
        List<String> complaints = new ArrayList<>();
        if (extension.get().isCritical()) {
            complaints.add("authorityKeyIdentifier is critical; it must not be");
        }
        Optional<Bytes> keyId = tbs.authorityKeyId();
        Optional<Bytes> issuersKeyId = subject.issuer().flatMap(ParsedTbs::subjectKeyId);
        if (keyId.isEmpty()) {
            complaints.add("authorityKeyIdentifier has no keyIdentifier");
        } else if (issuersKeyId.isPresent() && !issuersKeyId.equals(keyId)) {
            complaints.add("authorityKeyIdentifier " + keyId.get() + " is not the issuer's subjectKeyIdentifier, "
                    + issuersKeyId.get());
        }
        return complaints;
    }
}
