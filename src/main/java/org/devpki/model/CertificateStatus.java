package org.devpki.model;

import java.time.Instant;
import java.util.function.Function;

/** What the ledger says of a serial, in OCSP's terms (RFC 6960 section 2.2). */
public sealed interface CertificateStatus {
    record Good() implements CertificateStatus {}

    record Revoked(Instant at, RevocationReason reason) implements CertificateStatus {}

    /** Never issued here, or perhaps issued: a reservation without a certificate is never good. */
    record Unknown() implements CertificateStatus {}

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
