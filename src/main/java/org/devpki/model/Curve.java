package org.devpki.model;

/** The NIST curves that devices and brokers read, in uncompressed form (RFC 5480 section 2.1.1.1). */
public enum Curve {
    P_256("P-256", "1.2.840.10045.3.1.7", 256),
    P_384("P-384", "1.3.132.0.34", 384),
    P_521("P-521", "1.3.132.0.35", 521);

    private final String text;
    private final String oid;
    private final int bits;

    Curve(String text, String oid, int bits) {
        this.text = text;
        this.oid = oid;
        this.bits = bits;
    }

    /** FIPS 186-4's name, such as {@code P-256}. */
    public String text() {
        return text;
    }

    public String oid() {
        return oid;
    }

    public int bits() {
        return bits;
    }
}
