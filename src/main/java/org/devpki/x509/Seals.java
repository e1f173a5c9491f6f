package org.devpki.x509;

import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.devpki.model.Bytes;
import org.devpki.model.KeySpec;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;

/** The outer shape that certificates, CRLs, requests and OCSP answers share: what is signed, by what, the signature. */
public final class Seals {
    private static final int SEQUENCE = 0x30;
    private static final int MOST_MEMBER_OCTETS = 1 << 20;

    private Seals() {}

    /*
     * SIGNED{ToBeSigned} ::= SEQUENCE {
     *   toBeSigned ToBeSigned, algorithmIdentifier AlgorithmIdentifier, signature BIT STRING }
     */

    /** Signs the very octets and puts them into their seal; never rebuilds them. */
    public static Bytes seal(Bytes tbs, SigningKey key) {
        return seal((OctetSource) tbs, key).toBytes();
    }

    /** The same for octets that may be more than memory holds. */
    public static OctetSource seal(OctetSource tbs, SigningKey key) {
        return sealed(tbs, key.algorithm(), key.sign(tbs).toArray());
    }

    private static OctetSource sealed(OctetSource tbs, SignatureAlgorithm algorithm, byte[] signature) {
        Bytes identifier = Der.bytes(identifier(algorithm));
        Bytes bits = Der.bytes(new DERBitString(signature));
        Bytes header = Der.header(SEQUENCE, tbs.size() + identifier.size() + bits.size());
        return OctetSource.concat(header, tbs, identifier, bits);
    }

    /** The octets in a seal of the greatest length that the signer's kind of key can make, with no signature in it. */
    public static Bytes unsigned(Bytes tbs, KeySpec signer) {
        return unsigned((OctetSource) tbs, signer).toBytes();
    }

    /** The same for octets that may be more than memory holds. */
    public static OctetSource unsigned(OctetSource tbs, KeySpec signer) {
        return sealed(tbs, SignatureAlgorithm.of(signer), new byte[mostSignatureOctets(signer)]);
    }

    private static int mostSignatureOctets(KeySpec signer) {
        return signer.match(
                ec -> {
                    int integer = 2 + ec.curve().bits() / Byte.SIZE + 1; // header, and a zero before a set top bit
                    int content = 2 * integer;
                    return content + (content < 0x80 ? 2 : 3);
                },
                rsa -> rsa.bits() / Byte.SIZE,
                ed -> 64,
                ml -> ml.set().signatureOctets());
    }

    /** Whether the key made this seal, by the one algorithm that devpki uses with such a key. */
    public static boolean verify(OctetSource sealed, PublicKeyDer publicKey) {
        return verify(sealed, publicKey, Engine.PLAIN);
    }

    /** The same, found out by the engine. */
    public static boolean verify(OctetSource sealed, PublicKeyDer publicKey, Engine engine) {
        return Der.reading("signed structure", () -> {
            try (DerStream der = new DerStream(sealed.open())) {
                DerStream.Header outer = der.header(SEQUENCE);
                long from = der.position();
                DerStream.Header tbs = der.header();
                der.skip(tbs.length());
                byte[] identifier = der.whole(der.header(), MOST_MEMBER_OCTETS);
                byte[] signature = der.whole(der.header(), MOST_MEMBER_OCTETS);
                if (der.position() != outer.size() || outer.size() != sealed.size()) {
                    throw new IOException("octets after the end");
                }
                Optional<SignatureAlgorithm> algorithm = Keys.spec(publicKey).map(SignatureAlgorithm::of);
                String found = AlgorithmIdentifier.getInstance(identifier)
                        .getAlgorithm()
                        .getId();
                return algorithm.isPresent()
                        && found.equals(algorithm.get().oid())
                        && engine.verify(
                                sealed.slice(from, tbs.size()),
                                algorithm.get(),
                                ASN1BitString.getInstance(signature).getOctets(),
                                publicKey);
            }
        });
    }

    static AlgorithmIdentifier identifier(SignatureAlgorithm algorithm) {
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(algorithm.oid());
        return algorithm == SignatureAlgorithm.RSA_WITH_SHA256
                ? new AlgorithmIdentifier(oid, DERNull.INSTANCE) // RFC 4055 section 5: NULL must be there
                : new AlgorithmIdentifier(oid);
    }

    static Signer signer(SignatureAlgorithm algorithm) {
        return switch (algorithm) {
            case ECDSA_WITH_SHA256 -> ecdsa(new JdkDigest(algorithm.digest()), new SHA256Digest());
            case ECDSA_WITH_SHA384 -> ecdsa(new JdkDigest(algorithm.digest()), new SHA384Digest());
            case ECDSA_WITH_SHA512 -> ecdsa(new JdkDigest(algorithm.digest()), new SHA512Digest());
            case RSA_WITH_SHA256 -> new RSADigestSigner(new JdkDigest(algorithm.digest()));
            case ED25519 -> new Ed25519Signer();
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                new MLDSASigner(); // without randomness, as FIPS 204 section 3.4 allows
        };
    }

    /** @param nonce for a nonce that follows from key and message (RFC 6979) */
    private static Signer ecdsa(Digest message, Digest nonce) {
        return new DSADigestSigner(
                new ECDSASigner(new HMacDSAKCalculator(nonce)), message, StandardDSAEncoding.INSTANCE);
    }
}
