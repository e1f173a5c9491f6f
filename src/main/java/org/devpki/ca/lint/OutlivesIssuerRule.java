package org.devpki.ca.lint;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.x509.ParsedTbs;

/** A certificate lives within the life of its issuer. */
public final class OutlivesIssuerRule implements CertificateRule {
    @Override
    public String id() {
        return "outlives-issuer";
    }

    @Override
    public String clause() {
        return "docs/laws.md law 5, RFC 5280 section 6.1.3";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        List<String> complaints = new ArrayList<>();
        Optional<ParsedTbs> issuer = subject.issuer();
        if (issuer.isPresent()) {
            Instant from = subject.tbs().notBefore().at();
            Instant until = subject.tbs().notAfter().at();
            Instant issuersStart = issuer.get().notBefore().at();
            Instant issuersEnd = issuer.get().notAfter().at();
            if (from.isBefore(issuersStart)) {
                complaints.add("notBefore " + from + " is before the issuer's own, " + issuersStart);
            }
            if (until.isAfter(issuersEnd)) {
                complaints.add("notAfter " + until + " is after the issuer's own, " + issuersEnd);
            }
        }
        return complaints;
    }
}
