package org.devpki.ca.lint;

import java.util.List;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

/** Certificate policies are not critical, for mbedTLS knows none and then refuses the certificate. */
public final class CertificatePoliciesRule implements CertificateRule {
    @Override
    public String id() {
        return "certificate-policies";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.1.4, mbedTLS x509_crt.c x509_get_certificate_policies";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.tbs()
                        .extension(Oids.CERTIFICATE_POLICIES)
                        .filter(ParsedExtension::isCritical)
                        .isPresent()
                ? List.of("certificatePolicies is critical; mbedTLS refuses that")
                : List.of();
    }
}
