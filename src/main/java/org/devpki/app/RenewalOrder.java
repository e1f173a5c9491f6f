package org.devpki.app;

import java.util.Optional;
import org.devpki.model.Renewal;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialReference;

/**
 * That an order follows a certificate of its device: profile, CA and alternative names are that one's.
 *
 * @param kind RENEWED asks for the same key, unless a request brings another
 * @param of which certificate; the device's newest when absent
 * @param reason for which what is replaced is revoked
 */
public record RenewalOrder(Renewal.Kind kind, Optional<SerialReference> of, Optional<RevocationReason> reason) {
    public RenewalOrder(Renewal.Kind kind, Optional<SerialReference> of) {
        this(kind, of, Optional.empty());
    }

    RenewalOrder because(RevocationReason why) {
        return new RenewalOrder(kind, of, Optional.of(why));
    }
}
