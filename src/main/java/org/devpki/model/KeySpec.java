package org.devpki.model;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kind of key: what it is made with, and how it is written in profiles and options. */
public sealed interface KeySpec {
    /** An elliptic curve key, for ECDSA. */
    record Ec(Curve curve) implements KeySpec {}

    /** @param bits of the modulus */
    record Rsa(int bits) implements KeySpec {}

    /** RFC 8410. */
    record Ed25519() implements KeySpec {}

    Pattern RSA = Pattern.compile("RSA-([0-9]{3,5})");

    /**
     * Reads {@code P-256}, {@code P-384}, {@code P-521}, {@code RSA-2048}, {@code RSA-3072}, {@code RSA-4096} or
     * {@code Ed25519}.
     */
    static KeySpec parse(String text) {
        for (Curve curve : Curve.values()) {
            if (curve.text().equalsIgnoreCase(text)) {
                return new Ec(curve);
            }
        }
        if (text.equalsIgnoreCase("Ed25519")) {
            return new Ed25519();
        }
        Matcher rsa = RSA.matcher(text.toUpperCase(java.util.Locale.ROOT));
        if (rsa.matches()) {
            int bits = Integer.parseInt(rsa.group(1));
            if (bits == 2048 || bits == 3072 || bits == 4096) {
                return new Rsa(bits);
            }
        }
        throw DevpkiException.invalid("key kind " + Quoted.of(text)
                + " is not one of P-256, P-384, P-521, RSA-2048, RSA-3072, RSA-4096, Ed25519");
    }

    default <T> T match(Function<Ec, T> ec, Function<Rsa, T> rsa, Function<Ed25519, T> ed25519) {
        if (this instanceof Ec e) {
            return ec.apply(e);
        }
        if (this instanceof Rsa r) {
            return rsa.apply(r);
        }
        return ed25519.apply((Ed25519) this);
    }

    /** As {@link #parse} reads it. */
    default String text() {
        return match(ec -> ec.curve().text(), rsa -> "RSA-" + rsa.bits(), ed -> "Ed25519");
    }
}
