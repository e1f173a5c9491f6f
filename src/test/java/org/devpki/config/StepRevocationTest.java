package org.devpki.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.testing.Broken;
import org.devpki.testing.StepCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepRevocationTest {
    private static final String GOOD = StepCa.revocation("77", 4, "2026-11-01T13:00:00.987654321+01:00");

    private static Revocation read(String json) {
        return StepRevocation.read(Bytes.utf8(json), "revocation of serial 77");
    }

    @Test
    void timeAndReasonAreRead() {
        assertEquals(new Revocation(Instant.parse("2026-11-01T12:00:00Z"), RevocationReason.SUPERSEDED), read(GOOD));
        assertEquals(
                new Revocation(Instant.parse("2026-11-01T12:00:00Z"), RevocationReason.UNSPECIFIED),
                read(StepCa.revocation("77", 7, "2026-11-01T12:00:00Z")));
        assertEquals(
                new Revocation(Instant.parse("2026-11-01T12:00:00Z"), RevocationReason.UNSPECIFIED),
                read("{\"Later\":{\"a\":[1]},\"RevokedAt\":\"2026-11-01T12:00:00Z\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                         | revocation of serial 77 does not tell when: {}
            []                                                         | revocation of serial 77 makes no sense: []
            {"RevokedAt":"yesterday"}                                  | revocation of serial 77 makes no sense: {"RevokedAt":"yesterday"}
            {"RevokedAt":"2026-11-01T12:00:00Z","ReasonCode":11}       | revocation of serial 77: CRLReason 11 is not one of 0 to 6, 8 to 10
            """)
    void whatMakesNoSenseIsToldWithItsSerial(String json, String sentence) {
        DevpkiException refusal = assertThrows(DevpkiException.class, () -> read(json));

        assertEquals(Fault.INVALID_INPUT, refusal.fault());
        assertEquals(sentence, refusal.sentence());
    }

    @Test
    void brokenOnesDoNoHarm() {
        Broken.assertHarmless(
                "revocation", Bytes.utf8(GOOD), Fault.INVALID_INPUT, json -> StepRevocation.read(json, "it"));
    }
}
