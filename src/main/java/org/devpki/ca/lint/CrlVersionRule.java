package org.devpki.ca.lint;

import java.util.List;
import org.devpki.x509.ParsedCrl;

/** A CRL is v2, for it has extensions. */
public final class CrlVersionRule implements CrlRule {
    @Override
    public String id() {
        return "crl-version";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.1.2.1";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        return crl.version() == 2 ? List.of() : List.of("the version is v" + crl.version() + "; it must be v2");
    }
}
