package org.devpki.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Why a certificate was revoked (RFC 5280 section 5.3.1, CRLReason). */
public enum RevocationReason {
    UNSPECIFIED(0),
    KEY_COMPROMISE(1),
    CA_COMPROMISE(2),
    AFFILIATION_CHANGED(3),
    SUPERSEDED(4),
    CESSATION_OF_OPERATION(5),
    CERTIFICATE_HOLD(6),
    REMOVE_FROM_CRL(8),
    PRIVILEGE_WITHDRAWN(9),
    AA_COMPROMISE(10);

    private final int code;

    RevocationReason(int code) {
        this.code = code;
    }

    /** Reads {@code key-compromise}, {@code keyCompromise} and {@code KEY_COMPROMISE} alike. */
    public static RevocationReason parse(String text) {
        String plain = letters(text);
        return Arrays.stream(values())
                .filter(reason -> letters(reason.name()).equals(plain))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("reason " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(RevocationReason::text).collect(Collectors.joining(", "))));
    }

    private static final RevocationReason[] ALL = values();

    public static RevocationReason ofCode(int code) {
        for (RevocationReason reason : ALL) { // a large CRL asks a million times
            if (reason.code == code) {
                return reason;
            }
        }
        throw DevpkiException.invalid("CRLReason " + code + " is not one of 0 to 6, 8 to 10");
    }

    private static String letters(String text) {
        return text.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** The value of the ENUMERATED. */
    public int code() {
        return code;
    }

    /** As options and JSON spell it, such as {@code key-compromise}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
