package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

/** An OCSP responder is trusted without asking for its own status, and nobody else is. */
public final class OcspNoCheckRule implements CertificateRule {
    private static final Bytes NULL = Bytes.fromHex("0500");

    @Override
    public String id() {
        return "ocsp-no-check";
    }

    @Override
    public String clause() {
        return "RFC 6960 section 4.2.2.2.1";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        boolean isResponder =
                subject.tbs().extendedKeyUsage().orElse(List.of()).contains(ExtendedKeyUsage.OCSP_SIGNING.oid());
        Optional<ParsedExtension> noCheck = subject.tbs().extension(Oids.OCSP_NO_CHECK);
        if (noCheck.isEmpty()) {
            return isResponder
                    ? List.of("there is no id-pkix-ocsp-nocheck; with OCSPSigning it must be there")
                    : List.of();
        }
        List<String> complaints = new ArrayList<>();
        if (!isResponder) {
            complaints.add("there is id-pkix-ocsp-nocheck; without OCSPSigning it must not be there");
        }
        if (noCheck.get().isCritical()) {
            complaints.add("id-pkix-ocsp-nocheck is critical; it should not be");
        }
        if (!noCheck.get().value().equals(NULL)) {
            complaints.add("id-pkix-ocsp-nocheck has the value " + noCheck.get().value() + "; it must be NULL, 0500");
        }
        return complaints;
    }
}
