package org.devpki.keys;

/**
 * How a key is kept.
 *
 * @param text for people, such as {@code scrypt N=16384 r=8 p=1, AES-256-CBC}
 * @param isWeak whether the passphrase is guessed for less than today's keys are
 */
public record Keeping(String text, boolean isWeak) {}
