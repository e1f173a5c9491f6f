package org.devpki.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.devpki.model.Bytes;
import org.devpki.model.Curve;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;

/** What PKCS #11 tokens take and give, where that differs from what certificates carry (PKCS #11 v2.40 mechanisms). */
public final class TokenForms {
    /** Of an uncompressed point on P-256, P-384 and P-521. Its first octet is that of an OCTET STRING, so only this tells. */
    private static final Set<Integer> BARE_POINT_OCTETS = Set.of(65, 97, 133);

    private TokenForms() {}

    /** What a token signs of a digest: itself for ECDSA, its DigestInfo for RSA (RFC 8017 section 9.2). */
    public static Bytes toSign(SignatureAlgorithm algorithm, byte[] digest) {
        return algorithm == SignatureAlgorithm.RSA_WITH_SHA256
                ? Der.bytes(new DigestInfo(
                        new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE), digest))
                : Bytes.of(digest);
    }

    /** The signature value as a certificate's BIT STRING has it; a token's ECDSA gives r and s, each half of the octets. */
    public static Bytes signature(SignatureAlgorithm algorithm, byte[] given) {
        if (algorithm == SignatureAlgorithm.RSA_WITH_SHA256) {
            return Bytes.of(given);
        }
        int half = given.length / 2;
        ASN1EncodableVector numbers = new ASN1EncodableVector();
        numbers.add(new ASN1Integer(new BigInteger(1, Arrays.copyOf(given, half))));
        numbers.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(given, half, given.length))));
        return Der.bytes(new DERSequence(numbers));
    }

    /** A curve as CKA_EC_PARAMS has it. */
    public static Bytes parameters(Curve curve) {
        return Der.bytes(new ASN1ObjectIdentifier(curve.oid()));
    }

    /**
     * The public key of a token's EC key.
     *
     * @param parameters CKA_EC_PARAMS
     * @param point CKA_EC_POINT: a point in an OCTET STRING, which some tokens leave out
     */
    public static PublicKeyDer ecKey(byte[] parameters, byte[] point) {
        return Der.reading("public key in the token", () -> {
            byte[] bare = BARE_POINT_OCTETS.contains(point.length)
                    ? point
                    : ASN1OctetString.getInstance(point).getOctets();
            return new PublicKeyDer(Der.bytes(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(
                            X9ObjectIdentifiers.id_ecPublicKey, ASN1ObjectIdentifier.getInstance(parameters)),
                    bare)));
        });
    }

    /** The public key of a token's RSA key. */
    public static PublicKeyDer rsaKey(byte[] modulus, byte[] exponent) {
        try {
            return new PublicKeyDer(Der.bytes(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    new RSAPublicKey(new BigInteger(1, modulus), new BigInteger(1, exponent)))));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
