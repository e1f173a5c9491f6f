package org.devpki.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/** What the ledger says of a serial, in OCSP's terms (RFC 6960 section 2.2). */
public sealed interface CertificateStatus {
    record Good() implements CertificateStatus {}

    record Revoked(Instant at, RevocationReason reason) implements CertificateStatus {}

    /** Never issued here, or perhaps issued: a reservation without a certificate is never good. */
    record Unknown() implements CertificateStatus {}

    /** Whether there is something to tell that stays true until the next revocation or release. */
    default boolean isKnown() {
        return match(good -> true, revoked -> true, unknown -> false);
    }

    /** As an answer tells it, whose times have whole seconds. */
    default CertificateStatus asTold() {
        return match(
                good -> good,
                revoked -> new Revoked(revoked.at().truncatedTo(ChronoUnit.SECONDS), revoked.reason()),
                unknown -> unknown);
    }

    /** One word for people. */
    default String word() {
        return match(good -> "good", revoked -> "revoked", unknown -> "unknown");
    }

    default <T> T match(Function<Good, T> good, Function<Revoked, T> revoked, Function<Unknown, T> unknown) {
        if (this instanceof Good g) {
            return good.apply(g);
        }
        if (this instanceof Revoked r) {
            return revoked.apply(r);
        }
        return unknown.apply((Unknown) this);
    }
}
