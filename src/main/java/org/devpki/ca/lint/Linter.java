package org.devpki.ca.lint;

import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Stream;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;
import org.devpki.x509.ParsedCrl;

/** All the rules of the service lists, in the order of the lists. */
public final class Linter {
    private final List<CertificateRule> certificateRules;
    private final List<CrlRule> crlRules;

    public Linter() {
        certificateRules = load(CertificateRule.class);
        crlRules = load(CrlRule.class);
    }

    public List<Finding> certificate(LintSubject subject) {
        return certificateRules.stream()
                .flatMap(rule -> findings(rule, subject, rule::complaints))
                .toList();
    }

    public List<Finding> crl(ParsedCrl crl) {
        return crlRules.stream()
                .flatMap(rule -> findings(rule, crl, rule::complaints))
                .toList();
    }

    /** The rules' own account of themselves, for documentation and {@code lint --rules}. */
    public List<LintRule> rules() {
        return Stream.<LintRule>concat(certificateRules.stream(), crlRules.stream())
                .toList();
    }

    /** A value that a rule cannot even read is that rule's complaint. */
    private static <T> Stream<Finding> findings(LintRule rule, T subject, Function<T, List<String>> complaints) {
        List<String> sentences;
        try {
            sentences = complaints.apply(subject);
        } catch (DevpkiException e) {
            sentences = List.of(e.sentence());
        }
        return sentences.stream().map(sentence -> new Finding(rule.id(), rule.severity(), sentence, rule.clause()));
    }

    private static <T> List<T> load(Class<T> type) {
        return ServiceLoader.load(type, Linter.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
