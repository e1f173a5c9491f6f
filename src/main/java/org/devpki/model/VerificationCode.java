package org.devpki.model;

import java.util.regex.Pattern;

/**
 * What a cloud asks to be signed, to see that the key of a CA is here.
 *
 * @param value 8 to 512 letters, digits and {@code - _ . + / =}. So it can be nothing that a CA signs otherwise: DER of a
 *     certificate, a CRL, a request or an OCSP answer has octets in it that are none of these
 */
public record VerificationCode(String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._+/=-]{8,512}");
    private static final Pattern HEX_64 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{16,64}");

    public VerificationCode {
        if (!FORM.matcher(value).matches()) {
            throw DevpkiException.invalid("verification code " + Quoted.of(value)
                    + " is not 8 to 512 letters, digits and - _ . + / =, as clouds give them");
        }
    }

    /** @throws DevpkiException INVALID_INPUT if the cloud gives no codes of this form, or takes no proof */
    public void check(Cloud cloud) {
        switch (cloud) {
            case AWS -> check(HEX_64, "64 hex digits, as aws iot get-registration-code says them");
            case AZURE ->
                check(HEX, "16 to 64 hex digits, as az iot dps certificate generate-verification-code says them");
            case CUMULOCITY -> check(FORM, "a code");
            case THINGSBOARD -> throw DevpkiException.invalid("ThingsBoard asks for no proof of a CA's key");
        }
    }

    private void check(Pattern form, String words) {
        if (!form.matcher(value).matches()) {
            throw DevpkiException.invalid("verification code " + Quoted.of(value) + " is not " + words);
        }
    }
}
