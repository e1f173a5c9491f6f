package org.devpki.ca.lint;

import java.util.List;
import java.util.Set;
import org.devpki.model.Bounds;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

/** There is no extension that a profile cannot ask for. */
public final class ProfileExtensionsRule implements CertificateRule {
    private static final Set<String> ASKED_FOR = Set.of(
            Oids.SUBJECT_KEY_IDENTIFIER,
            Oids.KEY_USAGE,
            Oids.SUBJECT_ALT_NAME,
            Oids.BASIC_CONSTRAINTS,
            Oids.CRL_DISTRIBUTION_POINTS,
            Oids.AUTHORITY_KEY_IDENTIFIER,
            Oids.EXTENDED_KEY_USAGE,
            Oids.AUTHORITY_INFO_ACCESS,
            Oids.OCSP_NO_CHECK);

    @Override
    public String id() {
        return "profile-extensions";
    }

    @Override
    public String clause() {
        return "docs/laws.md laws 3 and 4";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.profile()
                .map(profile -> complaints(subject.tbs().extensions(), profile))
                .orElse(List.of());
    }

    private static boolean isAskedFor(String oid, Bounds bounds) {
        return (oid.equals(Oids.CERTIFICATE_POLICIES) && !bounds.policies().isEmpty())
                || (oid.equals(Oids.NAME_CONSTRAINTS) && bounds.constrainNames());
    }

    private static List<String> complaints(List<ParsedExtension> extensions, Profile profile) {
        return extensions.stream()
                .map(ParsedExtension::oid)
                .filter(oid -> !ASKED_FOR.contains(oid)
                        && !isAskedFor(oid, profile.purpose().bounds()))
                .map(oid -> "extension " + Oids.name(oid) + " is not of profile " + Quoted.of(profile.name()))
                .toList();
    }
}
