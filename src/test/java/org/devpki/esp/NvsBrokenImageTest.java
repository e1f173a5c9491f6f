package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every vector cut and bent: a reading or INVALID_INPUT, never another exception, and no flaw goes unseen. */
@Tag("long")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Execution(ExecutionMode.CONCURRENT)
class NvsBrokenImageTest {
    @TestFactory
    Stream<DynamicTest> aCutImageIsReadOrRefused() {
        return NvsVectors.all().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    byte[] image = vector.image();
                    for (int length = 0; length < image.length; length++) {
                        look(vector, Arrays.copyOf(image, length));
                    }
                }));
    }

    /** Each flipped bit is under a CRC, in a bitmap or in what must be erased, so each is told. */
    @TestFactory
    Stream<DynamicTest> aFlippedOctetIsToldOf() {
        return NvsVectors.all().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    byte[] image = vector.image();
                    Optional<NvsKeys> keys = vector.keys();
                    for (int at = 0; at < image.length; at++) {
                        for (int flip : new int[] {0x01, 0xff}) {
                            byte[] bent = image.clone();
                            bent[at] ^= (byte) flip;
                            NvsReading reading = NvsImages.read(SecretBytes.taking(bent), keys);
                            if (isCovered(image, at, flip)) {
                                String what = vector.name() + " with octet " + at + " xor " + flip;
                                assertFalse(reading.problems().isEmpty(), what);
                            }
                        }
                    }
                }));
    }

    /**
     * Not told of are bits of the filling behind a value, which no CRC counts, a last page that is full rather than
     * active, and four free entries marked erased.
     */
    private static boolean isCovered(byte[] image, int at, int flip) {
        int inPage = at % 4096;
        boolean isInEntry = inPage >= 64;
        boolean isEmpty =
                isInEntry && NvsLayout.entryState(image, at - inPage, (inPage - 64) / 32) == NvsLayout.ENTRY_EMPTY;
        boolean isErasing = inPage >= 32 && flip == 0xff && image[at] == (byte) 0xff;
        return isEmpty || (inPage >= 4 && !isInEntry && !isErasing);
    }

    @Test
    void randomOctetsAreReadOrRefused() {
        for (long seed = 1; seed <= 200; seed++) {
            byte[] octets = new byte[4096 * (1 + (int) (seed % 4))];
            new Random(seed).nextBytes(octets);
            if (seed % 2 == 0) { // with headers that hold, so that the reader goes on
                for (int page = 0; page < octets.length; page += 4096) {
                    NvsLayout.littleEndian(octets).putInt(page, NvsLayout.ACTIVE);
                    octets[page + NvsLayout.FORMAT_AT] = (byte) NvsFormat.V2.code();
                    NvsLayout.littleEndian(octets).putInt(page + 28, NvsLayout.headerCrc(octets, page));
                }
            }
            NvsReading reading = NvsImages.read(SecretBytes.taking(octets), Optional.empty());
            assertFalse(reading.problems().isEmpty(), "seed " + seed);
        }
    }

    /** Entries whose CRCs hold but that say random things. */
    @Test
    void soundEntriesOfNonsenseAreReadOrToldOf() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            byte[] octets = NvsVectors.all().get(0).image();
            for (int entry = 0; entry < NvsLayout.ENTRIES; entry++) {
                int at = NvsLayout.entryAt(entry);
                octets[NvsLayout.BITMAP_AT + entry / 4] &= (byte) ~(1 << (entry % 4 * 2));
                octets[at] = (byte) random.nextInt(3);
                octets[at + 1] = (byte) new int[] {1, 0x14, 0x21, 0x41, 0x42, 0x48, 0x24, 0x99}[random.nextInt(8)];
                octets[at + 2] = (byte) random.nextInt(4);
                octets[at + 3] = (byte) random.nextInt(3);
                octets[at + 8] = (byte) ('a' + random.nextInt(3));
                octets[at + 9] = 0;
                octets[at + 24] = (byte) random.nextInt(80);
                octets[at + 25] = (byte) (random.nextInt(20) == 0 ? 0xff : 0);
                octets[at + 28] = (byte) random.nextInt(3);
                octets[at + 29] = (byte) random.nextInt(2);
                NvsLayout.littleEndian(octets).putInt(at + 4, NvsLayout.entryCrc(octets, at));
            }
            NvsReading reading = NvsImages.read(SecretBytes.taking(octets), Optional.empty());
            assertFalse(reading.problems().isEmpty(), "seed " + seed);
        }
    }

    private static void look(NvsVectors.Vector vector, byte[] octets) {
        int length = octets.length;
        try {
            NvsImages.read(SecretBytes.taking(octets), vector.keys());
        } catch (DevpkiException e) {
            assertEquals(Fault.INVALID_INPUT, e.fault(), vector.name() + " cut to " + length);
        }
    }
}
