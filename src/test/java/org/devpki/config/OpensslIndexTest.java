package org.devpki.config;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.OldCertificate;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.testing.Broken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpensslIndexTest {
    private static final String WHOLE = """
            V\t290204052833Z\t\t01\tunknown\t/CN=sensor-1
            R\t290204052833Z\t261127052834Z,keyCompromise\t02\tunknown\t/CN=sensor-2
            R\t20610204052833Z\t20261127052834Z\tD9B698BB4AF18472485154A5EEE75640\tunknown\t/CN=sensor-3
            E\t991231235959Z\t\t0A\tunknown\t/CN=sensor\\x20four
            """;

    private static List<OldCertificate> read(String text) {
        return OpensslIndex.read(Bytes.utf8(text), "index.txt");
    }

    private static Revocation revoked(String field) {
        return read("R\t290204052833Z\t" + field + "\t01\tunknown\t/CN=a\n")
                .get(0)
                .revocation()
                .orElseThrow();
    }

    @Test
    void eachLineTellsSerialEndAndRevocation() {
        List<OldCertificate> rows = read(WHOLE);

        assertEquals(4, rows.size());
        assertEquals("index.txt line 2", rows.get(1).place());
        assertEquals(
                Optional.of(Instant.parse("2029-02-04T05:28:33Z")), rows.get(0).end());
        assertTrue(rows.get(0).revocation().isEmpty());
        assertEquals(
                Optional.of(new Revocation(Instant.parse("2026-11-27T05:28:34Z"), RevocationReason.KEY_COMPROMISE)),
                rows.get(1).revocation());
        assertEquals(
                Optional.of(new Revocation(Instant.parse("2026-11-27T05:28:34Z"), RevocationReason.UNSPECIFIED)),
                rows.get(2).revocation());
        assertEquals("d9b698bb4af18472485154a5eee75640", rows.get(2).serial().toString(16));
        assertEquals(
                Optional.of(Instant.parse("2061-02-04T05:28:33Z")), rows.get(2).end());
        assertEquals(
                Optional.of(Instant.parse("1999-12-31T23:59:59Z")), rows.get(3).end());
    }

    @ParameterizedTest
    @CsvSource({
        "superseded, SUPERSEDED",
        "CACompromise, CA_COMPROMISE",
        "cessationOfOperation, CESSATION_OF_OPERATION",
        "'holdInstruction,1.2.840.10040.2.2', CERTIFICATE_HOLD",
        "certificateHold, CERTIFICATE_HOLD",
    })
    void everyReasonOfOpensslIsKept(String written, RevocationReason reason) {
        assertEquals(reason, revoked("261127052834Z," + written).reason());
    }

    @Test
    void theTimeSinceWhichAKeyIsInWrongHandsIsKept() {
        Instant since = Instant.parse("2026-11-01T00:00:00Z");

        assertEquals(
                new Revocation(
                        Instant.parse("2026-11-27T05:28:34Z"), RevocationReason.KEY_COMPROMISE, Optional.of(since)),
                revoked("261127052834Z,keyTime,20261101000000Z"));
        assertEquals(
                RevocationReason.CA_COMPROMISE,
                revoked("261127052834Z,CAkeyTime,20261101000000Z").reason());
    }

    @Test
    void linesThatEndAsOnWindowsAndBlankOnesAreNoFault() {
        assertEquals(4, read(WHOLE.replace("\n", "\r\n\r\n")).size());
        assertEquals(List.of(), read(""));
    }

    @Test
    void everyLineThatIsWrongIsTold() {
        DevpkiException e = assertFault(Fault.INVALID_INPUT, "7 rows of index.txt are wrong:", () -> read("""
                        V\t290204052833Z\t\t01\tunknown\t/CN=a
                        V 290204052833Z  01 unknown /CN=spaces
                        X\t290204052833Z\t\t01\tunknown\t/CN=b
                        R\t290204052833Z\t\t01\tunknown\t/CN=c
                        V\t290204052833Z\t261127052834Z\t01\tunknown\t/CN=d
                        V\t291304052833Z\t\t01\tunknown\t/CN=e
                        V\t290204052833Z\t\tzz\tunknown\t/CN=f
                        R\t290204052833Z\t261127052834Z,because\t01\tunknown\t/CN=g
                        """));

        for (String part : List.of(
                "line 2: has 1 fields",
                "line 3: begins with \"X\"",
                "line 4: is revoked and tells not when",
                "line 5: tells of a revocation and begins with no R",
                "line 6: has time \"291304052833Z\"",
                "line 7: has serial \"zz\"",
                "line 8: reason \"because\"")) {
            assertTrue(e.sentence().contains(part), () -> part + " is not in " + e.sentence());
        }
    }

    @Test
    void aBrokenIndexIsInvalidInputAndNothingElse() {
        Broken.assertHarmless(
                "index.txt", Bytes.utf8(WHOLE), Fault.INVALID_INPUT, octets -> OpensslIndex.read(octets, "index.txt"));
    }
}
