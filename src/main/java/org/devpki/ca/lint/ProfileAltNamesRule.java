package org.devpki.ca.lint;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.x509.ParsedTbs;

/** The alternative names are of kinds that the profile writes itself or lets an order bring. */
public final class ProfileAltNamesRule implements CertificateRule {
    @Override
    public String id() {
        return "profile-alt-names";
    }

    @Override
    public String clause() {
        return "docs/laws.md laws 3 and 4";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.profile()
                .map(profile -> complaints(subject.tbs(), profile))
                .orElse(List.of());
    }

    private static List<String> complaints(ParsedTbs tbs, Profile profile) {
        Set<String> allowed = new HashSet<>(profile.naming().orderable());
        for (String template : profile.naming().sans()) {
            allowed.add(template.substring(0, Math.max(0, template.indexOf(':'))));
        }
        return tbs.subjectAltNames().stream()
                .filter(name -> !kind(name).map(allowed::contains).orElse(false))
                .map(name -> "alternative name " + Quoted.of(name.text()) + " is of a kind that profile "
                        + Quoted.of(profile.name()) + " does not allow")
                .toList();
    }

    /** As profiles spell the kinds; by the tags of GeneralName (RFC 5280 section 4.2.1.6). */
    private static Optional<String> kind(ParsedTbs.AlternativeName name) {
        return switch (name.tag()) {
            case 2 -> Optional.of("dns");
            case 6 -> Optional.of("uri");
            case 7 -> Optional.of("ip");
            default -> Optional.empty();
        };
    }
}
