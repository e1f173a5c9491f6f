package org.devpki.model;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/** Octets that nobody may see: no octets in {@code toString}, equality in constant time, wiped by {@link #close}. */
public final class SecretBytes implements AutoCloseable {
    private final byte[] octets;

    private SecretBytes(byte[] octets) {
        this.octets = octets;
    }

    /** Takes a copy and wipes the array given. */
    public static SecretBytes taking(byte[] octets) {
        SecretBytes secret = new SecretBytes(octets.clone());
        Arrays.fill(octets, (byte) 0);
        return secret;
    }

    public SecretBytes copy() {
        return new SecretBytes(octets.clone());
    }

    /** Lends a copy of the octets, wiped when the function returns. */
    public <T> T lend(Function<byte[], T> use) {
        byte[] lent = octets.clone();
        try {
            return use.apply(lent);
        } finally {
            Arrays.fill(lent, (byte) 0);
        }
    }

    /** A hash to tell one secret from another by. Those that can be guessed can be guessed from it. */
    public Bytes sha256() {
        return lend(copy -> Bytes.of(copy).sha256());
    }

    public int length() {
        return octets.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretBytes that && MessageDigest.isEqual(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return octets.length; // a hash of the octets would be a leak
    }

    @Override
    public String toString() {
        return "SecretBytes[" + octets.length + " octets]";
    }

    @Override
    public void close() {
        Arrays.fill(octets, (byte) 0);
    }
}
