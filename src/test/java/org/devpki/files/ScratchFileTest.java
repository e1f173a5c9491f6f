package org.devpki.files;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchFileTest {
    @TempDir
    Path folder;

    @Test
    void itHasNoNameWhileItIsReadAgainAndAgain() throws IOException {
        byte[] octets = new byte[200_000];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) (i * 31);
        }

        try (ScratchFile file = ScratchFile.in(folder, out -> out.write(octets));
                InputStream one = file.open();
                InputStream other = file.open()) {
            assertEquals(List.of(), WholeFiles.list(folder));
            assertEquals(200_000, file.size());
            assertEquals(Bytes.of(octets), file.toBytes());
            one.skipNBytes(199_998);
            assertArrayEquals(octets, other.readAllBytes());
            assertEquals(octets[199_998] & 0xff, one.read());
            assertEquals(octets[199_999] & 0xff, one.read());
            assertEquals(-1, one.read());
        }
    }

    @Test
    void aFillingThatFailsLeavesNothing() {
        assertThrows(
                IllegalStateException.class,
                () -> ScratchFile.in(folder, out -> {
                    out.write(1);
                    throw new IllegalStateException("meant");
                }));
        assertFault(
                Fault.STORE_FAILED,
                "cannot write a file in " + folder,
                () -> ScratchFile.in(folder, out -> {
                    throw new IOException("meant");
                }));

        assertEquals(List.of(), WholeFiles.list(folder));
    }
}
