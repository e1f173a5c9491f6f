package org.devpki.ca.lint;

import java.util.List;
import org.devpki.model.Quoted;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;

/** The issuer is named, in the very octets of its own subject: NSS and wolfSSL compare octets. */
public final class IssuerNameRule implements CertificateRule {
    @Override
    public String id() {
        return "issuer-name";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 4.1.2.4 and 7.1";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        if (Names.attributes(tbs.issuer()).isEmpty()) {
            return List.of("the issuer is empty; it must be the subject of the CA");
        }
        return subject.issuer()
                .map(ParsedTbs::subject)
                .filter(name -> !name.equals(tbs.issuer()))
                .map(name -> List.of("the issuer " + Quoted.of(Names.text(tbs.issuer()))
                        + " is not octet for octet the subject of the CA, " + Quoted.of(Names.text(name))))
                .orElse(List.of());
    }
}
