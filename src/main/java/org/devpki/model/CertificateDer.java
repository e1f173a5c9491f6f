package org.devpki.model;

/** An X.509 certificate, DER (RFC 5280 section 4.1). */
public record CertificateDer(Bytes octets) {}
