package org.devpki.app;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.devpki.model.DevpkiException;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;

/**
 * Why to revoke. REMOVE_FROM_CRL releases a hold.
 *
 * @param invalidAt since when the key is known or suspected to be in wrong hands, in whole seconds, for a GeneralizedTime
 *     has no more (RFC 5280 section 5.3.2); it may lie before the certificate's own beginning
 */
public record RevocationOrder(RevocationReason reason, Optional<Instant> invalidAt) {
    public RevocationOrder {
        invalidAt = invalidAt.map(at -> at.truncatedTo(ChronoUnit.SECONDS));
        if (reason == RevocationReason.REMOVE_FROM_CRL && invalidAt.isPresent()) {
            throw DevpkiException.invalid("a release has no invalidity date; leave out --invalidity-date");
        }
    }

    boolean isRelease() {
        return reason == RevocationReason.REMOVE_FROM_CRL;
    }

    /** Whether it holds for every certificate of the same key. */
    boolean isAboutKey() {
        return reason == RevocationReason.KEY_COMPROMISE || reason == RevocationReason.CA_COMPROMISE;
    }

    /** @throws DevpkiException INVALID_INPUT if the invalidity date lies in the future, or before 1970 */
    Revocation at(Instant now) {
        invalidAt.filter(at -> at.isAfter(now)).ifPresent(at -> {
            throw DevpkiException.invalid("invalidity date " + at + " lies in the future; now is " + now);
        });
        invalidAt.filter(at -> at.isBefore(Instant.EPOCH)).ifPresent(at -> {
            throw DevpkiException.invalid("invalidity date " + at + " lies before 1970");
        });
        return new Revocation(now, reason, invalidAt);
    }
}
