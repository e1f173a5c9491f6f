package org.devpki.ca.lint;

import java.util.List;
import org.devpki.model.Finding;
import org.devpki.model.KeySpec;
import org.devpki.x509.Keys;

/** RSA on a chip without hardware for it is slow and takes memory. */
public final class TargetSoftwareRsaRule implements CertificateRule {
    @Override
    public String id() {
        return "target-software-rsa";
    }

    @Override
    public String clause() {
        return "docs/chips.md";
    }

    @Override
    public Finding.Severity severity() {
        return Finding.Severity.WARNING;
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject
                .target()
                .filter(chip -> chip.rsaBits() == 0)
                .flatMap(chip -> Keys.spec(subject.tbs().publicKey())
                        .filter(spec -> spec instanceof KeySpec.Rsa)
                        .map(spec -> chip.title() + " has no hardware for RSA: a handshake with " + spec.text()
                                + " takes seconds and tens of kilobytes of RAM; use P-256"))
                .stream()
                .toList();
    }
}
