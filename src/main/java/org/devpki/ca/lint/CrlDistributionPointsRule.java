package org.devpki.ca.lint;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.devpki.model.Quoted;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/** Each CRL distribution point says by URL where the issuer's whole CRL, or the shard, is. */
public final class CrlDistributionPointsRule implements CertificateRule {
    private static final Set<String> SCHEMES = Set.of("http", "https", "ldap");

    @Override
    public String id() {
        return "crl-distribution-points";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.1.13";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        List<String> complaints = new ArrayList<>();
        if (tbs.extension(Oids.CRL_DISTRIBUTION_POINTS)
                .filter(ParsedExtension::isCritical)
                .isPresent()) {
            complaints.add("cRLDistributionPoints is critical; it should not be");
        }
        tbs.crlDistributionPoints().forEach(point -> check(point, complaints));
        return complaints;
    }

    /** Whether it is a URL of one of these schemes that names a host. */
    static boolean isUrl(String text, Set<String> schemes) {
        try {
            URI uri = URI.create(text);
            return uri.getScheme() != null && schemes.contains(uri.getScheme()) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void check(ParsedTbs.DistributionPoint point, List<String> complaints) {
        if (point.uris().isEmpty()) {
            complaints.add("a CRL distribution point has no URL");
        }
        for (String uri : point.uris()) {
            if (!isUrl(uri, SCHEMES)) {
                complaints.add("CRL distribution point " + Quoted.of(uri) + " is not an http, https or ldap URL");
            }
        }
        if (point.hasReasons()) {
            complaints.add("a CRL distribution point is for some reasons only; devpki's CRLs are for all");
        }
        if (point.hasCrlIssuer()) {
            complaints.add("a CRL distribution point names another CRL issuer; the CA signs its own CRLs");
        }
    }
}
