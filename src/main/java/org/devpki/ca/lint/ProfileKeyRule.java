package org.devpki.ca.lint;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.model.KeySpec;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.x509.Keys;

/** The key is of a kind that the profile allows. */
public final class ProfileKeyRule implements CertificateRule {
    @Override
    public String id() {
        return "profile-key";
    }

    @Override
    public String clause() {
        return "docs/laws.md law 3";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        Optional<KeySpec> key = Keys.spec(subject.tbs().publicKey());
        return subject.profile()
                .filter(profile -> !key.map(profile.keys()::contains).orElse(false))
                .map(profile -> List.of(sentence(key, profile)))
                .orElse(List.of());
    }

    private static String sentence(Optional<KeySpec> key, Profile profile) {
        return "a key of kind " + key.map(KeySpec::text).orElse("unknown") + " is not for profile "
                + Quoted.of(profile.name()) + "; it allows "
                + profile.keys().stream().map(KeySpec::text).collect(Collectors.joining(", "));
    }
}
