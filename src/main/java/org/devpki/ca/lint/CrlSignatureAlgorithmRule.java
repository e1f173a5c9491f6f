package org.devpki.ca.lint;

import java.util.List;
import org.devpki.x509.ParsedCrl;

/** A CRL is signed with what devpki signs certificates with. */
public final class CrlSignatureAlgorithmRule implements CrlRule {
    @Override
    public String id() {
        return "crl-signature-algorithm";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 5.1.1.2 and 5.1.2.2, RFC 4055 section 5, RFC 5758 section 3.2, RFC 8410 section 3";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        return SignatureAlgorithmRule.foreign(crl.signatureOid()).map(List::of).orElse(List.of());
    }
}
