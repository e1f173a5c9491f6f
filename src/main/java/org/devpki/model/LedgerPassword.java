package org.devpki.model;

import java.time.Instant;
import java.util.Optional;

/**
 * What the ledger knows of a device's password.
 *
 * @param inForce what brokers are told; absent before the first one was delivered, and once it is revoked
 * @param since when that was put in force
 * @param prepared of one that was made, and perhaps not delivered
 * @param revokedAt when the last one was revoked, until there is another
 */
public record LedgerPassword(
        DeviceId name,
        Optional<PasswordHash> inForce,
        Optional<Instant> since,
        Optional<PasswordHash> prepared,
        Optional<Instant> revokedAt) {}
