package org.devpki.model;

/** A CRL's DER octets; of a large one, on disk. */
public record CrlDer(OctetSource octets) {}
