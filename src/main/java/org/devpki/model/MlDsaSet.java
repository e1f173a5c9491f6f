package org.devpki.model;

/** The parameter sets of ML-DSA (FIPS 204 table 1 and table 2), with their object identifiers (RFC 9881 section 2). */
public enum MlDsaSet {
    ML_DSA_44("ML-DSA-44", "2.16.840.1.101.3.4.3.17", 1312, 2420),
    ML_DSA_65("ML-DSA-65", "2.16.840.1.101.3.4.3.18", 1952, 3309),
    ML_DSA_87("ML-DSA-87", "2.16.840.1.101.3.4.3.19", 2592, 4627);

    private final String text;
    private final String oid;
    private final int publicKeyOctets;
    private final int signatureOctets;

    MlDsaSet(String text, String oid, int publicKeyOctets, int signatureOctets) {
        this.text = text;
        this.oid = oid;
        this.publicKeyOctets = publicKeyOctets;
        this.signatureOctets = signatureOctets;
    }

    /** FIPS 204's name, such as {@code ML-DSA-65}. */
    public String text() {
        return text;
    }

    /** Of the key, and of what it signs: one for both. */
    public String oid() {
        return oid;
    }

    public int publicKeyOctets() {
        return publicKeyOctets;
    }

    public int signatureOctets() {
        return signatureOctets;
    }
}
