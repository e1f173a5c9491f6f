package org.devpki.testing;

import java.security.SecureRandom;
import org.devpki.model.Bytes;

/** A random source that gives these octets once, from the first on. */
public final class FixedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final transient Bytes octets;
    private int at;

    public FixedRandom(Bytes octets) {
        this.octets = octets;
    }

    @Override
    public void nextBytes(byte[] wanted) {
        System.arraycopy(octets.toArray(), at, wanted, 0, wanted.length);
        at += wanted.length;
    }
}
