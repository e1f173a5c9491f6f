package org.devpki.esp;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/** The JDK's own engines, by the names of their providers: what else is installed, and in which order, changes nothing. */
final class Jca {
    private static final String CIPHERS = "SunJCE";
    private static final String RSA = "SunRsaSign";
    private static final String EC = "SunEC";

    private Jca() {}

    static Cipher cipher(String transformation) throws GeneralSecurityException {
        return Cipher.getInstance(transformation, CIPHERS);
    }

    static Mac mac(String algorithm) throws GeneralSecurityException {
        return Mac.getInstance(algorithm, CIPHERS);
    }

    /** @param key {@code RSA} or {@code EC} */
    static Signature signature(String algorithm, String key) throws GeneralSecurityException {
        return Signature.getInstance(algorithm, providerOf(key));
    }

    /** @param key {@code RSA} or {@code EC} */
    static KeyFactory keyFactory(String key) throws GeneralSecurityException {
        return KeyFactory.getInstance(key, providerOf(key));
    }

    /** Of an elliptic curve. */
    static AlgorithmParameters curve() throws GeneralSecurityException {
        return AlgorithmParameters.getInstance("EC", EC);
    }

    private static String providerOf(String key) {
        return key.equals("RSA") ? RSA : EC;
    }
}
