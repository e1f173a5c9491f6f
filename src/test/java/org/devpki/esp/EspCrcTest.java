package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class EspCrcTest {
    private static final byte[] CHECK = "123456789".getBytes(StandardCharsets.US_ASCII);

    @Test
    void theCheckValueIsTheOneOfTheRom() {
        assertEquals(0xD202D277, EspCrc.of(CHECK));
    }

    @Test
    void nothingHasAllOnes() {
        assertEquals(0xFFFFFFFF, EspCrc.of(new byte[0]));
    }

    @Test
    void aPartOfAnArrayIsSummedAlone() {
        byte[] framed = "x123456789y".getBytes(StandardCharsets.US_ASCII);

        assertEquals(0xD202D277, EspCrc.of(framed, 1, 10));
    }

    @Test
    void itIsNotTheCrcOfZipFiles() {
        CRC32 zip = new CRC32();
        zip.update(CHECK);

        assertNotEquals((int) zip.getValue(), EspCrc.of(CHECK));
    }
}
