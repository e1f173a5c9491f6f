package org.devpki.model;

/** A distinguished name, DER: an issuer's octets are copied, never rebuilt (NSS and wolfSSL compare octets). */
public record NameDer(Bytes octets) {}
