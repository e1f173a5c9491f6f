package org.devpki.model;

/** What devpki signs with; each key kind has exactly one. */
public enum SignatureAlgorithm {
    /** RFC 5758 section 3.2. */
    ECDSA_WITH_SHA256("1.2.840.10045.4.3.2", "SHA-256", "ecdsa-with-SHA256"),
    ECDSA_WITH_SHA384("1.2.840.10045.4.3.3", "SHA-384", "ecdsa-with-SHA384"),
    ECDSA_WITH_SHA512("1.2.840.10045.4.3.4", "SHA-512", "ecdsa-with-SHA512"),
    /** RFC 4055 section 5. */
    RSA_WITH_SHA256("1.2.840.113549.1.1.11", "SHA-256", "sha256WithRSAEncryption"),
    /** RFC 8410 section 3; hashes by itself. */
    ED25519("1.3.101.112", "", "Ed25519");

    private final String oid;
    private final String digest;
    private final String text;

    SignatureAlgorithm(String oid, String digest, String text) {
        this.oid = oid;
        this.digest = digest;
        this.text = text;
    }

    /** The algorithm of a key: the digest is as strong as the key. */
    public static SignatureAlgorithm of(KeySpec key) {
        return key.match(
                ec -> switch (ec.curve()) {
                    case P_256 -> ECDSA_WITH_SHA256;
                    case P_384 -> ECDSA_WITH_SHA384;
                    case P_521 -> ECDSA_WITH_SHA512;
                },
                rsa -> RSA_WITH_SHA256,
                ed -> ED25519);
    }

    public String oid() {
        return oid;
    }

    /** The digest's JDK name, empty where the algorithm hashes by itself. */
    public String digest() {
        return digest;
    }

    /** The RFC's name. */
    public String text() {
        return text;
    }
}
