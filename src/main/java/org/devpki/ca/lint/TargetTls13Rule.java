package org.devpki.ca.lint;

import java.util.List;
import org.devpki.model.Finding;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.Profile;
import org.devpki.x509.Keys;

/** An RSA key in the Digital Signature peripheral cannot sign for TLS 1.3 before ESP-IDF 6.0. */
public final class TargetTls13Rule implements CertificateRule {
    @Override
    public String id() {
        return "target-tls13";
    }

    @Override
    public String clause() {
        return "docs/formats/ds-peripheral.md; RFC 8446 section 4.2.3 wants RSASSA-PSS";
    }

    @Override
    public Finding.Severity severity() {
        return Finding.Severity.WARNING;
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        boolean isInPeripheral = subject.target().isPresent()
                && subject.home()
                        .or(() -> subject.profile().map(Profile::keyHome))
                        .filter(home -> home instanceof KeyHome.DigitalSignature)
                        .isPresent()
                && Keys.spec(subject.tbs().publicKey())
                        .filter(spec -> spec instanceof KeySpec.Rsa)
                        .isPresent();
        return isInPeripheral
                ? List.of("an RSA key in the Digital Signature peripheral fails under TLS 1.3 with ESP-IDF before 6.0;"
                        + " turn CONFIG_MBEDTLS_SSL_PROTO_TLS1_3 off there, or let the broker speak TLS 1.2")
                : List.of();
    }
}
