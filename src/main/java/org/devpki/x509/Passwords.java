package org.devpki.x509;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.devpki.model.Bytes;
import org.devpki.model.PasswordHash;
import org.devpki.model.SecretBytes;

/** Passwords of devices: made, and known again by their hashes (PBKDF2, RFC 8018 section 5.2). */
public final class Passwords {
    /** Letters and digits that no file, URL, shell or C string trips over, and no reader takes for another. */
    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    /** 24 of 57 characters are 139.9 bits. */
    private static final int CHARACTERS = 24;

    private static final int HASH_BITS = 512;

    private Passwords() {}

    /** A new password: 24 ASCII letters and digits, 139 bits. */
    public static SecretBytes make(SecureRandom random) {
        return SecretBytes.taking(characters(CHARACTERS, random));
    }

    /** A hash with a new salt, which is of letters and digits, for EMQX salts with text. */
    public static PasswordHash hash(SecretBytes password, SecureRandom random) {
        byte[] salt = characters(PasswordHash.SALT_OCTETS, random);
        return new PasswordHash(
                PasswordHash.Form.PBKDF2,
                PasswordHash.ITERATIONS,
                Bytes.of(salt),
                pbkdf2(password, salt, PasswordHash.ITERATIONS));
    }

    /** Takes as long for a wrong one as for the right one. */
    public static boolean isOf(PasswordHash hash, SecretBytes password) {
        byte[] salt = hash.salt().toArray();
        Bytes made =
                switch (hash.form()) {
                    case PBKDF2 -> pbkdf2(password, salt, hash.iterations());
                    case SHA512 -> sha512(password, salt);
                };
        return MessageDigest.isEqual(made.toArray(), hash.octets().toArray());
    }

    private static byte[] characters(int count, SecureRandom random) {
        byte[] made = new byte[count];
        for (int i = 0; i < count; i++) {
            made[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        }
        return made;
    }

    private static Bytes pbkdf2(SecretBytes password, byte[] salt, int iterations) {
        return password.lend(octets -> {
            PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new JdkDigest("SHA-512"));
            generator.init(octets, salt, iterations);
            return Bytes.of(((KeyParameter) generator.generateDerivedMacParameters(HASH_BITS)).getKey());
        });
    }

    private static Bytes sha512(SecretBytes password, byte[] salt) {
        return password.lend(octets -> {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-512");
                digest.update(octets);
                return Bytes.of(digest.digest(salt));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
