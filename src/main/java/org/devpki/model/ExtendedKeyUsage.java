package org.devpki.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Purposes of a key (RFC 5280 section 4.2.1.12). */
public enum ExtendedKeyUsage {
    SERVER_AUTH("serverAuth", "1.3.6.1.5.5.7.3.1"),
    CLIENT_AUTH("clientAuth", "1.3.6.1.5.5.7.3.2"),
    OCSP_SIGNING("OCSPSigning", "1.3.6.1.5.5.7.3.9");

    private final String text;
    private final String oid;

    ExtendedKeyUsage(String text, String oid) {
        this.text = text;
        this.oid = oid;
    }

    public static ExtendedKeyUsage parse(String text) {
        return Arrays.stream(values())
                .filter(usage -> usage.text.equals(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("extended key usage " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(ExtendedKeyUsage::text).collect(Collectors.joining(", "))));
    }

    /** The RFC's name without {@code id-kp-}. */
    public String text() {
        return text;
    }

    public String oid() {
        return oid;
    }
}
