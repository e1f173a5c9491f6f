package org.devpki.model;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A policy that certificates are issued under (RFC 5280 section 4.2.1.4).
 *
 * @param oid in dotted form
 * @param cps where the practice statement is, an absolute URI; empty for none
 */
public record CertificatePolicy(String oid, Optional<String> cps) {
    private static final Pattern OID = Pattern.compile("[0-2](\\.(0|[1-9][0-9]{0,17})){1,31}");

    public CertificatePolicy {
        if (!OID.matcher(oid).matches() || !oid.matches("2\\..*|[01]\\.[1-3]?[0-9](\\..*)?")) {
            throw DevpkiException.invalid(
                    "policy " + Quoted.of(oid) + " is not an object identifier as in 1.3.6.1.4.1.32473.1");
        }
        cps.filter(uri -> !isAbsolute(uri)).ifPresent(uri -> {
            throw DevpkiException.invalid("practice statement " + Quoted.of(uri) + " of policy " + oid
                    + " is not an absolute URI as in https://acme.example/cps");
        });
    }

    private static boolean isAbsolute(String text) {
        try {
            return URI.create(text).isAbsolute() && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Reads {@code OID} or {@code OID URI}. */
    public static CertificatePolicy parse(String text) {
        int space = text.indexOf(' ');
        return space < 0
                ? new CertificatePolicy(text, Optional.empty())
                : new CertificatePolicy(
                        text.substring(0, space),
                        Optional.of(text.substring(space).strip()));
    }
}
