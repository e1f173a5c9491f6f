package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, ends of validity, validity. */
class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "30s, 30, 30s",
        "0s, 0, 0s",
        "15m, 900, 15m",
        "36h, 129600, 36h",
        "24h, 86400, 1d",
        "90d, 7776000, 90d",
        "2w, 1209600, 14d",
        "10y, 315360000, 3650d",
        "90s, 90, 90s",
        "9999y, 315328464000, 3649635d"
    })
    void aDurationIsReadAndWrittenSoThatItIsReadAgain(String text, long seconds, String written) {
        Duration duration = Durations.parse(text);

        assertEquals(Duration.ofSeconds(seconds), duration);
        assertEquals(written, Durations.format(duration));
        assertEquals(duration, Durations.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "90", "d", "-1d", "1.5h", "90 d", "90D", "1d12h", "P90D", "1000000000s", "10001y", "٣d"})
    void whatIsNoDurationIsRefused(String text) {
        assertFault(Fault.INVALID_INPUT, "duration ", () -> Durations.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"90d", "ca", "9999", "2027-01-31T00:00:00Z"})
    void anEndOfValidityIsReadAsItIsWritten(String text) {
        assertEquals(text, NotAfter.parse(text).text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "CA", "never", "99991", "2027-01-31", "2027-13-01T00:00:00Z", "2027-01-31T00:00:00", "1"})
    void whatIsNoEndOfValidityIsRefused(String text) {
        assertFault(Fault.INVALID_INPUT, "", () -> NotAfter.parse(text));
    }

    @Test
    void validityIsOfWholeSecondsAndHoldsAtItsEnd() {
        Validity validity =
                new Validity(Instant.parse("2026-03-01T12:00:00.900Z"), Instant.parse("2026-03-02T12:00:00.900Z"));

        assertEquals(Instant.parse("2026-03-01T12:00:00Z"), validity.notBefore());
        assertFalse(validity.isExpired(Instant.parse("2026-03-02T12:00:00Z")));
        assertTrue(validity.isExpired(Instant.parse("2026-03-02T12:00:01Z")));
    }

    @Test
    void validityDoesNotEndBeforeItBeginsNorLeaveTheCalendar() {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");

        assertFault(Fault.INVALID_INPUT, "is before", () -> new Validity(now, now.minusSeconds(1)));
        assertFault(
                Fault.INVALID_INPUT,
                "1970 to 9999",
                () -> new Validity(now, Validity.NO_WELL_DEFINED_EXPIRATION.plusSeconds(1)));
        assertFault(Fault.INVALID_INPUT, "1970 to 9999", () -> new Validity(Instant.EPOCH.minusSeconds(1), now));
        assertEquals("9999-12-31T23:59:59Z", Validity.NO_WELL_DEFINED_EXPIRATION.toString());
    }
}
