package org.devpki.model;

/** A SubjectPublicKeyInfo, DER (RFC 5280 section 4.1.2.7). */
public record PublicKeyDer(Bytes octets) {}
