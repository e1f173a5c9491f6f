package org.devpki.x509;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.MlDsaSet;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.Faults;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * ML-DSA (FIPS 204) beside two implementations that share no line with devpki's: AWS-LC, by way of the provider that native
 * code comes from, on each JDK; and the JDK's own, which there is from 24 on (JEP 497).
 */
class MlDsaTest {
    private static final Bytes MESSAGE = Bytes.utf8("what is to be signed");

    private static final Bytes TBS = Bytes.of(new byte[] {0x30, 3, 2, 1, 5});

    /** As RFC 9881 section 6 draws it: version 0, AlgorithmIdentifier without parameters, [0] of 32 octets. */
    private static final String HEAD_OF_44 = "3034020100300b060960864801650304031104228020";

    private static DeviceKey key(MlDsaSet set, String owner) {
        return TestKeys.key(new KeySpec.MlDsa(set), owner);
    }

    private static SignatureAlgorithm algorithm(MlDsaSet set) {
        return SignatureAlgorithm.of(new KeySpec.MlDsa(set));
    }

    private static byte[] sign(DeviceKey key, Bytes message) {
        return LocalSigningKey.of(key).sign(message).toArray();
    }

    private static boolean verify(MlDsaSet set, PublicKeyDer key, byte[] signature) throws IOException {
        return Engine.PLAIN.verify(MESSAGE, algorithm(set), signature, key);
    }

    /** The key in another form of RFC 9881 section 6. */
    private static SecretBytes as(int form, DeviceKey key) {
        return key.pkcs8().lend(octets -> {
            try {
                MLDSAPrivateKeyParameters read = (MLDSAPrivateKeyParameters) PrivateKeyFactory.createKey(octets);
                return SecretBytes.taking(PrivateKeyInfoFactory.createPrivateKeyInfo(read.withPreferredFormat(form))
                        .getEncoded());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** All that is not devpki's own. */
    private static List<Provider> others() {
        List<Provider> others = new ArrayList<>();
        try {
            others.add(CorrettoLoader.provider());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("native code is not here", e);
        }
        Provider own = Security.getProvider("SUN");
        if (own.getService("Signature", "ML-DSA") != null) {
            others.add(own);
        }
        return others;
    }

    private interface Check {
        void of(Provider other, MlDsaSet set) throws GeneralSecurityException, IOException;
    }

    private static Stream<DynamicTest> eachOther(Check check) {
        return others().stream()
                .flatMap(other -> Arrays.stream(MlDsaSet.values())
                        .map(set -> DynamicTest.dynamicTest(
                                set.text() + " beside " + other.getName(), () -> check.of(other, set))));
    }

    private static PublicKey publicKey(Provider other, PublicKeyDer key) throws GeneralSecurityException {
        return KeyFactory.getInstance("ML-DSA", other)
                .generatePublic(new X509EncodedKeySpec(key.octets().toArray()));
    }

    private static boolean verify(Provider other, PublicKey key, Bytes message, byte[] signature)
            throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("ML-DSA", other);
        verifier.initVerify(key);
        verifier.update(message.toArray());
        try {
            return verifier.verify(signature);
        } catch (java.security.SignatureException e) {
            return false; // of a wrong length
        }
    }

    @Test
    void theJdkIsTheSecondOtherFrom24On() {
        assertEquals(Runtime.version().feature() >= 24 ? 2 : 1, others().size());
    }

    @ParameterizedTest
    @EnumSource
    void keysAndSignaturesHaveTheLengthsOfTheStandard(MlDsaSet set) {
        DeviceKey key = key(set, "owner");

        assertEquals(set.publicKeyOctets() + 22, key.publicKey().octets().length());
        assertEquals(54, key.pkcs8().length());
        assertEquals(set.signatureOctets(), sign(key, MESSAGE).length);
        assertEquals(
                Seals.seal(TBS, LocalSigningKey.of(key)).length(),
                Seals.unsigned(TBS, key.spec()).length(),
                "what a chain is reckoned with before it is signed");
    }

    @Test
    void aKeyIsWrittenAsItsSeed() {
        String written =
                key(MlDsaSet.ML_DSA_44, "owner").pkcs8().lend(Bytes::of).hex();

        assertTrue(written.startsWith(HEAD_OF_44), written.substring(0, HEAD_OF_44.length()));
    }

    @ParameterizedTest
    @EnumSource
    void aKeyIsReadInEachOfItsThreeFormsAndSignsAlike(MlDsaSet set) {
        DeviceKey key = key(set, "owner");
        Bytes signature = Bytes.of(sign(key, MESSAGE));

        for (int form : new int[] {
            MLDSAPrivateKeyParameters.SEED_ONLY, MLDSAPrivateKeyParameters.EXPANDED_KEY, MLDSAPrivateKeyParameters.BOTH
        }) {
            try (SecretBytes pkcs8 = as(form, key);
                    DeviceKey read = Keys.read(Pem.privateKey(pkcs8), "key.pem")) {
                assertEquals(key.spec(), read.spec());
                assertEquals(key.publicKey(), read.publicKey());
                assertEquals(signature, Bytes.of(sign(read, MESSAGE)));
            }
        }
    }

    @Test
    void aSeedAndAnExpandedKeyThatDoNotBelongTogetherAreRefused() {
        byte[] both = as(MLDSAPrivateKeyParameters.BOTH, key(MlDsaSet.ML_DSA_44, "owner"))
                .lend(byte[]::clone);
        both[40] ^= 1; // within the seed

        Faults.assertFault(Fault.KEY_UNAVAILABLE, "PKCS #8", () -> Keys.ofPkcs8(SecretBytes.taking(both)));
    }

    @Test
    void aKeyIsKeptUnderAPassphraseAndOpensAgain() {
        DeviceKey key = key(MlDsaSet.ML_DSA_87, "owner");
        SecretBytes passphrase = SecretBytes.taking(Bytes.utf8("correct horse").toArray());

        SecretBytes file = EncryptedKeys.encrypt(key.pkcs8(), passphrase, new CountingRandom());

        try (SecretBytes opened = EncryptedKeys.decrypt(file.lend(Bytes::of), passphrase, "ca.key.pem")) {
            assertEquals(key.pkcs8(), opened);
        }
    }

    @Test
    void aSignatureFollowsFromKeyAndMessageAlone() {
        DeviceKey key = key(MlDsaSet.ML_DSA_44, "owner");

        assertEquals(Bytes.of(sign(key, MESSAGE)), Bytes.of(sign(key, MESSAGE)));
        assertNotEquals(Bytes.of(sign(key, MESSAGE)), Bytes.of(sign(key, Bytes.utf8("another"))));
    }

    @TestFactory
    Stream<DynamicTest> theSameSeedIsTheSameKey() {
        return Arrays.stream(MlDsaSet.values())
                .map(set -> DynamicTest.dynamicTest(set.text(), () -> {
                    DeviceKey key = key(set, "owner");
                    KeyFactory factory = KeyFactory.getInstance("ML-DSA", CorrettoLoader.provider());
                    byte[] seed = key.pkcs8().lend(byte[]::clone);
                    byte[] expanded =
                            as(MLDSAPrivateKeyParameters.EXPANDED_KEY, key).lend(byte[]::clone);

                    Signature signer = Signature.getInstance("ML-DSA", CorrettoLoader.provider());
                    for (byte[] form : List.of(seed, expanded)) {
                        signer.initSign(factory.generatePrivate(new PKCS8EncodedKeySpec(form)));
                        signer.update(MESSAGE.toArray());
                        assertTrue(verify(set, key.publicKey(), signer.sign()));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatDevpkiSignsOthersVerify() {
        return eachOther((other, set) -> {
            DeviceKey key = key(set, "owner");
            byte[] good = sign(key, MESSAGE);
            PublicKey read = publicKey(other, key.publicKey());

            assertTrue(verify(other, read, MESSAGE, good));
            assertFalse(verify(other, publicKey(other, key(set, "another").publicKey()), MESSAGE, good));
            for (int at = 0; at < good.length; at += 401) {
                byte[] changed = good.clone();
                changed[at] ^= 0x10;
                assertFalse(verify(other, read, MESSAGE, changed), "octet " + at);
                assertFalse(verify(set, key.publicKey(), changed), "octet " + at);
                assertFalse(verify(set, key.publicKey(), Arrays.copyOf(good, at)), "cut at " + at);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> whatOthersSignDevpkiVerifies() {
        return eachOther((other, set) -> {
            KeyPair pair = KeyPairGenerator.getInstance(set.text(), other).generateKeyPair();
            Signature signer = Signature.getInstance("ML-DSA", other);
            signer.initSign(pair.getPrivate());
            signer.update(MESSAGE.toArray());
            byte[] signature = signer.sign();
            PublicKeyDer key = new PublicKeyDer(Bytes.of(pair.getPublic().getEncoded()));

            assertEquals(new KeySpec.MlDsa(set), Keys.spec(key).orElseThrow());
            assertTrue(verify(set, key, signature));
            signature[0] ^= 1;
            assertFalse(verify(set, key, signature));
        });
    }

    @TestFactory
    Stream<DynamicTest> whatDevpkiSealsIsReadByTheJdkAndVerifiedByOthers() {
        return eachOther((other, set) -> {
            TestAuthority ca = TestAuthority.root("plant-7", new KeySpec.MlDsa(set));
            CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
            X509Certificate leaf = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(
                    ca.deviceOf("d1", key(set, "d1").publicKey()).octets().toArray()));
            X509CRL crl = (X509CRL) factory.generateCRL(
                    new ByteArrayInputStream(ca.crl(ca.crlPlan(7, TestAuthority.START, List.of(), List.of()))
                            .octets()
                            .toBytes()
                            .toArray()));

            assertEquals(set.oid(), leaf.getSigAlgOID());
            assertEquals(null, leaf.getSigAlgParams());
            assertEquals(set.oid(), crl.getSigAlgOID());
            PublicKey signer = publicKey(other, ca.key().publicKey());
            assertTrue(verify(other, signer, Bytes.of(leaf.getTBSCertificate()), leaf.getSignature()));
            assertTrue(verify(other, signer, Bytes.of(crl.getTBSCertList()), crl.getSignature()));
            assertFalse(verify(other, signer, Bytes.of(crl.getTBSCertList()), leaf.getSignature()));
        });
    }
}
