package org.devpki.ca.lint;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.model.Chip;
import org.devpki.model.Flashed;
import org.devpki.model.KeyHome;
import org.devpki.model.Profile;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedTbs;

/**
 * What certificate rules look at.
 *
 * @param tbs what is to be signed, or was
 * @param issuer the CA's own certificate, where it is known; absent for a root that signs itself
 * @param profile what it was made by, where that is known
 * @param target the chip that will use or check it, where that is known
 * @param issuers the certificates above it up to the root, as far as they are known
 * @param home where the private key will be, where that is known
 */
public record LintSubject(
        ParsedTbs tbs,
        Optional<ParsedTbs> issuer,
        Optional<Profile> profile,
        Optional<Chip> target,
        List<ParsedCertificate> issuers,
        Optional<KeyHome> home) {
    public LintSubject {
        issuers = List.copyOf(issuers);
    }

    public static LintSubject of(ParsedTbs tbs) {
        return new LintSubject(tbs, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty());
    }

    public LintSubject issuedBy(ParsedTbs ca) {
        return new LintSubject(tbs, Optional.of(ca), profile, target, issuers, home);
    }

    /** @param chain from the issuer up; none for a root */
    public LintSubject below(List<ParsedCertificate> chain) {
        Optional<ParsedTbs> ca = chain.stream().findFirst().map(ParsedCertificate::tbs);
        return new LintSubject(tbs, ca, profile, target, chain, home);
    }

    public LintSubject madeBy(Profile made) {
        return new LintSubject(tbs, issuer, Optional.of(made), target, issuers, home);
    }

    public LintSubject on(Chip chip) {
        return new LintSubject(tbs, issuer, profile, Optional.of(chip), issuers, home);
    }

    public LintSubject keptIn(KeyHome where) {
        return new LintSubject(tbs, issuer, profile, target, issuers, Optional.of(where));
    }

    /** On the chip and in the home that the files are for, if they are for one. */
    public LintSubject on(Optional<Flashed> flashed) {
        return flashed.map(made -> on(made.chip()).keptIn(made.home())).orElse(this);
    }

    /** Those above the issuer. */
    Stream<ParsedTbs> higher() {
        return issuers.stream().skip(1).map(ParsedCertificate::tbs);
    }
}
