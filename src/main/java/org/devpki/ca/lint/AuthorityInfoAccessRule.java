package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.devpki.model.Quoted;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/** The issuer's certificate and OCSP responder are given by web addresses. */
public final class AuthorityInfoAccessRule implements CertificateRule {
    /** id-ad-ocsp, RFC 5280 section 4.2.2.1. */
    static final String OCSP = Oids.OCSP_ACCESS;
    /** id-ad-caIssuers, RFC 5280 section 4.2.2.1. */
    static final String CA_ISSUERS = "1.3.6.1.5.5.7.48.2";

    private static final Set<String> SCHEMES = Set.of("http", "https");

    @Override
    public String id() {
        return "authority-info-access";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.2.1";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        List<String> complaints = new ArrayList<>();
        if (tbs.extension(Oids.AUTHORITY_INFO_ACCESS)
                .filter(ParsedExtension::isCritical)
                .isPresent()) {
            complaints.add("authorityInfoAccess is critical; it must not be");
        }
        check("OCSP", tbs.accessUris(OCSP), complaints);
        check("caIssuers", tbs.accessUris(CA_ISSUERS), complaints);
        return complaints;
    }

    private static void check(String method, List<String> uris, List<String> complaints) {
        for (String uri : uris) {
            if (!CrlDistributionPointsRule.isUrl(uri, SCHEMES)) {
                complaints.add("authorityInfoAccess has for " + method + " " + Quoted.of(uri)
                        + ", which is not an http or https URL");
            }
        }
    }
}
