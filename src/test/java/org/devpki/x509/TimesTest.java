package org.devpki.x509;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1Primitive;
import org.devpki.model.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times as certificates and CRLs have them. */
class TimesTest {
    private static ASN1Primitive time(int tag, String content) {
        try {
            return ASN1Primitive.fromByteArray(Der.wrap(tag, Bytes.of(content.getBytes(StandardCharsets.US_ASCII)))
                    .toArray());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1940-02-03T04:05:06Z, 24, 19400203040506Z",
        "1950-01-01T00:00:00Z, 23, 500101000000Z",
        "2000-02-29T23:59:59Z, 23, 000229235959Z",
        "2049-12-31T23:59:59Z, 23, 491231235959Z",
        "2050-01-01T00:00:00Z, 24, 20500101000000Z",
        "9999-12-31T23:59:59Z, 24, 99991231235959Z"
    })
    void aTimeIsWrittenAsItsYearWantsAndReadAgain(Instant at, int tag, String content) throws IOException {
        ASN1Primitive expected = time(tag, content);

        assertEquals(expected, ASN1Primitive.fromByteArray(Times.encode(at)));
        assertEquals(expected, Times.time(at).toASN1Primitive());
        assertEquals(at, Times.instant(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "24, 201001011200Z, 2010-01-01T12:00:00Z",
        "23, 2001011200Z, 2020-01-01T12:00:00Z",
        "23, 200101120000+0100, 2020-01-01T11:00:00Z",
        "24, 20200101120000.5Z, 2020-01-01T12:00:00.500Z"
    })
    void otherFormsAreReadAsTheLibraryReadsThem(int tag, String content, Instant at) {
        assertEquals(at, Times.instant(time(tag, content)));
    }

    @Test
    void whatIsNoTimeIsAnError() {
        assertThrows(IllegalArgumentException.class, () -> Times.instant(time(0x02, "1")));
    }
}
