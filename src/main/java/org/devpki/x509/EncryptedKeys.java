package org.devpki.x509;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.crypto.util.DigestFactory;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Kdf;
import org.devpki.model.SecretBytes;

/**
 * Private keys under a passphrase: EncryptedPrivateKeyInfo with PBES2 (RFC 8018), as {@code openssl pkey} reads and writes
 * it. Written with AES-256-CBC, and scrypt (RFC 7914) or PBKDF2.
 */
public final class EncryptedKeys {
    /** N = 2^14, r = 8, p = 1: 16 MiB a guess, OpenSSL's own setting; docs/adr/0005-scrypt-for-ca-keys.md says why. */
    private static final int COST = 1 << 14;

    private static final int BLOCK_SIZE = 8;
    private static final int PARALLELIZATION = 1;
    /** Of PBKDF2 with HMAC-SHA-256, as the OWASP Password Storage Cheat Sheet wants it. */
    private static final int ITERATIONS = 600_000;

    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int MOST_MEMORY_OCTETS = 256 << 20;
    private static final int MOST_WORK_OCTETS = 1 << 30;
    private static final String LABEL = "ENCRYPTED PRIVATE KEY";

    private EncryptedKeys() {}

    /** PEM text of the key under the passphrase, by scrypt. */
    public static SecretBytes encrypt(SecretBytes pkcs8, SecretBytes passphrase, SecureRandom random) {
        return encrypt(pkcs8, passphrase, Kdf.SCRYPT, random);
    }

    /** The same by a derivation of the caller's choosing. */
    public static SecretBytes encrypt(SecretBytes pkcs8, SecretBytes passphrase, Kdf kdf, SecureRandom random) {
        byte[] salt = new byte[16];
        byte[] iv = new byte[16];
        random.nextBytes(salt);
        random.nextBytes(iv);
        KeyDerivationFunc function =
                switch (kdf) {
                    case SCRYPT ->
                        new KeyDerivationFunc(
                                MiscObjectIdentifiers.id_scrypt,
                                new ScryptParams(salt, COST, BLOCK_SIZE, PARALLELIZATION, 32));
                    case PBKDF2 ->
                        new KeyDerivationFunc(
                                PKCSObjectIdentifiers.id_PBKDF2,
                                new PBKDF2Params(
                                        salt,
                                        ITERATIONS,
                                        new AlgorithmIdentifier(
                                                PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE)));
                };
        EncryptionScheme scheme = new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv));
        byte[] derived = derived(function, passphrase, keyOctets(scheme));
        byte[] encrypted = pkcs8.lend(octets -> cipher(true, engine(scheme), derived, iv, octets));
        byte[] info = Der.encode(new EncryptedPrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, new PBES2Parameters(function, scheme)),
                encrypted));
        return Pem.secret(LABEL, SecretBytes.taking(info));
    }

    /**
     * The PKCS #8 octets of a key file, PEM or DER: as {@link #encrypt} makes it, or OpenSSL.
     *
     * @param origin the file's name, for messages
     * @throws DevpkiException KEY_UNAVAILABLE for a wrong passphrase, a cut file or another kind of encryption
     */
    public static SecretBytes decrypt(Bytes file, SecretBytes passphrase, String origin) {
        return reading(file, origin, encrypted -> {
            PBES2Parameters parameters = parameters(encrypted);
            EncryptionScheme scheme = parameters.getEncryptionScheme();
            byte[] derived = derived(parameters.getKeyDerivationFunc(), passphrase, keyOctets(scheme));
            byte[] iv = Der.reading(
                    "encrypted key",
                    () -> DEROctetString.getInstance(scheme.getParameters()).getOctets());
            return SecretBytes.taking(cipher(false, engine(scheme), derived, iv, encrypted.getEncryptedData()));
        });
    }

    /**
     * What a key file is under.
     *
     * @throws DevpkiException KEY_UNAVAILABLE for a cut file or another kind of encryption
     */
    public static KeyWrapping wrapping(Bytes file, String origin) {
        return reading(file, origin, encrypted -> {
            PBES2Parameters parameters = parameters(encrypted);
            KeyDerivationFunc function = parameters.getKeyDerivationFunc();
            boolean isAes256 =
                    parameters.getEncryptionScheme().getAlgorithm().equals(NISTObjectIdentifiers.id_aes256_CBC);
            String cipher = isAes256 ? "AES-256-CBC" : 8 * keyOctets(parameters.getEncryptionScheme()) + "-bit CBC";
            if (isScrypt(function)) {
                ScryptParams scrypt = Der.reading("encrypted key", () -> checked(function));
                long cost = scrypt.getCostParameter().longValueExact();
                long blockSize = scrypt.getBlockSize().longValueExact();
                return new KeyWrapping(
                        Kdf.SCRYPT,
                        "scrypt N=" + cost + " r=" + blockSize + " p=" + scrypt.getParallelizationParameter() + ", "
                                + cipher,
                        !isAes256 || cost * blockSize < (long) COST * BLOCK_SIZE);
            }
            PBKDF2Params pbkdf2 = Der.reading("encrypted key", () -> checkedPbkdf2(function));
            int iterations = pbkdf2.getIterationCount().intValueExact();
            Digest digest = digest(pbkdf2);
            return new KeyWrapping(
                    Kdf.PBKDF2,
                    "PBKDF2 HMAC-" + digest.getAlgorithmName() + " " + iterations + " rounds, " + cipher,
                    !isAes256 || iterations < ITERATIONS || digest.getDigestSize() < 32);
        });
    }

    /** Whether a key file, PEM or DER, is under a passphrase. */
    static boolean isEncrypted(Bytes file) {
        if (Pem.isPem(file)) {
            return file.asUtf8().contains("-----BEGIN " + LABEL + "-----");
        }
        try { // an EncryptedPrivateKeyInfo begins with an AlgorithmIdentifier, all others with a version
            return ASN1Sequence.getInstance(file.toArray()).getObjectAt(0) instanceof ASN1Sequence;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static <T> T reading(Bytes file, String origin, Function<EncryptedPrivateKeyInfo, T> reader) {
        try (SecretBytes info = Pem.readSecret(file, "it", LABEL)) {
            return reader.apply(info.lend(
                    octets -> Der.reading("encrypted key", () -> EncryptedPrivateKeyInfo.getInstance(octets))));
        } catch (WrongKey e) {
            throw notOpened(origin).causedBy(e);
        } catch (DevpkiException e) {
            throw DevpkiException.keyUnavailable("key file " + origin + " cannot be used: " + e.sentence())
                    .causedBy(e);
        }
    }

    static DevpkiException notOpened(String origin) {
        return DevpkiException.keyUnavailable("the passphrase does not open key file " + origin);
    }

    private static PBES2Parameters parameters(EncryptedPrivateKeyInfo encrypted) {
        return Der.reading(
                "encrypted key",
                () -> PBES2Parameters.getInstance(
                        encrypted.getEncryptionAlgorithm().getParameters()));
    }

    private static boolean isScrypt(KeyDerivationFunc function) {
        return function.getAlgorithm().equals(MiscObjectIdentifiers.id_scrypt);
    }

    private static byte[] derived(KeyDerivationFunc function, SecretBytes passphrase, int keyOctets) {
        return isScrypt(function)
                ? derive(Der.reading("encrypted key", () -> checked(function)), passphrase, keyOctets)
                : Der.reading("encrypted key", () -> pbkdf2(function, passphrase, keyOctets));
    }

    /** Refuses what scrypt does not take (RFC 7914 section 2), and what would take all memory or minutes. */
    private static ScryptParams checked(KeyDerivationFunc function) {
        ScryptParams scrypt = ScryptParams.getInstance(function.getParameters());
        BigInteger cost = scrypt.getCostParameter();
        BigInteger blockSize = scrypt.getBlockSize();
        BigInteger parallelization = scrypt.getParallelizationParameter();
        if (cost.compareTo(BigInteger.TWO) < 0
                || cost.bitCount() != 1
                || blockSize.signum() <= 0
                || parallelization.signum() <= 0
                || BigInteger.valueOf(cost.bitLength() - 1L).compareTo(blockSize.shiftLeft(4)) >= 0) {
            throw DevpkiException.invalid("its scrypt parameters are none that scrypt takes");
        }
        BigInteger memory = cost.multiply(blockSize).shiftLeft(7);
        if (memory.compareTo(BigInteger.valueOf(MOST_MEMORY_OCTETS)) > 0
                || memory.multiply(parallelization).compareTo(BigInteger.valueOf(MOST_WORK_OCTETS)) > 0) {
            throw DevpkiException.invalid("its scrypt parameters ask for too much");
        }
        return scrypt;
    }

    private static int keyOctets(EncryptionScheme scheme) {
        ASN1ObjectIdentifier cipher = scheme.getAlgorithm();
        if (cipher.equals(NISTObjectIdentifiers.id_aes256_CBC)) {
            return 32;
        }
        if (cipher.equals(NISTObjectIdentifiers.id_aes192_CBC)) {
            return 24;
        }
        if (cipher.equals(NISTObjectIdentifiers.id_aes128_CBC)) {
            return 16;
        }
        if (cipher.equals(PKCSObjectIdentifiers.des_EDE3_CBC)) { // what openssl req takes by default
            return 24;
        }
        throw DevpkiException.keyUnavailable("it is not encrypted with AES-CBC, as openssl pkey -aes256 does");
    }

    private static BlockCipher engine(EncryptionScheme scheme) {
        return scheme.getAlgorithm().equals(PKCSObjectIdentifiers.des_EDE3_CBC)
                ? new DESedeEngine()
                : AESEngine.newInstance();
    }

    /** RFC 8018 section 5.2. */
    private static byte[] pbkdf2(KeyDerivationFunc function, SecretBytes passphrase, int keyOctets) {
        PBKDF2Params parameters = checkedPbkdf2(function);
        Digest digest = digest(parameters);
        return passphrase.lend(octets -> {
            PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(digest);
            generator.init(
                    octets, parameters.getSalt(), parameters.getIterationCount().intValueExact());
            return ((KeyParameter) generator.generateDerivedParameters(8 * keyOctets)).getKey();
        });
    }

    private static PBKDF2Params checkedPbkdf2(KeyDerivationFunc function) {
        if (!function.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            throw DevpkiException.invalid("it is encrypted with neither PBKDF2 nor scrypt");
        }
        PBKDF2Params parameters = PBKDF2Params.getInstance(function.getParameters());
        BigInteger iterations = parameters.getIterationCount();
        if (iterations.signum() <= 0 || iterations.compareTo(BigInteger.valueOf(MOST_ITERATIONS)) > 0) {
            throw DevpkiException.invalid("its iteration count is not 1 to " + MOST_ITERATIONS);
        }
        return parameters;
    }

    private static Digest digest(PBKDF2Params parameters) {
        ASN1ObjectIdentifier prf = parameters.getPrf().getAlgorithm();
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA256)) {
            return DigestFactory.createSHA256();
        }
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA384)) {
            return DigestFactory.createSHA384();
        }
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA512)) {
            return DigestFactory.createSHA512();
        }
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA1)) {
            return DigestFactory.createSHA1();
        }
        throw DevpkiException.invalid("its PBKDF2 is of an unknown kind");
    }

    private static byte[] derive(ScryptParams scrypt, SecretBytes passphrase, int keyOctets) {
        return passphrase.lend(octets -> SCrypt.generate(
                octets,
                scrypt.getSalt(),
                scrypt.getCostParameter().intValueExact(),
                scrypt.getBlockSize().intValueExact(),
                scrypt.getParallelizationParameter().intValueExact(),
                keyOctets));
    }

    static byte[] cipher(boolean isEncrypting, BlockCipher engine, byte[] key, byte[] iv, byte[] octets) {
        BufferedBlockCipher cipher = new PaddedBufferedBlockCipher(CBCBlockCipher.newInstance(engine));
        byte[] all = new byte[octets.length + 2 * cipher.getBlockSize()];
        try {
            cipher.init(isEncrypting, new ParametersWithIV(new KeyParameter(key), iv));
            int length = cipher.processBytes(octets, 0, octets.length, all, 0);
            length += cipher.doFinal(all, length);
            return Arrays.copyOf(all, length);
        } catch (InvalidCipherTextException | RuntimeException e) {
            throw new WrongKey(e);
        } finally {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(all, (byte) 0);
        }
    }

    /** The cipher's way of saying that the key derived from the passphrase is not the one. */
    static final class WrongKey extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongKey(Throwable cause) {
            super(cause);
        }
    }
}
