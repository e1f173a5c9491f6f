package org.devpki.model;

import java.util.Locale;

/** Where a certificate says that others find things: its CRL, its OCSP responder, its issuer's certificate. */
public enum UrlKind {
    CRL,
    OCSP,
    CA;

    public static UrlKind parse(String text) {
        return switch (text) {
            case "crl" -> CRL;
            case "ocsp" -> OCSP;
            case "ca" -> CA;
            default -> throw DevpkiException.invalid("URL kind " + Quoted.of(text) + " is not one of crl, ocsp, ca");
        };
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
