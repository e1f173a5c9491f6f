package org.devpki.model;

/**
 * What tells a certificate from every other one: a CA, and the serial that it gave (RFC 5652 section 10.2.4). Another CA may
 * have given the same one (RFC 5280 section 4.1.2.2).
 */
public record IssuerAndSerialNumber(CaName issuer, SerialNumber serial) {
    /** As a {@link SerialReference} is written. */
    @Override
    public String toString() {
        return issuer + "/" + serial;
    }
}
