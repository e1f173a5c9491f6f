package org.devpki.ca.lint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCrl;

/** A CRL is numbered, not critically, with at most 20 octets. */
public final class CrlNumberRule implements CrlRule {
    private static final int MOST_BITS = 159; // a 160th would need a 21st octet, for DER integers are signed

    @Override
    public String id() {
        return "crl-number";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.2.3";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        Optional<BigInteger> number = crl.number();
        if (number.isEmpty()) {
            return List.of("there is no cRLNumber; it must be there");
        }
        List<String> complaints = new ArrayList<>();
        if (crl.extensions().stream().anyMatch(e -> e.oid().equals(Oids.CRL_NUMBER) && e.isCritical())) {
            complaints.add("cRLNumber is critical; it must not be");
        }
        if (number.get().signum() < 0) {
            complaints.add("cRLNumber " + number.get() + " is negative; it must be 0 or more");
        } else if (number.get().bitLength() > MOST_BITS) {
            complaints.add("cRLNumber has " + (number.get().bitLength() / 8 + 1) + " octets; at most 20 are allowed");
        }
        return complaints;
    }
}
