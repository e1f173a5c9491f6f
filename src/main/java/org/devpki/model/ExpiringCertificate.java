package org.devpki.model;

import java.time.Instant;
import java.util.Optional;

/** A certificate of a device that ends, and that no later one of its name and profile stands in for. */
public record ExpiringCertificate(
        String name, SerialNumber serial, CaName ca, String profile, Optional<BatchId> batch, Instant notAfter) {
    public boolean isExpired(Instant now) {
        return now.isAfter(notAfter);
    }
}
