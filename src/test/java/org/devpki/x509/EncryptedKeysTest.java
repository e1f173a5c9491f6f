package org.devpki.x509;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.generators.SCrypt;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.Kdf;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Broken;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EncryptedKeysTest {
    private static final byte[] SALT = new byte[16];
    private static final byte[] IV = new byte[16];

    private static SecretBytes secret(String text) {
        return SecretBytes.taking(text.getBytes(UTF_8));
    }

    private static SecretBytes key() {
        return TestKeys.key(TestKeys.P_256, "plant-7").pkcs8().copy();
    }

    private static Bytes encrypted(String passphrase) {
        return EncryptedKeys.encrypt(key(), secret(passphrase), new CountingRandom())
                .lend(Bytes::of);
    }

    /** A key file with scrypt parameters of the test's choosing, encrypted with those of the cheapest kind. */
    private static Bytes withScrypt(BigInteger cost, BigInteger block, BigInteger parallel) {
        try {
            byte[] derived = SCrypt.generate("pass".getBytes(UTF_8), SALT, 2, 1, 1, 32);
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(derived, "AES"), new IvParameterSpec(IV));
            byte[] data = key().lend(octets -> {
                try {
                    return cipher.doFinal(octets);
                } catch (java.security.GeneralSecurityException e) {
                    throw new AssertionError(e);
                }
            });
            DERSequence scrypt = new DERSequence(new ASN1Encodable[] {
                new DEROctetString(SALT), new ASN1Integer(cost), new ASN1Integer(block), new ASN1Integer(parallel)
            });
            PBES2Parameters parameters = new PBES2Parameters(
                    new KeyDerivationFunc(MiscObjectIdentifiers.id_scrypt, scrypt),
                    new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(IV)));
            byte[] info = Der.encode(new EncryptedPrivateKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters), data));
            return Pem.secret("ENCRYPTED PRIVATE KEY", SecretBytes.taking(info)).lend(Bytes::of);
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes withScrypt(long cost, long block, long parallel) {
        return withScrypt(BigInteger.valueOf(cost), BigInteger.valueOf(block), BigInteger.valueOf(parallel));
    }

    private static void decrypt(Bytes pem) {
        try (SecretBytes opened = EncryptedKeys.decrypt(pem, secret("pass"), "ca.pem")) {
            Keys.ofPkcs8(opened).close();
        }
    }

    @Test
    void aKeyComesBackUnderItsPassphrase() {
        Bytes pem = encrypted("correct horse");

        try (SecretBytes opened = EncryptedKeys.decrypt(pem, secret("correct horse"), "ca.pem")) {
            assertEquals(key(), opened);
        }
        assertTrue(pem.asUtf8().startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assertTrue(pem.asUtf8().endsWith("\n-----END ENCRYPTED PRIVATE KEY-----\n"));
    }

    @Test
    void aWrongPassphraseOpensNothingAndIsNotTold() {
        Bytes pem = encrypted("correct horse");

        DevpkiException told = assertFault(
                Fault.KEY_UNAVAILABLE,
                "the passphrase does not open key file ca.pem",
                () -> EncryptedKeys.decrypt(pem, secret("wrong horse"), "ca.pem"));

        assertFalse(told.toString().contains("wrong horse"));
    }

    @Test
    void theSameKeyIsEncryptedOtherwiseEachTime() {
        CountingRandom random = new CountingRandom();

        Bytes first = EncryptedKeys.encrypt(key(), secret("p"), random).lend(Bytes::of);
        Bytes second = EncryptedKeys.encrypt(key(), secret("p"), random).lend(Bytes::of);

        assertNotEquals(first, second);
    }

    @Test
    void anEncryptedKeyHasNoOctetsOfThePlainOne() {
        String plain = key().lend(octets -> Bytes.of(octets).hex());

        String stored = EncryptedKeys.encrypt(key(), secret("p"), new CountingRandom())
                .lend(pem -> Bytes.of(Pem.readSecret(Bytes.of(pem), "x", "ENCRYPTED PRIVATE KEY")
                                .lend(byte[]::clone))
                        .hex());

        assertFalse(stored.contains(plain.substring(72, 104)));
    }

    @Test
    void aKeyWithCheapScryptParametersIsRead() {
        decrypt(withScrypt(2, 1, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 8, 1",
        "1, 8, 1",
        "3, 8, 1", // not a power of two
        "-2, 8, 1",
        "-2, -8, 1", // the product is positive
        "16384, 0, 1",
        "16384, 8, 0",
        "16384, 8, -1",
        "1073741824, 8, 1", // 1 TiB
        "524288, 8, 1", // 512 MiB, within the work
        "16384, 1073741824, 1",
        "16384, 8, 1073741824",
        "2097152, 1, 64", // within the memory, but minutes of work
        "262144, 8, 64",
        "65536, 1, 1", // the RFC wants N < 2^(128 r / 8)
        "9223372036854775807, 9223372036854775807, 9223372036854775807",
    })
    @Timeout(value = 5, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void absurdScryptParametersAreRefusedAtOnce(BigInteger cost, BigInteger block, BigInteger parallel) {
        assertFault(Fault.KEY_UNAVAILABLE, "ca.pem", () -> decrypt(withScrypt(cost, block, parallel)));
    }

    /** A key file with PBKDF2 and a cipher of the test's choosing, with nothing that opens. */
    private static Bytes withPbkdf2(ASN1ObjectIdentifier prf, int rounds, ASN1ObjectIdentifier cipher) {
        PBES2Parameters parameters = new PBES2Parameters(
                new KeyDerivationFunc(
                        PKCSObjectIdentifiers.id_PBKDF2,
                        new PBKDF2Params(SALT, rounds, new AlgorithmIdentifier(prf, DERNull.INSTANCE))),
                new EncryptionScheme(cipher, new DEROctetString(IV)));
        byte[] info = Der.encode(new EncryptedPrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters), new byte[16]));
        return Pem.secret("ENCRYPTED PRIVATE KEY", SecretBytes.taking(info)).lend(Bytes::of);
    }

    @Test
    void anotherKindOfEncryptionIsNamed() {
        Bytes rc2 = withPbkdf2(PKCSObjectIdentifiers.id_hmacWithSHA256, 600_000, PKCSObjectIdentifiers.RC2_CBC);

        assertFault(Fault.KEY_UNAVAILABLE, "not encrypted with AES-CBC", () -> decrypt(rc2));
        assertFault(Fault.KEY_UNAVAILABLE, "not encrypted with AES-CBC", () -> EncryptedKeys.wrapping(rc2, "ca.pem"));
    }

    @Test
    void aKeyComesBackFromPbkdf2() {
        Bytes pem = EncryptedKeys.encrypt(key(), secret("correct horse"), Kdf.PBKDF2, new CountingRandom())
                .lend(Bytes::of);

        try (SecretBytes opened = EncryptedKeys.decrypt(pem, secret("correct horse"), "ca.pem")) {
            assertEquals(key(), opened);
        }
        assertEquals(
                new KeyWrapping(Kdf.PBKDF2, "PBKDF2 HMAC-SHA-256 600000 rounds, AES-256-CBC", false),
                EncryptedKeys.wrapping(pem, "ca.pem"));
    }

    @Test
    void whatAKeyIsUnderIsToldWithoutAPassphrase() {
        assertEquals(
                new KeyWrapping(Kdf.SCRYPT, "scrypt N=16384 r=8 p=1, AES-256-CBC", false),
                EncryptedKeys.wrapping(encrypted("p"), "ca.pem"));
        assertTrue(EncryptedKeys.wrapping(withScrypt(8192, 8, 1), "ca.pem").isWeak());
        assertTrue(EncryptedKeys.wrapping(withScrypt(2, 1, 1), "ca.pem").isWeak());
        assertFalse(EncryptedKeys.wrapping(withScrypt(32_768, 8, 1), "ca.pem").isWeak());
    }

    @Test
    void fewRoundsAnOldDigestOrAShortCipherKeyAreWeak() {
        ASN1ObjectIdentifier sha256 = PKCSObjectIdentifiers.id_hmacWithSHA256;
        ASN1ObjectIdentifier aes256 = NISTObjectIdentifiers.id_aes256_CBC;

        assertFalse(
                EncryptedKeys.wrapping(withPbkdf2(sha256, 600_000, aes256), "f").isWeak());
        assertTrue(
                EncryptedKeys.wrapping(withPbkdf2(sha256, 599_999, aes256), "f").isWeak());
        assertTrue(EncryptedKeys.wrapping(withPbkdf2(PKCSObjectIdentifiers.id_hmacWithSHA1, 600_000, aes256), "f")
                .isWeak());
        assertTrue(EncryptedKeys.wrapping(withPbkdf2(sha256, 600_000, NISTObjectIdentifiers.id_aes128_CBC), "f")
                .isWeak());
        assertTrue(EncryptedKeys.wrapping(withPbkdf2(sha256, 600_000, PKCSObjectIdentifiers.des_EDE3_CBC), "f")
                .isWeak());
    }

    @Test
    void everyCutOfAKeyFileIsUnavailable() {
        Bytes pem = withScrypt(2, 1, 1);

        for (int length = 0; length < pem.length() - 1; length++) { // without its last newline it is whole
            Bytes cut = Bytes.of(Arrays.copyOf(pem.toArray(), length));
            assertFault(Fault.KEY_UNAVAILABLE, "", () -> decrypt(cut));
        }
    }

    @Test
    void everyCutAndFlipOfAnEncryptedKeyIsAValueOrUnavailable() {
        Bytes der = Bytes.of(Pem.readSecret(withScrypt(2, 1, 1), "x", "ENCRYPTED PRIVATE KEY")
                .lend(byte[]::clone));

        decrypt(der);
        Broken.assertHarmless("encrypted key", der, Fault.KEY_UNAVAILABLE, EncryptedKeysTest::decrypt);
    }
}
