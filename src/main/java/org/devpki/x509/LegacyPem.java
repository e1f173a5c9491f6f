package org.devpki.x509;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.generators.OpenSSLPBEParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * Private keys as OpenSSL before 3.0 puts them under a passphrase: PKCS #1 or SEC 1 in PEM with the headers of RFC 1421, the
 * key derived by one round of MD5. Only read: whoever has such a file guesses its passphrase for next to nothing.
 */
final class LegacyPem {
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ((?:EC|RSA) PRIVATE KEY)-----\\s+"
                    + "Proc-Type: 4,ENCRYPTED\\s+DEK-Info: ([A-Z0-9-]+),([0-9A-Fa-f]+)\\s+([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private static final int SALT_OCTETS = 8;

    private LegacyPem() {}

    static boolean isEncrypted(SecretBytes file) {
        return file.lend(octets -> text(octets).contains("Proc-Type: 4,ENCRYPTED"));
    }

    /**
     * The DER of the key, PKCS #1 or SEC 1.
     *
     * @throws DevpkiException KEY_UNAVAILABLE for a wrong passphrase, a cut file or another cipher
     */
    static SecretBytes decrypt(SecretBytes file, SecretBytes passphrase, String origin) {
        return file.lend(octets -> {
            Matcher block = BLOCK.matcher(text(octets));
            if (!block.find()) {
                throw DevpkiException.keyUnavailable("key file " + origin + " is cut or damaged");
            }
            byte[] iv = Bytes.fromHex(block.group(3)).toArray();
            byte[] key = derived(passphrase, iv, keyBits(block.group(2), origin));
            try {
                byte[] encrypted = Base64.getMimeDecoder().decode(block.group(4));
                return SecretBytes.taking(EncryptedKeys.cipher(false, engine(block.group(2)), key, iv, encrypted));
            } catch (IllegalArgumentException | EncryptedKeys.WrongKey e) {
                throw EncryptedKeys.notOpened(origin).causedBy(e);
            }
        });
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static byte[] derived(SecretBytes passphrase, byte[] iv, int bits) {
        return passphrase.lend(octets -> {
            OpenSSLPBEParametersGenerator generator = new OpenSSLPBEParametersGenerator();
            generator.init(octets, Arrays.copyOf(iv, SALT_OCTETS));
            return ((KeyParameter) generator.generateDerivedParameters(bits)).getKey();
        });
    }

    private static int keyBits(String cipher, String origin) {
        return switch (cipher) {
            case "AES-128-CBC" -> 128;
            case "AES-192-CBC", "DES-EDE3-CBC" -> 192;
            case "AES-256-CBC" -> 256;
            default ->
                throw DevpkiException.keyUnavailable("key file " + origin
                        + " is encrypted with neither AES-CBC nor DES-EDE3-CBC; openssl pkey -aes256 writes it anew");
        };
    }

    private static BlockCipher engine(String cipher) {
        return cipher.startsWith("DES") ? new DESedeEngine() : AESEngine.newInstance();
    }
}
