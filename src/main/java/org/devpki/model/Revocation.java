package org.devpki.model;

import java.time.Instant;

/** When and why a certificate was revoked. */
public record Revocation(Instant at, RevocationReason reason) {}
