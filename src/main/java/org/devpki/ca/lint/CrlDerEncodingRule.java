package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedExtension;

/** A CRL is in the one form that DER allows, and no default value is written out. */
public final class CrlDerEncodingRule implements CrlRule {
    @Override
    public String id() {
        return "crl-der-encoding";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.1.1.3, X.690 sections 10 and 11";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        List<String> complaints = new ArrayList<>();
        if (!crl.isCanonicalDer()) {
            complaints.add("the CRL is not in canonical DER");
        }
        for (ParsedExtension extension : crl.extensions()) {
            complaints.addAll(DerEncodingRule.complaints(extension));
        }
        return complaints;
    }
}
