package org.devpki.ca.lint;

import java.util.List;
import java.util.Set;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

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
                .flatMap(chip -> subject.tbs().extensions().stream()
                        .filter(ParsedExtension::isCritical)
                        .filter(extension -> !READ.contains(extension.oid()))
                        .map(extension -> "extension " + Oids.name(extension.oid())
                                + " is critical, and the mbedTLS of " + chip.title()
                                + " refuses a certificate for it"))
                .toList();
    }
}
