package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.devpki.model.KeyUsage;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;

/** The issuer is a CA that may sign certificates, and its path length and those above have room for this one. */
public final class PathLengthRule implements CertificateRule {
    @Override
    public String id() {
        return "path-length";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 6.1.4 (k) to (n)";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.issuer()
                .map(issuer -> Stream.concat(
                                complaints(subject.tbs(), issuer).stream(), crowded(subject, issuer).stream())
                        .toList())
                .orElse(List.of());
    }

    private static List<String> complaints(ParsedTbs tbs, ParsedTbs issuer) {
        if (!issuer.isCa()) {
            return List.of("the issuer is not a CA");
        }
        List<String> complaints = new ArrayList<>();
        if (issuer.keyUsage()
                .filter(usage -> !usage.contains(KeyUsage.KEY_CERT_SIGN))
                .isPresent()) {
            complaints.add("the issuer's keyUsage lacks keyCertSign");
        }
        Optional<OptionalInt> limit = issuer.basicConstraints().map(ParsedTbs.BasicConstraints::pathLength);
        // self-issued certificates do not count (section 6.1.4 (l))
        if (tbs.isCa() && !tbs.isSelfIssued() && limit.equals(Optional.of(OptionalInt.of(0)))) {
            complaints.add("the issuer's pathLenConstraint is 0, so it may not issue to another CA");
        }
        return complaints;
    }

    /** Those above the issuer that have more CAs below them than they allow. */
    private static List<String> crowded(LintSubject subject, ParsedTbs issuer) {
        List<String> complaints = new ArrayList<>();
        int below = counted(subject.tbs()) + counted(issuer);
        for (ParsedTbs ca : subject.higher().toList()) {
            OptionalInt limit = ca.basicConstraints()
                    .map(ParsedTbs.BasicConstraints::pathLength)
                    .orElse(OptionalInt.empty());
            if (limit.isPresent() && limit.getAsInt() < below) {
                complaints.add("the pathLenConstraint of " + Names.text(ca.subject()) + ", above it, is "
                        + limit.getAsInt() + ", and " + below + " CAs would be below");
            }
            below += counted(ca);
        }
        return complaints;
    }

    /** 1 for a CA that counts (section 6.1.4 (l)). */
    private static int counted(ParsedTbs tbs) {
        return tbs.isCa() && !tbs.isSelfIssued() ? 1 : 0;
    }
}
