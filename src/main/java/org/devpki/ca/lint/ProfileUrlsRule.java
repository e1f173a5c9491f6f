package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.model.UrlKind;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedTbs;

/** The certificate carries no URL of a kind that the profile does not name. */
public final class ProfileUrlsRule implements CertificateRule {
    @Override
    public String id() {
        return "profile-urls";
    }

    @Override
    public String clause() {
        return "docs/laws.md laws 3 and 7";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.profile()
                .map(profile -> complaints(subject.tbs(), profile))
                .orElse(List.of());
    }

    private static List<String> complaints(ParsedTbs tbs, Profile profile) {
        List<String> complaints = new ArrayList<>();
        for (UrlKind kind : UrlKind.values()) {
            if (isThere(kind, tbs) && !profile.urls().contains(kind)) {
                complaints.add("there is a URL of kind " + kind.text() + ", which profile " + Quoted.of(profile.name())
                        + " does not name");
            }
        }
        return complaints;
    }

    private static boolean isThere(UrlKind kind, ParsedTbs tbs) {
        return switch (kind) {
            case CRL -> tbs.extension(Oids.CRL_DISTRIBUTION_POINTS).isPresent();
            case OCSP -> !tbs.accessUris(AuthorityInfoAccessRule.OCSP).isEmpty();
            case CA -> !tbs.accessUris(AuthorityInfoAccessRule.CA_ISSUERS).isEmpty();
        };
    }
}
