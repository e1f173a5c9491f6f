package org.devpki.ca;

import java.util.Optional;
import org.devpki.model.RevokedEntry;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;

/**
 * Which certificates a CRL speaks for, by the rules of OpenSSL ({@code crl_crldp_check}), which are the strictest that
 * brokers use: a CRL whose issuing distribution point is named covers only certificates that repeat that name.
 */
public final class CrlScope {
    private CrlScope() {}

    /** Whether the CRL covers the certificate; if not, OpenSSL fails with error 44, different CRL scope. */
    public static boolean covers(ParsedCrl crl, ParsedTbs certificate) {
        if (!crl.issuer().equals(certificate.issuer())) {
            return false;
        }
        if (crl.idp().isEmpty()) {
            return true;
        }
        ParsedCrl.IssuingDistributionPoint idp = crl.idp().get();
        if (idp.onlyAttributeCerts() || (certificate.isCa() ? idp.onlyUserCerts() : idp.onlyCaCerts())) {
            return false;
        }
        return idp.name().isEmpty()
                || certificate.crlDistributionPoints().stream()
                        .anyMatch(point -> !point.hasCrlIssuer()
                                && (point.name().isEmpty()
                                        || point.name().equals(idp.name())
                                        || point.uris().stream().anyMatch(idp.uris()::contains)));
    }

    /** The certificate's line in the CRL. */
    public static Optional<RevokedEntry> entry(ParsedCrl crl, ParsedTbs certificate) {
        return crl.entries().find(certificate.serialNumber());
    }
}
