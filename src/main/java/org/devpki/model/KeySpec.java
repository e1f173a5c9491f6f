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

    /** FIPS 204, pure and with an empty context (RFC 9881). */
    record MlDsa(MlDsaSet set) implements KeySpec {}

    Pattern RSA = Pattern.compile("RSA-([0-9]{3,5})");

    /** The words of {@link #parse}. */
    String WORDS = "P-256, P-384, P-521, RSA-2048, RSA-3072, RSA-4096, Ed25519, ML-DSA-44, ML-DSA-65, ML-DSA-87";

    /** Reads one of {@link #WORDS}. */
    static KeySpec parse(String text) {
        for (Curve curve : Curve.values()) {
            if (curve.text().equalsIgnoreCase(text)) {
                return new Ec(curve);
            }
        }
        if (text.equalsIgnoreCase("Ed25519")) {
            return new Ed25519();
        }
        for (MlDsaSet set : MlDsaSet.values()) {
            if (set.text().equalsIgnoreCase(text)) {
                return new MlDsa(set);
            }
        }
        Matcher rsa = RSA.matcher(text.toUpperCase(java.util.Locale.ROOT));
        if (rsa.matches()) {
            int bits = Integer.parseInt(rsa.group(1));
            if (bits == 2048 || bits == 3072 || bits == 4096) {
                return new Rsa(bits);
            }
        }
        throw DevpkiException.invalid("key kind " + Quoted.of(text) + " is not one of " + WORDS);
    }

    default <T> T match(
            Function<Ec, T> ec, Function<Rsa, T> rsa, Function<Ed25519, T> ed25519, Function<MlDsa, T> mlDsa) {
        if (this instanceof Ec e) {
            return ec.apply(e);
        }
        if (this instanceof Rsa r) {
            return rsa.apply(r);
        }
        if (this instanceof Ed25519 e) {
            return ed25519.apply(e);
        }
        return mlDsa.apply((MlDsa) this);
    }

    /** Whether few devices, brokers and tools read it yet, so that a fleet is not to depend on it. */
    default boolean isExperimental() {
        return match(ec -> false, rsa -> false, ed -> false, ml -> true);
    }

    /** As {@link #parse} reads it. */
    default String text() {
        return match(
                ec -> ec.curve().text(),
                rsa -> "RSA-" + rsa.bits(),
                ed -> "Ed25519",
                ml -> ml.set().text());
    }
}
