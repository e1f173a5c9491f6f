package org.devpki.ca.lint;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.model.Chip;
import org.devpki.model.Finding;
import org.devpki.model.KeySpec;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;

/** RSA in the chain, on a chip without hardware for as much, is slow and takes memory. */
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
        return subject.target().stream()
                .flatMap(chip -> Stream.concat(Stream.of(subject.tbs()), above(subject))
                        .distinct()
                        .flatMap(tbs -> tooLarge(chip, tbs)
                                .map(rsa -> rsa.text() + " of " + Names.text(tbs.subject()) + " is more than "
                                        + chip.title() + " has hardware for, so that a handshake takes seconds and tens"
                                        + " of kilobytes of RAM; use P-256")
                                .stream()))
                .toList();
    }

    private static Stream<ParsedTbs> above(LintSubject subject) {
        return Stream.concat(subject.issuer().stream(), subject.higher());
    }

    private static Optional<KeySpec.Rsa> tooLarge(Chip chip, ParsedTbs tbs) {
        return Keys.spec(tbs.publicKey())
                .flatMap(spec -> spec.match(
                        ec -> Optional.<KeySpec.Rsa>empty(),
                        Optional::of,
                        ed -> Optional.empty(),
                        ml -> Optional.empty()))
                .filter(rsa -> rsa.bits() > chip.rsaBits() && rsa.bits() <= TargetKeyRule.mostBits(chip));
    }
}
