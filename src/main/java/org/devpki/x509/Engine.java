package org.devpki.x509;

import java.io.IOException;
import java.security.SecureRandom;
import org.devpki.model.DeviceKey;
import org.devpki.model.KeySpec;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;

/**
 * What computes: makes key pairs, signs with keys that are in memory, verifies. All engines give and refuse the same, but
 * for what chance decides. Safe between threads.
 */
public interface Engine {
    /** Plain Java, there at once: right for a few operations. */
    Engine PLAIN = new PlainEngine("Bouncy Castle");

    /** Native code where this machine runs it, else plain Java; the first call of a process takes a tenth of a second. */
    static Engine forMany() {
        return NativeEngine.loaded();
    }

    /** Its name for people, and why it is not native where it might have been. */
    String text();

    /** @param random for engines that have no source of their own */
    DeviceKey generate(KeySpec spec, SecureRandom random);

    /** The same key, signing by this engine. */
    SigningKey signing(LocalSigningKey key);

    /** @throws IOException if the octets cannot be read, or the public key is none of the algorithm's */
    boolean verify(OctetSource octets, SignatureAlgorithm algorithm, byte[] signature, PublicKeyDer publicKey)
            throws IOException;
}
