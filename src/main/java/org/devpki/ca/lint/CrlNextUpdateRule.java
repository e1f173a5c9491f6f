package org.devpki.ca.lint;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.x509.ParsedCrl;

/** A CRL says when the next one comes; mbedTLS, wolfSSL and the JDK refuse one that does not. */
public final class CrlNextUpdateRule implements CrlRule {
    @Override
    public String id() {
        return "crl-next-update";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 5.1.2.5";
    }

    @Override
    public List<String> complaints(ParsedCrl crl) {
        Optional<Instant> next = crl.nextUpdate();
        if (next.isEmpty()) {
            return List.of("there is no nextUpdate; it must be there");
        }
        return next.get().isAfter(crl.thisUpdate())
                ? List.of()
                : List.of("nextUpdate " + next.get() + " is not after thisUpdate " + crl.thisUpdate());
    }
}
