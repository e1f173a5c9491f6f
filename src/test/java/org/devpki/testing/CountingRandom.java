package org.devpki.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** A random source that gives the same octets in each run: SHA-256 of 1, of 2, of 3, … Safe between threads. */
public final class CountingRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private long count;

    public CountingRandom() {
        this(0);
    }

    /** @param seed another seed gives other octets */
    public CountingRandom(long seed) {
        this.seed = seed;
    }

    @Override
    public synchronized void nextBytes(byte[] octets) {
        for (int at = 0; at < octets.length; at += 32) {
            byte[] block = sha256(seed + " " + ++count);
            System.arraycopy(block, 0, octets, at, Math.min(32, octets.length - at));
        }
    }

    private static byte[] sha256(String input) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(input.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
