package org.devpki.ca.cloud;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;

/**
 * What cloud rules look at.
 *
 * @param device absent where the CA alone is looked at
 * @param cas from the one that the cloud is told of, which issues devices' certificates, up to the root; at least one
 * @param now when it is looked at
 */
public record CloudSubject(Optional<ParsedTbs> device, List<ParsedTbs> cas, Instant now) {
    public CloudSubject {
        cas = List.copyOf(cas);
        if (cas.isEmpty()) {
            throw new IllegalArgumentException("a CA is what a cloud is told of");
        }
    }

    /** The CA that the cloud is told of. */
    ParsedTbs ca() {
        return cas.get(0);
    }

    /** Its certificate, for a sentence. */
    String caText() {
        return "CA " + Names.text(ca().subject());
    }

    /** What the device sends in TLS: its own certificate and those of CAs below the root. */
    int sentCertificates() {
        return 1 + (int) cas.stream().filter(ca -> !ca.isSelfIssued()).count();
    }
}
