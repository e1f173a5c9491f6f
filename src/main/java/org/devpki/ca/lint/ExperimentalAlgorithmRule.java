package org.devpki.ca.lint;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.model.Finding;
import org.devpki.model.KeySpec;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Keys;

/** Neither the key nor what signs it is of a kind that few can read yet. */
public final class ExperimentalAlgorithmRule implements CertificateRule {
    @Override
    public String id() {
        return "experimental-algorithm";
    }

    @Override
    public String clause() {
        return "docs/algorithms.md";
    }

    @Override
    public Finding.Severity severity() {
        return Finding.Severity.WARNING;
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        Stream<String> own =
                Keys.spec(subject.tbs().publicKey()).filter(KeySpec::isExperimental).map(KeySpec::text).stream();
        Stream<String> signed = SignatureAlgorithm.ofOid(subject.tbs().signatureOid())
                .filter(SignatureAlgorithm::isExperimental)
                .map(SignatureAlgorithm::text)
                .stream();
        return Stream.concat(own, signed)
                .distinct()
                .map(ExperimentalAlgorithmRule::sentence)
                .toList();
    }

    /** What is said of a key too, before it has a certificate. */
    public static Optional<String> complaint(KeySpec key) {
        return Optional.of(key).filter(KeySpec::isExperimental).map(spec -> sentence(spec.text()));
    }

    private static String sentence(String algorithm) {
        return algorithm + " is experimental: OpenSSL reads it from 3.5 on, and mbedTLS, so ESP-IDF, not at all";
    }
}
