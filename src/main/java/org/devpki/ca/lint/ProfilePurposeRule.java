package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.KeyUsage;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedTbs;

/** What the key is for is exactly what the profile says. */
public final class ProfilePurposeRule implements CertificateRule {
    @Override
    public String id() {
        return "profile-purpose";
    }

    @Override
    public String clause() {
        return "docs/laws.md law 3";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.profile()
                .map(profile -> complaints(subject.tbs(), profile))
                .orElse(List.of());
    }

    private static List<String> complaints(ParsedTbs tbs, Profile profile) {
        Profile.Purpose purpose = profile.purpose();
        String wants = ", but profile " + Quoted.of(profile.name()) + " says ";
        List<String> complaints = new ArrayList<>();
        if (tbs.isCa() != purpose.isCa()) {
            complaints.add("cA is " + tbs.isCa() + wants + purpose.isCa());
        }
        OptionalInt pathLength = tbs.basicConstraints()
                .map(ParsedTbs.BasicConstraints::pathLength)
                .orElse(OptionalInt.empty());
        if (!pathLength.equals(purpose.pathLength())) {
            complaints.add("pathLenConstraint is " + text(pathLength) + wants + text(purpose.pathLength()));
        }
        Set<KeyUsage> usage = tbs.keyUsage().orElse(Set.of());
        if (!usage.equals(purpose.keyUsage())) {
            complaints.add("keyUsage is " + ClientKeyUsageRule.text(usage) + wants
                    + ClientKeyUsageRule.text(purpose.keyUsage()));
        }
        Set<String> purposes = new TreeSet<>(tbs.extendedKeyUsage().orElse(List.of()));
        Set<String> wanted =
                purpose.extendedKeyUsage().stream().map(ExtendedKeyUsage::oid).collect(Collectors.toSet());
        if (!purposes.equals(wanted)) {
            complaints.add("extKeyUsage is " + text(purposes) + wants + text(new TreeSet<>(wanted)));
        }
        boolean isNoCheck = tbs.extension(Oids.OCSP_NO_CHECK).isPresent();
        if (isNoCheck != purpose.isOcspNoCheck()) {
            complaints.add("id-pkix-ocsp-nocheck is " + isNoCheck + wants + purpose.isOcspNoCheck());
        }
        return complaints;
    }

    private static String text(OptionalInt pathLength) {
        return pathLength.isPresent() ? String.valueOf(pathLength.getAsInt()) : "absent";
    }

    private static String text(Set<String> purposes) {
        return purposes.isEmpty()
                ? "nothing"
                : purposes.stream().map(ExtendedKeyUsageRule::text).collect(Collectors.joining(", "));
    }
}
