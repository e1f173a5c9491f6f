package org.devpki.ca.lint;

import java.util.List;
import java.util.stream.Stream;
import org.devpki.model.Budget;
import org.devpki.model.CertificateDer;
import org.devpki.model.Finding;
import org.devpki.x509.Keys;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.Seals;

/** The chain fits into one TLS message, as large as ESP-IDF lets it be. */
public final class TargetMessageRule implements CertificateRule {
    @Override
    public String id() {
        return "target-message";
    }

    @Override
    public String clause() {
        return "RFC 8446 section 4.4.2; ESP-IDF CONFIG_MBEDTLS_SSL_OUT_CONTENT_LEN";
    }

    @Override
    public Finding.Severity severity() {
        return Finding.Severity.WARNING;
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        if (subject.target().isEmpty() || subject.tbs().isSelfIssued()) {
            return List.of();
        }
        return subject.issuer().flatMap(ca -> Keys.spec(ca.publicKey())).stream()
                .map(signer -> new CertificateDer(Seals.unsigned(subject.tbs().octets(), signer)))
                .map(leaf -> Budget.of(
                        Stream.concat(Stream.of(leaf), intermediates(subject)).toList()))
                .filter(budget -> budget.tls13Octets() > Budget.MESSAGE_OCTETS)
                .map(budget -> "the TLS Certificate message has up to " + budget.tls13Octets()
                        + " octets, and ESP-IDF sends at most " + Budget.MESSAGE_OCTETS
                        + " in one unless CONFIG_MBEDTLS_SSL_OUT_CONTENT_LEN says more")
                .toList();
    }

    /** What a device sends behind its own certificate. */
    static Stream<CertificateDer> intermediates(LintSubject subject) {
        return subject.issuers().stream().filter(ca -> !ca.tbs().isSelfIssued()).map(ParsedCertificate::der);
    }
}
