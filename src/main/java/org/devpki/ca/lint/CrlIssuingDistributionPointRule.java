package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCrl;

/** A CRL that says what it covers says so critically, and covers certificates of its own CA for all reasons. */
public final class CrlIssuingDistributionPointRule implements CrlRule {
    @Override
    public String id() {
        return "crl-issuing-distribution-point";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.2.5";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        Optional<ParsedCrl.IssuingDistributionPoint> point = crl.idp();
        if (point.isEmpty()) {
            return List.of();
        }
        List<String> complaints = new ArrayList<>();
        if (crl.extensions().stream()
                .anyMatch(e -> e.oid().equals(Oids.ISSUING_DISTRIBUTION_POINT) && !e.isCritical())) {
            complaints.add("issuingDistributionPoint is not critical; it must be");
        }
        check(point.get(), complaints);
        return complaints;
    }

    private static void check(ParsedCrl.IssuingDistributionPoint point, List<String> complaints) {
        if (point.onlyAttributeCerts()) {
            complaints.add("issuingDistributionPoint is for attribute certificates only; devpki issues none");
        }
        if (point.isIndirect()) {
            complaints.add("issuingDistributionPoint is for an indirect CRL; a CA signs its own CRLs only");
        }
        if (point.hasReasons()) {
            complaints.add("issuingDistributionPoint is for some reasons only; devpki's CRLs are for all");
        }
        if (point.onlyUserCerts() && point.onlyCaCerts()) {
            complaints.add("issuingDistributionPoint is for user and for CA certificates only; at most one may be");
        }
        boolean isEmpty = point.name().isEmpty()
                && !point.onlyUserCerts()
                && !point.onlyCaCerts()
                && !point.onlyAttributeCerts()
                && !point.isIndirect()
                && !point.hasReasons();
        if (isEmpty) {
            complaints.add("issuingDistributionPoint is empty; it must have a name or a limit, or be left out");
        }
    }
}
