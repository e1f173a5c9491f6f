package org.devpki.ca.lint;

import java.util.List;
import java.util.stream.Collectors;
import org.devpki.model.Bytes;
import org.devpki.x509.Names;

/** The subject's text fits the buffer that mbedTLS has for it. */
public final class NameLengthRule implements CertificateRule {
    private static final int MOST_OCTETS = 256;

    @Override
    public String id() {
        return "name-length";
    }

    @Override
    public String clause() {
        return "mbedTLS x509.h, MBEDTLS_X509_MAX_DN_NAME_SIZE";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        // as mbedtls_x509_dn_gets writes it: CN=a, O=b
        String text = Names.attributes(subject.tbs().subject()).stream()
                .map(attribute -> NameAttributesRule.label(attribute) + "=" + attribute.value())
                .collect(Collectors.joining(", "));
        int octets = Bytes.utf8(text).length();
        return octets > MOST_OCTETS
                ? List.of("the subject has " + octets + " octets as text; mbedTLS reads at most " + MOST_OCTETS)
                : List.of();
    }
}
