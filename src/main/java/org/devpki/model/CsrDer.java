package org.devpki.model;

/** A PKCS #10 certification request, DER (RFC 2986). */
public record CsrDer(Bytes octets) {}
