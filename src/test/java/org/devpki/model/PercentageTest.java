package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentageTest {
    @ParameterizedTest
    @CsvSource({"2%, 0.02, 2%", "0%, 0, 0%", "100%, 1, 100%", "0.5%, 0.005, 0.5%", "12.345%, 0.12345, 12.35%"})
    void aPercentageIsReadAndWrittenWithTwoDecimals(String text, double share, String written) {
        Percentage read = Percentage.parse(text);

        assertEquals(share, read.share(), 1e-12);
        assertEquals(written, read.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "2", "101%", "100.1%", "-1%", "1e1%", "2 %", ".5%", "9999%", "0.1234567890%"})
    void whatIsNoPercentageIsRefused(String text) {
        assertFault(Fault.INVALID_INPUT, "is not 0% to 100%, such as 2% or 0.5%", () -> Percentage.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0%", "1, 3, 33.33%", "3, 3, 100%"})
    void aPartOfAWholeIsAPercentage(long part, long whole, String written) {
        assertEquals(written, Percentage.of(part, whole).toString());
    }
}
