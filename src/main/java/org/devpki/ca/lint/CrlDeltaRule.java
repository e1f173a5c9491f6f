package org.devpki.ca.lint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCrl;

/** A delta CRL says critically what it adds to, which is older; a complete one may say where its delta CRL is. */
public final class CrlDeltaRule implements CrlRule {
    @Override
    public String id() {
        return "crl-delta";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 5.2.4 and 5.2.6";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        List<String> complaints = new ArrayList<>();
        Optional<BigInteger> base = crl.baseNumber();
        if (base.isPresent()) {
            if (!isCritical(crl, Oids.DELTA_CRL_INDICATOR)) {
                complaints.add("deltaCRLIndicator is not critical; it must be");
            }
            if (crl.number().filter(number -> number.compareTo(base.get()) > 0).isEmpty()) {
                complaints.add("the base CRL number " + base.get() + " is not below the CRL's own number "
                        + crl.number().map(BigInteger::toString).orElse("none"));
            }
            if (has(crl, Oids.FRESHEST_CRL)) {
                complaints.add("freshestCRL is in a delta CRL; it must not be");
            }
        }
        if (isCritical(crl, Oids.FRESHEST_CRL)) {
            complaints.add("freshestCRL is critical; it must not be");
        }
        return complaints;
    }

    private static boolean has(ParsedCrl crl, String oid) {
        return crl.extensions().stream().anyMatch(extension -> extension.oid().equals(oid));
    }

    private static boolean isCritical(ParsedCrl crl, String oid) {
        return crl.extensions().stream().anyMatch(extension -> extension.oid().equals(oid) && extension.isCritical());
    }
}
