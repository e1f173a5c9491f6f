package org.devpki.x509;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.BigIntegers;
import org.devpki.model.Bytes;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.KeySpec;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TokenFormsTest {
    private static final Bytes HELLO = Bytes.utf8("hello");

    @ParameterizedTest
    @EnumSource(Curve.class)
    void aSignatureInTwoHalvesBecomesTheSequenceThatItWas(Curve curve) {
        KeySpec spec = new KeySpec.Ec(curve);
        Bytes signature = TestKeys.signing(spec, "token").sign(HELLO);
        ASN1Sequence numbers = ASN1Sequence.getInstance(signature.toArray());
        int half = (curve.bits() + 7) / 8;
        byte[] given = new byte[2 * half];
        for (int i = 0; i < 2; i++) {
            byte[] number = BigIntegers.asUnsignedByteArray(
                    half, ASN1Integer.getInstance(numbers.getObjectAt(i)).getValue());
            System.arraycopy(number, 0, given, i * half, half);
        }

        assertEquals(signature, TokenForms.signature(SignatureAlgorithm.of(spec), given));
    }

    @Test
    void anRsaTokenSignsTheDigestWithItsName() {
        byte[] digest = HELLO.sha256().toArray();

        Bytes toSign = TokenForms.toSign(SignatureAlgorithm.RSA_WITH_SHA256, digest);

        assertEquals("3031300d060960864801650304020105000420" + HELLO.sha256().hex(), toSign.hex());
        assertEquals(HELLO.sha256(), TokenForms.toSign(SignatureAlgorithm.ECDSA_WITH_SHA256, digest));
    }

    @ParameterizedTest
    @EnumSource(Curve.class)
    void anEcKeyIsReadWhetherItsPointIsInAnOctetStringOrNot(Curve curve) {
        DeviceKey key = TestKeys.key(new KeySpec.Ec(curve), "token");
        byte[] point = SubjectPublicKeyInfo.getInstance(key.publicKey().octets().toArray())
                .getPublicKeyData()
                .getOctets();
        byte[] parameters = TokenForms.parameters(curve).toArray();

        assertEquals(key.publicKey(), TokenForms.ecKey(parameters, point));
        assertEquals(key.publicKey(), TokenForms.ecKey(parameters, Der.encode(new DEROctetString(point))));
    }

    @ParameterizedTest
    @CsvSource({"P_256, 65", "P_384, 97"})
    void aBarePointThatLooksLikeAnOctetStringIsTakenWhole(Curve curve, int octets) {
        byte[] point = new byte[octets];
        point[0] = 4;
        point[1] = (byte) (octets - 2);

        byte[] read = SubjectPublicKeyInfo.getInstance(
                        TokenForms.ecKey(TokenForms.parameters(curve).toArray(), point)
                                .octets()
                                .toArray())
                .getPublicKeyData()
                .getOctets();

        assertArrayEquals(point, read);
    }

    @Test
    void anRsaKeyIsReadFromItsNumbers() throws Exception {
        DeviceKey key = TestKeys.key(new KeySpec.Rsa(2048), "token");
        RSAPublicKey numbers = RSAPublicKey.getInstance(
                SubjectPublicKeyInfo.getInstance(key.publicKey().octets().toArray())
                        .parsePublicKey());
        byte[] modulus = BigIntegers.asUnsignedByteArray(numbers.getModulus());

        assertEquals(256, modulus.length); // tokens give no sign
        assertEquals(key.publicKey(), TokenForms.rsaKey(modulus, new byte[] {1, 0, 1}));
        assertEquals(
                key.publicKey(), TokenForms.rsaKey(Arrays.copyOf(modulus, modulus.length), new byte[] {0, 1, 0, 1}));
    }
}
