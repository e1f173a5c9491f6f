package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Chip;
import org.devpki.model.KeySpec;
import org.devpki.model.PublicKeyDer;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;

/** The chip can compute with the key, and with those of all CAs above it. */
public final class TargetKeyRule implements CertificateRule {
    /** What software computes within the RAM of every chip. */
    private static final int SOFTWARE_RSA_BITS = 3072;

    @Override
    public String id() {
        return "target-key";
    }

    @Override
    public String clause() {
        return "docs/chips.md";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        List<String> complaints = new ArrayList<>();
        subject.target().ifPresent(chip -> {
            fault(chip, subject.tbs().publicKey()).ifPresent(fault -> complaints.add("the key is " + fault));
            subject.issuer()
                    .flatMap(issuer -> fault(chip, issuer.publicKey()))
                    .ifPresent(fault -> complaints.add("the issuer's key is " + fault));
            subject.higher()
                    .forEach(ca -> fault(chip, ca.publicKey())
                            .ifPresent(fault -> complaints.add(
                                    "the key of " + Names.text(ca.subject()) + ", above it, is " + fault)));
        });
        return complaints;
    }

    private static Optional<String> fault(Chip chip, PublicKeyDer key) {
        return Keys.spec(key)
                .flatMap(spec -> spec.match(
                        ec -> Optional.empty(),
                        rsa -> tooLarge(chip, rsa),
                        ed -> Optional.of(unread(spec)),
                        ml -> Optional.of(unread(spec))));
    }

    private static String unread(KeySpec spec) {
        return spec.text() + ", which mbedTLS cannot read";
    }

    /** What the chip computes with, in hardware or not. */
    static int mostBits(Chip chip) {
        return Math.max(chip.rsaBits(), SOFTWARE_RSA_BITS);
    }

    private static Optional<String> tooLarge(Chip chip, KeySpec.Rsa rsa) {
        return rsa.bits() > mostBits(chip)
                ? Optional.of(rsa.text() + ", which " + chip.title()
                        + " computes with in software and runs out of memory; these have hardware for it: "
                        + Chip.namesOf(other -> other.rsaBits() >= rsa.bits()))
                : Optional.empty();
    }
}
