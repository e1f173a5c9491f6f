package org.devpki.ca.lint;

import java.util.List;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCrl;

/** A CRL says whose it is. */
public final class CrlIssuerRule implements CrlRule {
    @Override
    public String id() {
        return "crl-issuer";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.1.2.3";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        return Names.attributes(crl.issuer()).isEmpty()
                ? List.of("the issuer is empty; it must be the subject of the CA")
                : List.of();
    }
}
