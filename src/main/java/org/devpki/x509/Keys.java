package org.devpki.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.generators.MLDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.MLDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.devpki.model.Bytes;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.MlDsaSet;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RsaNumbers;
import org.devpki.model.SecretBytes;
import org.devpki.model.SignatureAlgorithm;

/** Key pairs: made, read, told apart. */
public final class Keys {
    private static final int SUBJECT_KEY_ID_OCTETS = 20;

    private Keys() {}

    /** Makes a key pair. RSA by the JDK, which is faster at it; the rest by Bouncy Castle. */
    public static DeviceKey generate(KeySpec spec, SecureRandom random) {
        return spec.match(
                ec -> generateEc(ec.curve(), random),
                rsa -> generateRsa(rsa.bits(), random),
                ed -> generateEd(random),
                ml -> generateMlDsa(ml, random));
    }

    /**
     * Reads an unencrypted private key. Of ML-DSA in each of its forms: seed, expanded, both if they belong together.
     *
     * @param pkcs8 PKCS #8 DER; stays the caller's
     * @throws DevpkiException KEY_UNAVAILABLE if it is none, or of a kind that devpki does not use
     */
    public static DeviceKey ofPkcs8(SecretBytes pkcs8) {
        PublicKeyDer publicKey = pkcs8.lend(octets -> {
            try {
                AsymmetricKeyParameter made = publicHalf(PrivateKeyFactory.createKey(octets));
                return new PublicKeyDer(Der.bytes(SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(made)));
            } catch (IOException | RuntimeException e) {
                throw DevpkiException.keyUnavailable("the private key is not well-formed PKCS #8")
                        .causedBy(e);
            }
        });
        KeySpec spec = spec(publicKey)
                .orElseThrow(
                        () -> DevpkiException.keyUnavailable("the private key is of a kind that is not supported"));
        return new DeviceKey(spec, publicKey, pkcs8.copy());
    }

    /**
     * Reads an unencrypted private key from a file: PEM or DER, PKCS #8, SEC 1 or PKCS #1.
     *
     * @param file stays the caller's
     * @param origin the file's name, for messages
     * @throws DevpkiException KEY_UNAVAILABLE if it holds none, or one under a passphrase
     */
    public static DeviceKey read(SecretBytes file, String origin) {
        try (SecretBytes der = Pem.readPrivateKey(file, origin)) {
            byte[] pkcs8 = der.lend(octets -> Der.reading("private key in " + origin, () -> pkcs8(octets)));
            try (SecretBytes info = SecretBytes.taking(pkcs8)) {
                return ofPkcs8(info);
            }
        } catch (DevpkiException e) {
            throw DevpkiException.keyUnavailable(e.sentence()).causedBy(e);
        }
    }

    /**
     * The same of a key that may be under a passphrase, as OpenSSL puts it there.
     *
     * @throws DevpkiException KEY_UNAVAILABLE also for one under a passphrase that is not given, or is another
     */
    public static DeviceKey read(SecretBytes file, Optional<SecretBytes> passphrase, String origin) {
        if (!isEncrypted(file)) {
            return read(file, origin);
        }
        SecretBytes given = passphrase.orElseThrow(
                () -> DevpkiException.keyUnavailable("key file " + origin + " is under a passphrase"));
        if (LegacyPem.isEncrypted(file)) {
            try (SecretBytes der = LegacyPem.decrypt(file, given, origin)) {
                return read(der, origin);
            } catch (DevpkiException e) { // one of 256 wrong passphrases leaves octets that look padded
                throw e.getCause() == null ? e : EncryptedKeys.notOpened(origin).causedBy(e);
            }
        }
        try (SecretBytes pkcs8 = file.lend(octets -> EncryptedKeys.decrypt(Bytes.of(octets), given, origin))) {
            return ofPkcs8(pkcs8);
        }
    }

    /** Whether a key file, PEM or DER, is under a passphrase. */
    public static boolean isEncrypted(SecretBytes file) {
        return LegacyPem.isEncrypted(file) || file.lend(octets -> EncryptedKeys.isEncrypted(Bytes.of(octets)));
    }

    /** PKCS #8 of a key that is that already, or SEC 1 (RFC 5915) with a named curve, or PKCS #1 (RFC 8017 A.1.2). */
    private static byte[] pkcs8(byte[] octets) throws IOException {
        ASN1Sequence sequence = ASN1Sequence.getInstance(octets);
        if (sequence.size() > 1 && sequence.getObjectAt(1) instanceof ASN1Sequence) {
            return octets.clone();
        }
        if (sequence.size() > 1 && sequence.getObjectAt(1) instanceof ASN1OctetString) {
            ECPrivateKey key = ECPrivateKey.getInstance(sequence);
            ASN1Encodable curve = key.getParametersObject();
            if (curve == null) {
                throw new IOException("no curve");
            }
            return Der.encode(
                    new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key));
        }
        return Der.encode(new PrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                RSAPrivateKey.getInstance(sequence)));
    }

    /**
     * The key in the form that OpenSSL calls traditional: SEC 1 (RFC 5915) with curve and public key, or PKCS #1.
     *
     * @throws DevpkiException REFUSED for Ed25519 and ML-DSA, which have no such form
     */
    public static SecretBytes traditional(DeviceKey key) {
        return key.spec()
                .match(
                        ec -> sec1(key, ec.curve()),
                        rsa -> key.pkcs8()
                                .lend(octets -> Der.reading(
                                        "private key",
                                        () -> SecretBytes.taking(Der.encode(PrivateKeyInfo.getInstance(octets)
                                                .parsePrivateKey())))),
                        ed -> {
                            throw notTraditional(key.spec());
                        },
                        ml -> {
                            throw notTraditional(key.spec());
                        });
    }

    private static DevpkiException notTraditional(KeySpec spec) {
        return DevpkiException.refused(
                "a key of kind " + spec.text() + " has no traditional form; mbedTLS reads no such key");
    }

    /** The PEM label of {@link #traditional}. */
    public static String traditionalLabel(KeySpec spec) {
        return spec.match(ec -> "EC PRIVATE KEY", rsa -> "RSA PRIVATE KEY", ed -> "PRIVATE KEY", ml -> "PRIVATE KEY");
    }

    private static SecretBytes sec1(DeviceKey key, Curve curve) {
        return key.pkcs8()
                .lend(octets -> Der.reading("private key", () -> {
                    ECPrivateKeyParameters parameters = (ECPrivateKeyParameters) PrivateKeyFactory.createKey(octets);
                    ECPrivateKey structure = new ECPrivateKey(
                            curve.bits(),
                            parameters.getD(),
                            new DERBitString(publicKeyBits(key.publicKey())),
                            new ASN1ObjectIdentifier(curve.oid()));
                    return SecretBytes.taking(Der.encode(structure));
                }));
    }

    /** The same key in the one form that devpki gives to keys it makes: with its curve also inside of what PKCS #8 wraps. */
    static DeviceKey withCurveInside(DeviceKey key, Curve curve) {
        try (SecretBytes sec1 = sec1(key, curve)) {
            byte[] pkcs8 = sec1.lend(octets -> Der.reading("private key", () -> pkcs8(octets)));
            return new DeviceKey(key.spec(), key.publicKey(), SecretBytes.taking(pkcs8));
        }
    }

    /**
     * The P-256 key with this private scalar.
     *
     * @param scalar 32 octets, big-endian; stays the caller's
     * @return empty if it is not more than 1 and less than the group's order
     */
    public static Optional<DeviceKey> ofScalar(SecretBytes scalar) {
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(Curve.P_256.oid());
        ECNamedDomainParameters domain = new ECNamedDomainParameters(oid, CustomNamedCurves.getByOID(oid));
        BigInteger d = scalar.lend(octets -> new BigInteger(1, octets));
        if (d.compareTo(BigInteger.ONE) <= 0 || d.compareTo(domain.getN()) >= 0) {
            return Optional.empty();
        }
        ECPrivateKeyParameters key = new ECPrivateKeyParameters(d, domain);
        return Optional.of(deviceKey(new KeySpec.Ec(Curve.P_256), new AsymmetricCipherKeyPair(publicHalf(key), key)));
    }

    /**
     * The numbers of an RSA key.
     *
     * @throws DevpkiException KEY_UNAVAILABLE for a key of another kind
     */
    public static RsaNumbers rsaNumbers(DeviceKey key) {
        return key.pkcs8()
                .lend(octets -> Der.reading("private key", () -> {
                    if (PrivateKeyFactory.createKey(octets) instanceof RSAPrivateCrtKeyParameters rsa) {
                        return new RsaNumbers(rsa.getModulus(), rsa.getExponent());
                    }
                    throw DevpkiException.keyUnavailable(
                            "a key of kind " + key.spec().text() + " is not RSA");
                }));
    }

    /** Whether a message that is signed with these numbers alone verifies with the public key. */
    public static boolean signFor(RsaNumbers numbers, PublicKeyDer publicKey) {
        Bytes message = publicKey.octets();
        Signer signer = Seals.signer(SignatureAlgorithm.RSA_WITH_SHA256);
        try {
            signer.init(true, new RSAKeyParameters(true, numbers.modulus(), numbers.privateExponent()));
            signer.update(message.toArray(), 0, message.length());
            return Engine.PLAIN.verify(
                    message, SignatureAlgorithm.RSA_WITH_SHA256, signer.generateSignature(), publicKey);
        } catch (IOException | CryptoException | RuntimeException e) {
            return false; // numbers that no signature can be made with
        }
    }

    /** What kind of key it is; empty for kinds and curves that devpki does not know. */
    public static Optional<KeySpec> spec(PublicKeyDer key) {
        return Der.reading("public key", () -> {
            SubjectPublicKeyInfo info =
                    SubjectPublicKeyInfo.getInstance(key.octets().toArray());
            ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
            if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
                String curveOid = String.valueOf(info.getAlgorithm().getParameters());
                return Arrays.stream(Curve.values())
                        .filter(curve -> curve.oid().equals(curveOid))
                        .findFirst()
                        .map(KeySpec.Ec::new);
            }
            if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
                BigInteger modulus =
                        RSAPublicKey.getInstance(info.parsePublicKey()).getModulus();
                return Optional.of(new KeySpec.Rsa(modulus.bitLength()));
            }
            if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
                return Optional.of(new KeySpec.Ed25519());
            }
            return Arrays.stream(MlDsaSet.values())
                    .filter(set -> set.oid().equals(algorithm.getId()))
                    .findFirst()
                    .map(KeySpec.MlDsa::new);
        });
    }

    /**
     * What is wrong with the key itself: a point that is compressed or not on its curve, an even or small RSA exponent,
     * parameters where there are none. Empty when nothing is.
     */
    public static Optional<String> fault(PublicKeyDer key) {
        try {
            SubjectPublicKeyInfo info =
                    SubjectPublicKeyInfo.getInstance(key.octets().toArray());
            AsymmetricKeyParameter parameters = PublicKeyFactory.createKey(info); // refuses points off the curve
            if (parameters instanceof ECPublicKeyParameters
                    && info.getPublicKeyData().getOctets()[0] != 0x04) {
                return Optional.of("its point is not in uncompressed form");
            }
            if (parameters instanceof RSAKeyParameters rsa
                    && (rsa.getExponent().bitLength() < 17 || !rsa.getExponent().testBit(0))) {
                return Optional.of("its RSA exponent is even or under 65537");
            }
            boolean isWithoutParameters = // RFC 8410 section 3, RFC 9881 section 2
                    parameters instanceof Ed25519PublicKeyParameters || parameters instanceof MLDSAPublicKeyParameters;
            if (isWithoutParameters && info.getAlgorithm().getParameters() != null) {
                return Optional.of("its algorithm identifier has parameters");
            }
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of("it cannot be read");
        }
    }

    /** 20 octets: SHA-256 of the public key's bits, cut (RFC 7093 section 2, method 1). */
    public static Bytes subjectKeyId(PublicKeyDer key) {
        return Bytes.of(Arrays.copyOf(Bytes.of(publicKeyBits(key)).sha256().toArray(), SUBJECT_KEY_ID_OCTETS));
    }

    /** Hash of the public key's bits, as OCSP's CertID and ResponderID want it (RFC 6960 section 4.1.1). */
    public static Bytes bitsHash(PublicKeyDer key, String digest) {
        return Bytes.of(publicKeyBits(key)).digest(digest);
    }

    private static byte[] publicKeyBits(PublicKeyDer key) {
        return SubjectPublicKeyInfo.getInstance(key.octets().toArray())
                .getPublicKeyData()
                .getOctets();
    }

    private static DeviceKey generateEc(Curve curve, SecureRandom random) {
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(curve.oid());
        generator.init(new ECKeyGenerationParameters(
                new ECNamedDomainParameters(oid, CustomNamedCurves.getByOID(oid)), random));
        return deviceKey(new KeySpec.Ec(curve), generator.generateKeyPair());
    }

    private static DeviceKey generateEd(SecureRandom random) {
        Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
        generator.init(new Ed25519KeyGenerationParameters(random));
        return deviceKey(new KeySpec.Ed25519(), generator.generateKeyPair());
    }

    private static DeviceKey generateMlDsa(KeySpec.MlDsa spec, SecureRandom random) {
        MLDSAKeyPairGenerator generator = new MLDSAKeyPairGenerator();
        generator.init(new MLDSAKeyGenerationParameters(random, parameters(spec.set())));
        return deviceKey(spec, generator.generateKeyPair());
    }

    private static MLDSAParameters parameters(MlDsaSet set) {
        return switch (set) {
            case ML_DSA_44 -> MLDSAParameters.ml_dsa_44;
            case ML_DSA_65 -> MLDSAParameters.ml_dsa_65;
            case ML_DSA_87 -> MLDSAParameters.ml_dsa_87;
        };
    }

    private static DeviceKey generateRsa(int bits, SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
            generator.initialize(bits, random);
            KeyPair pair = generator.generateKeyPair();
            return new DeviceKey(
                    new KeySpec.Rsa(bits),
                    new PublicKeyDer(Bytes.of(pair.getPublic().getEncoded())),
                    SecretBytes.taking(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DeviceKey deviceKey(KeySpec spec, AsymmetricCipherKeyPair pair) {
        try {
            PrivateKeyInfo info = PrivateKeyInfoFactory.createPrivateKeyInfo(written(pair.getPrivate()));
            // version 1 of PKCS #8, without the optional public key that OpenSSL and mbedTLS do not read for Ed25519
            PrivateKeyInfo plain = new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey());
            return new DeviceKey(
                    spec,
                    new PublicKeyDer(
                            Der.bytes(SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(pair.getPublic()))),
                    SecretBytes.taking(Der.encode(plain)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** ML-DSA as its seed alone, 32 octets that all else follows from (RFC 9881 section 6). */
    private static AsymmetricKeyParameter written(AsymmetricKeyParameter key) {
        return key instanceof MLDSAPrivateKeyParameters ml
                ? ml.withPreferredFormat(MLDSAPrivateKeyParameters.SEED_ONLY)
                : key;
    }

    private static AsymmetricKeyParameter publicHalf(AsymmetricKeyParameter key) {
        if (key instanceof ECPrivateKeyParameters ec) {
            return new ECPublicKeyParameters(
                    new FixedPointCombMultiplier().multiply(ec.getParameters().getG(), ec.getD()), ec.getParameters());
        }
        if (key instanceof RSAPrivateCrtKeyParameters rsa) {
            return new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
        }
        if (key instanceof Ed25519PrivateKeyParameters ed) {
            return ed.generatePublicKey();
        }
        if (key instanceof MLDSAPrivateKeyParameters ml) {
            return ml.getPublicKeyParameters();
        }
        throw new IllegalArgumentException("a key of kind " + key.getClass().getSimpleName());
    }
}
