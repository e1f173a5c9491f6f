package org.devpki.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.KeySpec;
import org.devpki.model.PublicKeyDer;
import org.devpki.x509.Keys;
import org.devpki.x509.LocalSigningKey;
import org.devpki.x509.SigningKey;

/** Keys for tests, the same in each run, each made once a process. Nobody may close them. */
public final class TestKeys {
    public static final KeySpec P_256 = new KeySpec.Ec(Curve.P_256);

    private static final Map<String, DeviceKey> MADE = new ConcurrentHashMap<>();

    private TestKeys() {}

    /** @param owner another owner has another key */
    public static DeviceKey key(KeySpec spec, String owner) {
        return MADE.computeIfAbsent(
                spec.text() + " " + owner, name -> Keys.generate(spec, new CountingRandom(name.hashCode())));
    }

    public static SigningKey signing(KeySpec spec, String owner) {
        return LocalSigningKey.of(key(spec, owner));
    }

    public static PublicKeyDer publicKey(String owner) {
        return key(P_256, owner).publicKey();
    }
}
