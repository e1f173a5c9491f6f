package org.devpki.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Bits of the key usage extension, in bit order (RFC 5280 section 4.2.1.3). */
public enum KeyUsage {
    DIGITAL_SIGNATURE("digitalSignature"),
    CONTENT_COMMITMENT("contentCommitment"),
    KEY_ENCIPHERMENT("keyEncipherment"),
    DATA_ENCIPHERMENT("dataEncipherment"),
    KEY_AGREEMENT("keyAgreement"),
    KEY_CERT_SIGN("keyCertSign"),
    CRL_SIGN("cRLSign"),
    ENCIPHER_ONLY("encipherOnly"),
    DECIPHER_ONLY("decipherOnly");

    private final String text;

    KeyUsage(String text) {
        this.text = text;
    }

    public static KeyUsage parse(String text) {
        return Arrays.stream(values())
                .filter(usage -> usage.text.equals(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("key usage " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(KeyUsage::text).collect(Collectors.joining(", "))));
    }

    /** The RFC's name. */
    public String text() {
        return text;
    }
}
