package org.devpki.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** What devpki signs with; each key kind has exactly one. */
public enum SignatureAlgorithm {
    /** RFC 5758 section 3.2. */
    ECDSA_WITH_SHA256("1.2.840.10045.4.3.2", "SHA-256", "ecdsa-with-SHA256"),
    ECDSA_WITH_SHA384("1.2.840.10045.4.3.3", "SHA-384", "ecdsa-with-SHA384"),
    ECDSA_WITH_SHA512("1.2.840.10045.4.3.4", "SHA-512", "ecdsa-with-SHA512"),
    /** RFC 4055 section 5. */
    RSA_WITH_SHA256("1.2.840.113549.1.1.11", "SHA-256", "sha256WithRSAEncryption"),
    /** RFC 8410 section 3; hashes by itself. */
    ED25519("1.3.101.112", "", "Ed25519"),
    /** RFC 9881 section 3; hashes by itself. */
    ML_DSA_44(MlDsaSet.ML_DSA_44),
    ML_DSA_65(MlDsaSet.ML_DSA_65),
    ML_DSA_87(MlDsaSet.ML_DSA_87);

    /** Names by RFC 3279 section 2.2, and the broken digest in each (RFC 6194, RFC 6151). */
    private static final Map<String, String> BROKEN = Map.of(
            "1.2.840.113549.1.1.4", "md5WithRSAEncryption uses MD5, which is broken",
            "1.2.840.113549.1.1.5", "sha1WithRSAEncryption uses SHA-1, which is broken",
            "1.2.840.10045.4.1", "ecdsa-with-SHA1 uses SHA-1, which is broken");

    private final String oid;
    private final String digest;
    private final String text;

    SignatureAlgorithm(String oid, String digest, String text) {
        this.oid = oid;
        this.digest = digest;
        this.text = text;
    }

    SignatureAlgorithm(MlDsaSet set) {
        this(set.oid(), "", set.text());
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
                ed -> ED25519,
                ml -> switch (ml.set()) {
                    case ML_DSA_44 -> ML_DSA_44;
                    case ML_DSA_65 -> ML_DSA_65;
                    case ML_DSA_87 -> ML_DSA_87;
                });
    }

    /** The one of an object identifier; empty for what devpki does not sign with. */
    public static Optional<SignatureAlgorithm> ofOid(String oid) {
        return Arrays.stream(values()).filter(known -> known.oid.equals(oid)).findFirst();
    }

    /** What is wrong with the digest of an algorithm that devpki does not sign with; empty if it is not known to be. */
    public static Optional<String> whyBroken(String oid) {
        return Optional.ofNullable(BROKEN.get(oid));
    }

    /** As {@link KeySpec#isExperimental} is of its keys. */
    public boolean isExperimental() {
        return switch (this) {
            case ECDSA_WITH_SHA256, ECDSA_WITH_SHA384, ECDSA_WITH_SHA512, RSA_WITH_SHA256, ED25519 -> false;
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> true;
        };
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
