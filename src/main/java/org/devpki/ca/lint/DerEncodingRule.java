package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/** Everything is in the one form that DER allows, and no default value is written out. */
public final class DerEncodingRule implements CertificateRule {
    @Override
    public String id() {
        return "der-encoding";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.1, X.690 sections 10 and 11";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        List<String> complaints = new ArrayList<>();
        if (!tbs.isCanonicalDer()) {
            complaints.add("the certificate is not in canonical DER");
        }
        for (ParsedExtension extension : tbs.extensions()) {
            complaints.addAll(complaints(extension));
        }
        if (tbs.basicConstraints()
                .filter(constraints -> constraints.isCaEncoded() && !constraints.isCa())
                .isPresent()) {
            complaints.add("basicConstraints has cA FALSE written out; leave the default out");
        }
        return complaints;
    }

    /** What is wrong with one extension, of certificates and CRLs alike. */
    static List<String> complaints(ParsedExtension extension) {
        String name = Oids.name(extension.oid());
        List<String> complaints = new ArrayList<>();
        if (!extension.isCanonicalDer()) {
            complaints.add("the value of extension " + name + " is not in canonical DER");
        }
        if (extension.isCriticalEncoded() && !extension.isCritical()) {
            complaints.add("extension " + name + " has critical FALSE written out; leave the default out");
        }
        return complaints;
    }
}
