package org.devpki.ca.lint;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.x509.ParsedTbs;

/** The certificate ends no later than the profile allows. */
public final class ProfileValidityRule implements CertificateRule {
    @Override
    public String id() {
        return "profile-validity";
    }

    @Override
    public String clause() {
        return "docs/laws.md law 3";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        Instant end = subject.tbs().notAfter().at();
        return subject.profile()
                .flatMap(profile -> latest(subject, profile)
                        .filter(end::isAfter)
                        .map(latest -> "notAfter " + end + " is after " + latest + ", the latest that profile "
                                + Quoted.of(profile.name()) + " allows ("
                                + profile.period().longest().text() + ")"))
                .map(List::of)
                .orElse(List.of());
    }

    /** The latest end; empty where there is none, or where the octets do not tell. */
    private static Optional<Instant> latest(LintSubject subject, Profile profile) {
        Instant start = subject.tbs().notBefore().at();
        return profile.period()
                .longest()
                .match(
                        // length counts from the issuing, which lies at most the backdate after notBefore; where
                        // notBefore is the issuer's own, the octets do not tell when that was
                        in -> profile.period()
                                .backdate()
                                .map(backdate -> start.plus(backdate).plus(in.length())),
                        ca -> subject.issuer().map(ParsedTbs::notAfter).map(ParsedTbs.ParsedTime::at),
                        never -> Optional.empty(),
                        at -> Optional.of(at.instant()));
    }
}
