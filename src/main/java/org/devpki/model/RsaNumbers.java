package org.devpki.model;

import java.math.BigInteger;

/**
 * An RSA private key as the Digital Signature peripheral computes with it.
 *
 * @param modulus its length in bits is the key's
 * @param privateExponent as the key has it, not the parts of the Chinese remainder theorem
 */
public record RsaNumbers(BigInteger modulus, BigInteger privateExponent) {
    /** Not the numbers: the exponent is the key. */
    @Override
    public String toString() {
        return "RsaNumbers[" + modulus.bitLength() + " bits]";
    }
}
