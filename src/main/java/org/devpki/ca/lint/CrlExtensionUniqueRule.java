package org.devpki.ca.lint;

import java.util.List;
import org.devpki.x509.ParsedCrl;

/** No extension of a CRL is there twice. */
public final class CrlExtensionUniqueRule implements CrlRule {
    @Override
    public String id() {
        return "crl-extension-unique";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 5.2 and 4.2";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        return ExtensionUniqueRule.repeated(crl.extensions());
    }
}
