package org.devpki.model;

/** A certificate revocation list, DER (RFC 5280 section 5.1). */
public record CrlDer(Bytes octets) {}
