package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.x509.ParsedCrl;

/** Each serial is listed once, as revoked by now, and for a reason that a full CRL may give. */
public final class CrlEntriesRule implements CrlRule {
    /** A CRL that is wrong is wrong a million times. */
    private static final int MOST_COMPLAINTS = 100;

    @Override
    public String id() {
        return "crl-entries";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 5.1.2.6, 5.3 and 5.3.1";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        List<String> complaints = new ArrayList<>();
        Set<SerialNumber> seen = new HashSet<>();
        crl.entries().each(entry -> {
            if (complaints.size() >= MOST_COMPLAINTS) {
                return;
            }
            if (!crl.entries().isAscending() && !seen.add(entry.serial())) {
                complaints.add("serial " + entry.serial() + " is listed more than once");
            }
            if (crl.baseNumber().isEmpty() && entry.reason() == RevocationReason.REMOVE_FROM_CRL) {
                complaints.add("serial " + entry.serial() + " has the reason removeFromCRL, which is for delta CRLs");
            }
            if (entry.at().isAfter(crl.thisUpdate())) {
                complaints.add("serial " + entry.serial() + " is revoked at " + entry.at() + ", after thisUpdate "
                        + crl.thisUpdate());
            }
        });
        return complaints;
    }
}
