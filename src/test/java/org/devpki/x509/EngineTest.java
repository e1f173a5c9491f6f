package org.devpki.x509;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.devpki.model.Bytes;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Plain and native code beside each other. The build's machines run both: where native code does not load, this fails. */
class EngineTest {
    private static final Engine PLAIN = Engine.PLAIN;
    private static final Engine NATIVE = Engine.forMany();
    private static final List<Engine> BOTH = List.of(PLAIN, NATIVE);
    private static final KeySpec RSA = new KeySpec.Rsa(2048);
    private static final List<KeySpec> KINDS = List.of(
            new KeySpec.Ec(Curve.P_256),
            new KeySpec.Ec(Curve.P_384),
            new KeySpec.Ec(Curve.P_521),
            RSA,
            new KeySpec.Ed25519());
    private static final Bytes OCTETS = Bytes.utf8("what is to be signed");

    @Test
    void nativeCodeIsLoadedOnceAndRegisteredNowhere() {
        assertTrue(NATIVE.text().startsWith("AmazonCorrettoCryptoProvider 2."), NATIVE.text());
        assertSame(NATIVE, Engine.forMany());
        assertTrue(Arrays.stream(Security.getProviders())
                .noneMatch(provider -> provider.getName().startsWith("Amazon")));
    }

    @TestFactory
    Stream<DynamicTest> whatOneEngineSignsBothVerify() {
        return eachKind((spec, key) -> {
            for (Engine signer : BOTH) {
                byte[] signature = sign(signer, key, OCTETS);

                for (Engine verifier : BOTH) {
                    assertTrue(verify(verifier, key, OCTETS, signature), signer.text() + ", " + verifier.text());
                }
            }
        });
    }

    @Test
    void aNonceOfECDSAIsDeterministicInPlainJavaAndRandomInNativeCode() throws IOException {
        DeviceKey key = TestKeys.key(TestKeys.P_256, "owner");

        assertEquals(Bytes.of(sign(PLAIN, key, OCTETS)), Bytes.of(sign(PLAIN, key, OCTETS)));
        assertNotEquals(Bytes.of(sign(NATIVE, key, OCTETS)), Bytes.of(sign(NATIVE, key, OCTETS)));
    }

    @TestFactory
    Stream<DynamicTest> aBrokenSignatureIsNoneToBothAndThrowsInNeither() {
        return eachKind((spec, key) -> {
            byte[] good = sign(PLAIN, key, OCTETS);
            for (int at = 0; at < good.length; at += good.length < 150 ? 1 : 17) {
                byte[] changed = good.clone();
                changed[at] ^= 0x40;
                for (byte[] broken : List.of(changed, Arrays.copyOf(good, at))) {
                    for (Engine engine : BOTH) {
                        assertFalse(verify(engine, key, OCTETS, broken), engine.text() + ", octet " + at);
                    }
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aSignatureIsForItsOctetsAndItsKeyAlone() {
        return eachKind((spec, key) -> {
            byte[] good = sign(NATIVE, key, OCTETS);
            for (Engine engine : BOTH) {
                assertFalse(verify(engine, key, Bytes.utf8("something else"), good), engine.text());
                assertFalse(verify(engine, TestKeys.key(spec, "another"), OCTETS, good), engine.text());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aDamagedKeyIsRefusedAlike() {
        return eachKind((spec, key) -> {
            Bytes sealed = Seals.seal(OCTETS_AS_DER, LocalSigningKey.of(key));
            byte[] octets = key.publicKey().octets().toArray();
            byte[] offCurve = octets.clone();
            offCurve[octets.length - 1] ^= 1;
            for (Engine engine : BOTH) {
                assertEquals(
                        Fault.INVALID_INPUT,
                        assertThrows(
                                        DevpkiException.class,
                                        () -> Seals.verify(
                                                sealed,
                                                new PublicKeyDer(Bytes.of(Arrays.copyOf(octets, octets.length - 1))),
                                                engine))
                                .fault(),
                        engine.text());
                if (spec instanceof KeySpec.Ec) {
                    assertThrows(
                            DevpkiException.class,
                            () -> Seals.verify(sealed, new PublicKeyDer(Bytes.of(offCurve)), engine),
                            engine.text());
                }
            }
        });
    }

    private static final Bytes OCTETS_AS_DER = Bytes.of(new byte[] {0x30, 3, 2, 1, 5});

    @TestFactory
    Stream<DynamicTest> keysHaveTheVeryFormThatPlainJavaGivesThem() {
        return KINDS.stream()
                .map(spec -> DynamicTest.dynamicTest(spec.text(), () -> {
                    try (DeviceKey made = NATIVE.generate(spec, new CountingRandom())) {
                        assertEquals(spec, made.spec());
                        assertEquals(Optional.of(spec), Keys.spec(made.publicKey()));
                        assertEquals(Optional.empty(), Keys.fault(made.publicKey()));
                        assertEquals(
                                made.publicKey(), Keys.ofPkcs8(made.pkcs8()).publicKey());
                        assertEquals(encodedByPlainJava(made.pkcs8()), made.pkcs8());
                        assertTrue(verify(PLAIN, made, OCTETS, sign(NATIVE, made, OCTETS)));
                    }
                }));
    }

    @Test
    void anRsaKeyHasAModulusOfItsLengthAndTheUsualExponent() {
        SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(
                NATIVE.generate(RSA, new CountingRandom()).publicKey().octets().toArray());
        RSAPublicKey key = Der.reading("public key", () -> RSAPublicKey.getInstance(info.parsePublicKey()));

        assertEquals(2048, key.getModulus().bitLength());
        assertEquals(65537, key.getPublicExponent().intValueExact());
    }

    @Test
    void manyThreadsMakeKeysThatDiffer() {
        Set<PublicKeyDer> made = ConcurrentHashMap.newKeySet();

        IntStream.range(0, 400)
                .parallel()
                .forEach(i -> made.add(
                        NATIVE.generate(TestKeys.P_256, new CountingRandom()).publicKey()));

        assertEquals(400, made.size());
    }

    @Test
    void manyThreadsSignByOneKey() {
        DeviceKey shared = TestKeys.key(TestKeys.P_256, "owner");
        SigningKey signer = LocalSigningKey.of(shared).by(NATIVE);

        long good = IntStream.range(0, 3000)
                .parallel()
                .mapToObj(i -> Bytes.utf8("certificate " + i))
                .filter(octets -> Der.reading(
                        "signature",
                        () -> verify(NATIVE, shared, octets, signer.sign(octets).toArray())))
                .count();

        assertEquals(3000, good);
    }

    @Test
    void octetsThatCannotBeReadAreToldAlike() {
        OctetSource torn = new OctetSource() {
            @Override
            public long size() {
                return 10;
            }

            @Override
            public InputStream open() throws IOException {
                throw new IOException("the disk is gone");
            }
        };
        SigningKey key = TestKeys.signing(TestKeys.P_256, "owner");

        for (Engine engine : BOTH) {
            DevpkiException told =
                    assertThrows(DevpkiException.class, () -> key.by(engine).sign(torn));
            assertEquals("what is to be signed cannot be read: the disk is gone", told.sentence(), engine.text());
        }
    }

    @Test
    void aSigningKeyShowsNothingOfItself() {
        SigningKey key = TestKeys.signing(TestKeys.P_256, "owner").by(NATIVE);

        assertEquals("NativeSigningKey[ecdsa-with-SHA256]", key.toString());
    }

    private interface Check {
        void of(KeySpec spec, DeviceKey key) throws IOException;
    }

    private static Stream<DynamicTest> eachKind(Check check) {
        return KINDS.stream()
                .map(spec -> DynamicTest.dynamicTest(spec.text(), () -> check.of(spec, TestKeys.key(spec, "owner"))));
    }

    private static byte[] sign(Engine engine, DeviceKey key, Bytes octets) {
        return LocalSigningKey.of(key).by(engine).sign(octets).toArray();
    }

    private static boolean verify(Engine engine, DeviceKey key, Bytes octets, byte[] signature) throws IOException {
        return engine.verify(octets, SignatureAlgorithm.of(key.spec()), signature, key.publicKey());
    }

    private static SecretBytes encodedByPlainJava(SecretBytes pkcs8) throws IOException {
        PrivateKeyInfo info =
                PrivateKeyInfoFactory.createPrivateKeyInfo(PrivateKeyFactory.createKey(pkcs8.lend(byte[]::clone)));
        return SecretBytes.taking(
                new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey()).getEncoded());
    }
}
