package org.devpki.ca.lint;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedExtension;

/** No extension of a CRL is critical that devpki, and so perhaps a broker, does not know. */
public final class CrlExtensionKnownRule implements CrlRule {
    private static final Set<String> KNOWN = Set.of(
            Oids.AUTHORITY_KEY_IDENTIFIER,
            Oids.CRL_NUMBER,
            Oids.ISSUING_DISTRIBUTION_POINT,
            Oids.DELTA_CRL_INDICATOR,
            Oids.FRESHEST_CRL);

    @Override
    public String id() {
        return "crl-extension-known";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.2";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        return unknown(crl)
                .filter(ParsedExtension::isCritical)
                .map(extension -> "extension " + Oids.name(extension.oid())
                        + " is critical and not known in CRLs; brokers that do not know it must refuse")
                .toList();
    }

    /** Extensions that devpki does not know in a CRL; {@link CrlExtensionUnfamiliarRule} tells of the others. */
    static Stream<ParsedExtension> unknown(ParsedCrl crl) {
        return crl.extensions().stream().filter(extension -> !KNOWN.contains(extension.oid()));
    }
}
