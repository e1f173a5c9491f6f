package org.devpki.ca.lint;

import java.util.Optional;
import org.devpki.model.Chip;
import org.devpki.model.Profile;
import org.devpki.x509.ParsedTbs;

/**
 * What certificate rules look at.
 *
 * @param tbs what is to be signed, or was
 * @param issuer the CA's own certificate, where it is known; absent for a root that signs itself
 * @param profile what it was made by, where that is known
 * @param target the chip that will use or check it, where that is known
 */
public record LintSubject(ParsedTbs tbs, Optional<ParsedTbs> issuer, Optional<Profile> profile, Optional<Chip> target) {
    public static LintSubject of(ParsedTbs tbs) {
        return new LintSubject(tbs, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public LintSubject issuedBy(ParsedTbs ca) {
        return new LintSubject(tbs, Optional.of(ca), profile, target);
    }

    public LintSubject madeBy(Profile made) {
        return new LintSubject(tbs, issuer, Optional.of(made), target);
    }

    public LintSubject on(Chip chip) {
        return new LintSubject(tbs, issuer, profile, Optional.of(chip));
    }
}
