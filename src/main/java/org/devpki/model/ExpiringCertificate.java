package org.devpki.model;

import java.time.Instant;
import java.util.Optional;

/** A certificate of a device that ends, and that no later one stands in for. */
public record ExpiringCertificate(
        String name, SerialNumber serial, CaName ca, String profile, Optional<BatchId> batch, Instant notAfter) {
    public static ExpiringCertificate of(LedgerCertificate row) {
        Reservation reservation = row.reservation();
        return new ExpiringCertificate(
                reservation.name(),
                reservation.serial(),
                reservation.ca(),
                reservation.profile(),
                reservation.batch(),
                reservation.validity().notAfter());
    }

    public boolean isExpired(Instant now) {
        return now.isAfter(notAfter);
    }
}
