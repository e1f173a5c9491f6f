package org.devpki.x509;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * Many private keys at rest under one: AES-256-GCM (NIST SP 800-38D) with a key that HKDF with SHA-256 (RFC 5869) derives
 * from it. What is sealed is nonce (12 octets), ciphertext, tag (16), and opens under its own name alone.
 */
public final class KeySeal implements AutoCloseable {
    private static final String INFO = "devpki key pool";
    private static final int KEY_OCTETS = 32;
    private static final int NONCE_OCTETS = 12;
    private static final int TAG_BITS = 128;

    private final SecretBytes key;

    private KeySeal(SecretBytes key) {
        this.key = key;
    }

    /** @param master stays the caller's */
    public static KeySeal under(DeviceKey master) {
        return master.pkcs8().lend(octets -> {
            HKDFBytesGenerator derivation = new HKDFBytesGenerator(new SHA256Digest());
            derivation.init(new HKDFParameters(octets, new byte[0], INFO.getBytes(StandardCharsets.UTF_8)));
            byte[] derived = new byte[KEY_OCTETS];
            derivation.generateBytes(derived, 0, derived.length);
            return new KeySeal(SecretBytes.taking(derived));
        });
    }

    public Bytes seal(SecretBytes secret, String name, SecureRandom random) {
        byte[] nonce = new byte[NONCE_OCTETS];
        random.nextBytes(nonce);
        byte[] sealed = secret.lend(octets -> {
            try {
                return cipher(true, nonce, name, octets, 0, octets.length);
            } catch (InvalidCipherTextException e) {
                throw new IllegalStateException(e);
            }
        });
        byte[] all = Arrays.copyOf(nonce, NONCE_OCTETS + sealed.length);
        System.arraycopy(sealed, 0, all, NONCE_OCTETS, sealed.length);
        return Bytes.of(all);
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if it was sealed under another key or name, or changed since */
    public SecretBytes open(Bytes sealed, String name) {
        byte[] octets = sealed.toArray();
        if (octets.length < NONCE_OCTETS + TAG_BITS / Byte.SIZE) {
            throw damaged(name);
        }
        try {
            byte[] nonce = Arrays.copyOf(octets, NONCE_OCTETS);
            return SecretBytes.taking(cipher(false, nonce, name, octets, NONCE_OCTETS, octets.length - NONCE_OCTETS));
        } catch (InvalidCipherTextException e) {
            throw damaged(name).causedBy(e);
        }
    }

    private static DevpkiException damaged(String name) {
        return DevpkiException.keyUnavailable("key " + name + " of the pool is damaged, or sealed by another pool");
    }

    private byte[] cipher(boolean isSealing, byte[] nonce, String name, byte[] octets, int from, int length)
            throws InvalidCipherTextException {
        var cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
        key.lend(secret -> {
            cipher.init(
                    isSealing,
                    new AEADParameters(
                            new KeyParameter(secret), TAG_BITS, nonce, name.getBytes(StandardCharsets.UTF_8)));
            return cipher;
        });
        byte[] result = new byte[cipher.getOutputSize(length)];
        int written = cipher.processBytes(octets, from, length, result, 0);
        cipher.doFinal(result, written);
        return result;
    }

    @Override
    public void close() {
        key.close();
    }
}
