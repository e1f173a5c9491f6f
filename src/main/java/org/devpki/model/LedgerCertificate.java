package org.devpki.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A certificate as the ledger knows it.
 *
 * @param id grows with each reservation; the cursor of long lists
 * @param reservation what was promised
 * @param certificate present once issued
 * @param deliveredAt when its bundle, or the answer to its CSR, was complete
 * @param flashed what its files were made for, where they were made for a chip
 * @param markedAt when somebody said last where the device is
 * @param token the ID of the line token that counts it
 */
public record LedgerCertificate(
        long id,
        Reservation reservation,
        CertificateState state,
        Instant reservedAt,
        Optional<CertificateDer> certificate,
        Optional<Instant> deliveredAt,
        Optional<Revocation> revocation,
        Optional<Flashed> flashed,
        LifeState life,
        Optional<Instant> markedAt,
        Optional<String> token) {

    public SerialNumber serial() {
        return reservation.serial();
    }

    public IssuerAndSerialNumber issuerAndSerial() {
        return reservation.issuerAndSerial();
    }

    /** Whether it may still open a door: issued or perhaps issued, not revoked for good, not expired. */
    public boolean isLive(Instant now) {
        return state != CertificateState.REFUSED
                && revocation
                        .filter(r -> r.reason() != RevocationReason.CERTIFICATE_HOLD)
                        .isEmpty()
                && !reservation.validity().isExpired(now);
    }

    /** Live, and not held either. */
    public boolean isGood(Instant now) {
        return isLive(now) && revocation.isEmpty();
    }

    /** One word for people: {@code reserved}, {@code valid}, {@code expired}, {@code held}, {@code revoked}, {@code refused}. */
    public String standing(Instant now) {
        if (revocation.isPresent()) {
            return revocation.get().reason() == RevocationReason.CERTIFICATE_HOLD ? "held" : "revoked";
        }
        if (state != CertificateState.ISSUED) {
            return state.text();
        }
        return reservation.validity().isExpired(now) ? "expired" : "valid";
    }

    /** What OCSP may say of it. */
    public CertificateStatus status() {
        return revocation
                .<CertificateStatus>map(r -> new CertificateStatus.Revoked(r.at(), r.reason()))
                .orElseGet(() -> state == CertificateState.ISSUED
                        ? new CertificateStatus.Good()
                        : new CertificateStatus.Unknown());
    }
}
