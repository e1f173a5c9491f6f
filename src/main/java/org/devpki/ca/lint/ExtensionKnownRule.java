package org.devpki.ca.lint;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;

/** No extension is critical that devpki, and so perhaps a client, does not know. */
public final class ExtensionKnownRule implements CertificateRule {
    private static final Set<String> KNOWN = Set.of(
            Oids.SUBJECT_KEY_IDENTIFIER,
            Oids.KEY_USAGE,
            Oids.SUBJECT_ALT_NAME,
            Oids.BASIC_CONSTRAINTS,
            Oids.NAME_CONSTRAINTS,
            Oids.CRL_DISTRIBUTION_POINTS,
            Oids.CERTIFICATE_POLICIES,
            Oids.AUTHORITY_KEY_IDENTIFIER,
            Oids.EXTENDED_KEY_USAGE,
            Oids.AUTHORITY_INFO_ACCESS,
            Oids.OCSP_NO_CHECK);

    @Override
    public String id() {
        return "extension-known";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.2";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        return unknown(subject)
                .filter(ParsedExtension::isCritical)
                .map(extension -> "extension " + Oids.name(extension.oid())
                        + " is critical and not known in certificates; clients that do not know it must refuse")
                .toList();
    }

    /** Extensions that devpki does not know in a certificate; {@link ExtensionUnfamiliarRule} tells of the others. */
    static Stream<ParsedExtension> unknown(LintSubject subject) {
        Predicate<ParsedExtension> isKnown = extension -> KNOWN.contains(extension.oid());
        return subject.tbs().extensions().stream().filter(isKnown.negate());
    }
}
