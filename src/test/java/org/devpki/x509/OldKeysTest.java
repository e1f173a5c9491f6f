package org.devpki.x509;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Broken;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Key files as other programs leave them. */
class OldKeysTest {
    private static final DeviceKey KEY = TestKeys.key(TestKeys.P_256, "old-ca");

    private static SecretBytes secret(String text) {
        return SecretBytes.taking(text.getBytes(UTF_8));
    }

    /** As OpenSSL before 3.0 writes it: EVP_BytesToKey with MD5, one round, the IV's first octets as salt. */
    private static Bytes legacy(String name, String algorithm, int keyOctets, int ivOctets) {
        try {
            byte[] iv = Arrays.copyOf(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, ivOctets);
            byte[] derived = new byte[0];
            for (byte[] block = new byte[0]; derived.length < keyOctets; ) {
                MessageDigest md5 = MessageDigest.getInstance("MD5");
                md5.update(block);
                md5.update("old".getBytes(UTF_8));
                md5.update(iv, 0, 8);
                block = md5.digest();
                derived = Arrays.copyOf(derived, derived.length + block.length);
                System.arraycopy(block, 0, derived, derived.length - block.length, block.length);
            }
            Cipher cipher = Cipher.getInstance(algorithm + "/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(Arrays.copyOf(derived, keyOctets), algorithm),
                    new IvParameterSpec(iv));
            byte[] sec1 = Keys.traditional(KEY).lend(byte[]::clone);
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(cipher.doFinal(sec1));
            return Bytes.utf8("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: " + name + ","
                    + Bytes.of(iv).hex().toUpperCase(java.util.Locale.ROOT) + "\n\n" + body
                    + "\n-----END EC PRIVATE KEY-----\n");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static DeviceKey read(Bytes file, String passphrase) {
        return Keys.read(SecretBytes.taking(file.toArray()), Optional.of(secret(passphrase)), "ca.key");
    }

    @ParameterizedTest
    @CsvSource({
        "AES-128-CBC, AES, 16, 16",
        "AES-192-CBC, AES, 24, 16",
        "AES-256-CBC, AES, 32, 16",
        "DES-EDE3-CBC, DESede, 24, 8",
    })
    void aKeyOfAnOldOpensslOpensWithItsPassphraseAlone(String name, String algorithm, int key, int iv) {
        Bytes file = legacy(name, algorithm, key, iv);

        assertTrue(Keys.isEncrypted(SecretBytes.taking(file.toArray())));
        assertEquals(KEY.publicKey(), read(file, "old").publicKey());
        for (int i = 0; i < 600; i++) { // some leave what looks like padding
            String wrong = "wrong " + i;
            assertFault(Fault.KEY_UNAVAILABLE, "the passphrase does not open key file ca.key", () -> read(file, wrong));
        }
    }

    @Test
    void aBrokenKeyOfAnOldOpensslIsUnavailableAndNothingElse() {
        Bytes file = legacy("AES-256-CBC", "AES", 32, 16);

        Broken.assertHarmless("legacy key", file, Fault.KEY_UNAVAILABLE, octets -> read(octets, "old"));
        assertFault(
                Fault.KEY_UNAVAILABLE,
                "neither AES-CBC nor DES-EDE3-CBC",
                () -> read(Bytes.utf8(file.asUtf8().replace("AES-256-CBC", "BF-CBC")), "old"));
    }

    private static Bytes pkcs12() {
        return Pkcs12.encode(
                        "old-ca",
                        KEY,
                        List.of(
                                TestAuthority.root("old-root")
                                        .intermediate("old-ca")
                                        .certificate(),
                                TestAuthority.root("old-root").certificate()),
                        secret("old"))
                .lend(Bytes::of);
    }

    private static Pkcs12.Opened open(Bytes file, String passphrase) {
        return Pkcs12.decode(SecretBytes.taking(file.toArray()), secret(passphrase), "ca.p12");
    }

    @Test
    void aPkcs12FileGivesItsKeyAndTheCertificatesInTheirOrder() {
        Pkcs12.Opened opened = open(pkcs12(), "old");

        assertEquals(KEY.publicKey(), opened.key().publicKey());
        assertEquals(2, opened.chain().size());
        assertEquals(List.of("old-ca"), TestAuthority.tbs(opened.chain().get(0)).commonNames());
        assertFalse(opened.toString()
                .contains(KEY.pkcs8().lend(octets -> Bytes.of(octets).hex())));
    }

    @Test
    void aPkcs12FileThatIsCutOrUnderAnotherPassphraseIsUnavailable() {
        Bytes file = pkcs12();

        assertFault(Fault.KEY_UNAVAILABLE, "the passphrase does not open ca.p12", () -> open(file, "wrong"));
        for (int length : new int[] {0, 1, 30, file.length() / 2, file.length() - 1}) {
            Bytes cut = Bytes.of(Arrays.copyOf(file.toArray(), length));
            assertFault(Fault.KEY_UNAVAILABLE, "ca.p12 is cut, or is no PKCS #12 file", () -> open(cut, "old"));
        }
    }
}
