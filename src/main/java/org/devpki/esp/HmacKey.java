package org.devpki.esp;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * An HMAC key as eFuse holds it: 32 octets, burned in this order. As secret as what is derived from it.
 *
 * @see <a href="../../docs/formats/ds-peripheral.md">what the hardware does with it</a>
 */
public record HmacKey(SecretBytes octets) implements AutoCloseable {
    public static final int OCTETS = 32;

    private static final int PBKDF2_ROUNDS = 2048;

    public HmacKey {
        if (octets.length() != OCTETS) {
            throw DevpkiException.invalid("an eFuse HMAC key has " + OCTETS + " octets, not " + octets.length());
        }
    }

    public static HmacKey generate(SecureRandom random) {
        byte[] octets = new byte[OCTETS];
        random.nextBytes(octets);
        return new HmacKey(SecretBytes.taking(octets));
    }

    /** HMAC-SHA-256 of the message under this key. @return 32 octets */
    byte[] hmac(byte[] message) {
        return octets.lend(key -> {
            try {
                Mac mac = Jca.mac("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
                return mac.doFinal(message);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** The scalar of the EC key that firmware derives with a salt: PBKDF2-HMAC-SHA-256, 2048 rounds, 32 octets. */
    public SecretBytes derive(SecretBytes salt) {
        // RFC 8018 section 5.2 for one block of output; the JDK's PBKDF2 takes characters, not octets
        byte[] first = salt.lend(octets -> {
            byte[] numbered = Arrays.copyOf(octets, octets.length + Integer.BYTES);
            numbered[numbered.length - 1] = 1;
            return hmac(numbered);
        });
        byte[] sum = first.clone();
        byte[] last = first;
        for (int round = 1; round < PBKDF2_ROUNDS; round++) {
            last = hmac(last);
            for (int i = 0; i < sum.length; i++) {
                sum[i] ^= last[i];
            }
        }
        return SecretBytes.taking(sum);
    }

    @Override
    public void close() {
        octets.close();
    }
}
