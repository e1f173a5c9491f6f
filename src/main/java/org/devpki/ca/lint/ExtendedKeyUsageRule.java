package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.x509.ParsedTbs;

/** The purposes are named, each once, and signing OCSP answers goes with no other. */
public final class ExtendedKeyUsageRule implements CertificateRule {
    /** RFC 5280 section 4.2.1.12. */
    private static final String ANY = "2.5.29.37.0";

    @Override
    public String id() {
        return "extended-key-usage";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2.1.12, RFC 6960 section 4.2.2.2";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        Optional<List<String>> extension = tbs.extendedKeyUsage();
        if (extension.isEmpty()) {
            return List.of();
        }
        List<String> complaints = new ArrayList<>();
        List<String> purposes = extension.get();
        int distinct = new HashSet<>(purposes).size();
        if (purposes.isEmpty()) {
            complaints.add("extKeyUsage is empty; it must name a purpose");
        }
        if (distinct < purposes.size()) {
            complaints.add("extKeyUsage names a purpose twice");
        }
        if (purposes.contains(ANY)) {
            complaints.add("extKeyUsage has anyExtendedKeyUsage; name the purposes");
        }
        if (purposes.contains(ExtendedKeyUsage.OCSP_SIGNING.oid())) {
            if (tbs.isCa()) {
                complaints.add("extKeyUsage has OCSPSigning, but this is a CA; a responder has a key of its own");
            }
            if (distinct > 1) {
                complaints.add("extKeyUsage has OCSPSigning and other purposes; a responder has no other");
            }
        }
        return complaints;
    }

    /** For messages: the RFC's name, or the dotted OID. */
    static String text(String oid) {
        return Arrays.stream(ExtendedKeyUsage.values())
                .filter(purpose -> purpose.oid().equals(oid))
                .findFirst()
                .map(ExtendedKeyUsage::text)
                .orElse(oid);
    }
}
