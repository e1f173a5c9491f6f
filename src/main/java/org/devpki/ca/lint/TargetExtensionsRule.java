package org.devpki.ca.lint;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.x509.Names;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/** No extension is critical that the mbedTLS on a chip refuses a certificate for. */
public final class TargetExtensionsRule implements CertificateRule {
    private static final Set<String> READ =
            Set.of(Oids.BASIC_CONSTRAINTS, Oids.KEY_USAGE, Oids.EXTENDED_KEY_USAGE, Oids.SUBJECT_ALT_NAME);

    @Override
    public String id() {
        return "target-extensions";
    }

    @Override
    public String clause() {
        return "mbedTLS x509_crt.c, x509_get_crt_ext";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return subject.target().stream()
                .flatMap(chip -> Stream.concat(
                        refused(subject.tbs())
                                .map(name -> "extension " + name + " is critical, and the mbedTLS of " + chip.title()
                                        + " refuses a certificate for it"),
                        Stream.concat(subject.issuer().stream(), subject.higher())
                                .flatMap(ca -> refused(ca)
                                        .map(name -> "extension " + name + " of " + Names.text(ca.subject())
                                                + ", above it, is critical, and the mbedTLS of " + chip.title()
                                                + " refuses a certificate for it"))))
                .toList();
    }

    private static Stream<String> refused(ParsedTbs tbs) {
        return tbs.extensions().stream()
                .filter(ParsedExtension::isCritical)
                .filter(extension -> !READ.contains(extension.oid()))
                .map(extension -> Oids.name(extension.oid()));
    }
}
