package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationCodeTest {
    private static final String HEX_64 = "4f".repeat(32);

    /** 30 is the tag of a SEQUENCE and a printable 0; what follows it in anything signed is not printable. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1234567",
                "0\u00820\u0003abcd",
                "0\u0010\u0002\u0001aaaaaa",
                "code with blanks",
                "12345678\n",
                "eight\"\"\""
            })
    void whatIsNoLettersAndDigitsIsNeverSigned(String value) {
        assertFault(Fault.INVALID_INPUT, "is not 8 to 512 letters, digits and", () -> new VerificationCode(value));
    }

    @Test
    void aCodeOf512IsTheLongest() {
        assertDoesNotThrow(() -> new VerificationCode("a".repeat(512)));
        assertFault(Fault.INVALID_INPUT, "is not 8 to 512", () -> new VerificationCode("a".repeat(513)));
    }

    @Test
    void eachCloudHasCodesOfItsOwn() {
        assertDoesNotThrow(() -> new VerificationCode(HEX_64).check(Cloud.AWS));
        assertDoesNotThrow(() -> new VerificationCode(HEX_64).check(Cloud.AZURE));
        assertDoesNotThrow(
                () -> new VerificationCode("A901A843EFF75419AC1F0EB460E85DF153092A0547AA30F5").check(Cloud.AZURE));
        assertDoesNotThrow(() -> new VerificationCode("abc-DEF_123+/=").check(Cloud.CUMULOCITY));
    }

    @ParameterizedTest
    @CsvSource({
        "4f4f4f4f4f4f4f4f, AWS, is not 64 hex digits",
        "esp32-cert-client-01, AWS, is not 64 hex digits",
        "esp32-cert-client-01, AZURE, is not 16 to 64 hex digits",
        "4f4f4f4f4f4f4f4f, THINGSBOARD, ThingsBoard asks for no proof",
    })
    void aCodeOfAnotherFormIsRefused(String value, Cloud cloud, String part) {
        assertFault(Fault.INVALID_INPUT, part, () -> new VerificationCode(value).check(cloud));
    }
}
