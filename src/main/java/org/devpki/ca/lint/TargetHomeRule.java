package org.devpki.ca.lint;

import java.util.List;
import org.devpki.model.Profile;
import org.devpki.x509.Keys;

/** The chip can keep the key where it is to be kept. */
public final class TargetHomeRule implements CertificateRule {
    @Override
    public String id() {
        return "target-home";
    }

    @Override
    public String clause() {
        return "docs/chips.md";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.target().stream()
                .flatMap(chip -> subject.home().or(() -> subject.profile().map(Profile::keyHome)).stream()
                        .flatMap(home -> Keys.spec(subject.tbs().publicKey()).stream()
                                .flatMap(key -> home.fault(chip, key).stream())))
                .toList();
    }
}
