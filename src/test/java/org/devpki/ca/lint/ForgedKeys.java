package org.devpki.ca.lint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.math.ec.ECPoint;

/** Public keys that are the same each time, sound and unsound. Nobody may ever use them: their private halves are known. */
final class ForgedKeys {
    private static final BigInteger F4 = BigInteger.valueOf(65537);

    private static final String ML_DSA_44 = "2.16.840.1.101.3.4.3.17";

    private ForgedKeys() {}

    /** @param scalar the private key; small, so that everybody sees that it is none */
    static SubjectPublicKeyInfo ec(String curve, int scalar) {
        return ec(curve, point(curve, scalar).getEncoded(false));
    }

    static SubjectPublicKeyInfo compressed(String curve, int scalar) {
        return ec(curve, point(curve, scalar).getEncoded(true));
    }

    static SubjectPublicKeyInfo offTheCurve(String curve, int scalar) {
        byte[] point = point(curve, scalar).getEncoded(false);
        point[point.length - 1] ^= 1;
        return ec(curve, point);
    }

    static SubjectPublicKeyInfo rsa2048() {
        return rsa(F4, 1279, 521, 127, 89, 19, 13);
    }

    static SubjectPublicKeyInfo rsa4096() {
        return rsa(F4, 2203, 1279, 521, 61, 19, 13);
    }

    static SubjectPublicKeyInfo rsa1886() {
        return rsa(F4, 1279, 607);
    }

    static SubjectPublicKeyInfo rsa4484() {
        return rsa(F4, 2281, 2203);
    }

    static SubjectPublicKeyInfo rsaOfExponent3() {
        return rsa(BigInteger.valueOf(3), 1279, 521, 127, 89, 19, 13);
    }

    static SubjectPublicKeyInfo ed25519() {
        // the base point (RFC 8032 section 5.1): y is 4/5, in little-endian octets 58 66 66 ...
        byte[] point = new byte[32];
        Arrays.fill(point, (byte) 0x66);
        point[0] = 0x58;
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.112")), point);
    }

    /** From a seed of zeros, which nobody may use. */
    static SubjectPublicKeyInfo mlDsa44() {
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(new ASN1ObjectIdentifier(ML_DSA_44)), mlDsaOctets());
    }

    static SubjectPublicKeyInfo mlDsa44WithParameters() {
        return new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier(ML_DSA_44), DERNull.INSTANCE), mlDsaOctets());
    }

    static SubjectPublicKeyInfo shortMlDsa44() {
        return new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier(ML_DSA_44)), Arrays.copyOf(mlDsaOctets(), 1311));
    }

    private static byte[] mlDsaOctets() {
        return new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, new byte[32]).getPublicKey();
    }

    /** X25519 agrees on keys and signs nothing (RFC 8410). */
    static SubjectPublicKeyInfo x25519() {
        byte[] u = new byte[32];
        u[0] = 9;
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.110")), u);
    }

    /** A modulus that needs no random numbers: the product of Mersenne primes, which has the sum of their bits. */
    private static SubjectPublicKeyInfo rsa(BigInteger exponent, int... primeBits) {
        BigInteger modulus = BigInteger.ONE;
        for (int bits : primeBits) {
            modulus = modulus.multiply(BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE));
        }
        try {
            return new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    new RSAPublicKey(modulus, exponent));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SubjectPublicKeyInfo ec(String curve, byte[] point) {
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(curve);
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, oid), point);
    }

    private static ECPoint point(String curve, int scalar) {
        return CustomNamedCurves.getByOID(new ASN1ObjectIdentifier(curve))
                .getG()
                .multiply(BigInteger.valueOf(scalar))
                .normalize();
    }
}
