package org.devpki.esp;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.Test;

/** What is wrong in an image, by what is told of it; entry 0 is the namespace, the first item entry 1. */
class NvsReaderTest {
    private static SecretBytes secret(String text) {
        return SecretBytes.taking(text.getBytes(StandardCharsets.UTF_8));
    }

    private static NvsItem number(String key, int value) {
        return new NvsItem("cfg", key, new NvsValue.Whole(NvsInteger.U8, BigInteger.valueOf(value)));
    }

    private static NvsItem text(String key, String text) {
        return new NvsItem("cfg", key, new NvsValue.Text(secret(text)));
    }

    private static NvsItem blob(String key, int octets) {
        return new NvsItem("cfg", key, new NvsValue.Blob(SecretBytes.taking(new byte[octets])));
    }

    /** An image of these items after someone had it in hand. */
    private static NvsReading bent(Consumer<byte[]> bend, NvsItem... items) {
        byte[] image = NvsImages.write(
                        NvsContents.of(Arrays.asList(items)), NvsPartition.ofSize(0x4000), Optional.empty())
                .lend(byte[]::clone);
        bend.accept(image);
        return NvsImages.read(SecretBytes.taking(image), Optional.empty());
    }

    private static void seal(byte[] image, int entry) {
        int at = NvsLayout.entryAt(entry);
        NvsLayout.littleEndian(image).putInt(at + 4, NvsLayout.entryCrc(image, at));
    }

    private static void sealHeader(byte[] image, int page) {
        NvsLayout.littleEndian(image).putInt(page * 4096 + 28, NvsLayout.headerCrc(image, page * 4096));
    }

    private static void assertProblem(String problem, NvsReading reading) {
        assertEquals(List.of(problem), reading.problems());
    }

    @Test
    void anImageIsWholePages() {
        for (int length : new int[] {0, 1, 4095, 4097}) {
            assertFault(
                    Fault.INVALID_INPUT,
                    "an image of " + length + " bytes is not whole pages of 4096",
                    () -> NvsImages.read(SecretBytes.taking(new byte[length]), Optional.empty()));
        }
    }

    @Test
    void anErasedPartitionIsWholeAndHoldsNothing() {
        byte[] erased = new byte[0x2000];
        Arrays.fill(erased, (byte) 0xff);

        NvsReading reading = NvsImages.read(SecretBytes.taking(erased), Optional.empty());

        assertEquals(List.of(), reading.problems());
        assertEquals(List.of(), reading.contents().items());
        assertEquals(
                new NvsReading.Page(1, NvsReading.State.EMPTY, OptionalLong.empty(), 0, 0, 126),
                reading.pages().get(1));
    }

    @Test
    void theFillOfPagesIsCounted() {
        NvsReading reading = bent(image -> {}, text("s", "x".repeat(100)), number("n", 1));

        assertEquals(
                new NvsReading.Page(0, NvsReading.State.ACTIVE, OptionalLong.of(0), 7, 0, 119),
                reading.pages().get(0));
    }

    @Test
    void aBrokenPageHeaderIsTold() {
        assertProblem("page 0: the CRC of its header does not hold", bent(image -> image[12] ^= 1, number("n", 1)));
    }

    @Test
    void aStateThatDoesNotExistIsTold() {
        assertProblem(
                "page 0 is in a state that does not exist, 0xfffffffd",
                bent(image -> image[0] = (byte) 0xfd, number("n", 1)));
        assertProblem(
                "page 0 was being freed when writing stopped", bent(image -> image[0] = (byte) 0xf8, number("n", 1)));
        assertProblem(
                "page 0 was marked corrupt by the firmware", bent(image -> image[0] = (byte) 0xf0, number("n", 1)));
        assertProblem("page 2 is marked empty but is not erased", bent(image -> image[0x2fff] = 0, number("n", 1)));
    }

    @Test
    void aFormatThatDoesNotExistIsTold() {
        assertProblem(
                "page 0 is of format 0xfd; 0xff and 0xfe are known",
                bent(
                        image -> {
                            image[8] = (byte) 0xfd;
                            sealHeader(image, 0);
                        },
                        number("n", 1)));
    }

    @Test
    void twoPagesOfOneNumberAreTold() {
        NvsReading reading = bent(
                image -> {
                    System.arraycopy(image, 0, image, 4096, 64);
                    Arrays.fill(image, 4096 + 32, 4096 + 64, (byte) 0xff);
                },
                number("n", 1));

        assertEquals(
                List.of("pages 0 and 1 have the same sequence number 0", "pages 0 and 1 are both active"),
                reading.problems());
    }

    @Test
    void pagesAreReadInTheOrderOfTheirNumbers() {
        NvsItem[] items = new NvsItem[130];
        for (int i = 0; i < items.length; i++) {
            items[i] = number("k" + i, i);
        }

        NvsReading reading = bent(
                image -> {
                    byte[] first = Arrays.copyOf(image, 4096);
                    System.arraycopy(image, 4096, image, 0, 4096);
                    System.arraycopy(first, 0, image, 4096, 4096);
                },
                items);

        assertEquals(List.of(), reading.problems());
        assertEquals(Arrays.asList(items), reading.contents().items());
    }

    @Test
    void aBrokenEntryIsToldAndTheOthersAreRead() {
        NvsReading reading = bent(image -> image[NvsLayout.entryAt(1) + 24] ^= 1, number("a", 1), number("b", 2));

        assertProblem("page 0 entry 1: the CRC does not hold", reading);
        assertEquals(List.of(number("b", 2)), reading.contents().items());
    }

    @Test
    void whatABrokenHeaderLedIsToldOnce() {
        NvsReading reading =
                bent(image -> image[NvsLayout.entryAt(1) + 2] = 9, text("s", "x".repeat(70)), number("b", 2));

        assertProblem("page 0 entries 1 to 4: the CRC does not hold", reading);
        assertEquals(List.of(number("b", 2)), reading.contents().items());
    }

    @Test
    void brokenOctetsOfATextAreTold() {
        NvsReading reading = bent(image -> image[NvsLayout.entryAt(2)] ^= 1, text("s", "geheim"));

        assertProblem("page 0 entry 1: the CRC over the octets of key \"s\" does not hold", reading);
        assertEquals(List.of(), reading.contents().items());
    }

    @Test
    void entryStatesAreChecked() {
        assertProblem(
                "page 0 entry 2 belongs to key \"s\" but is not marked written",
                bent(image -> image[32] &= (byte) 0b11001111, text("s", "geheim")));
        assertEquals(
                List.of(
                        "page 0 entry 2 is marked empty but is not erased",
                        "page 0 entry 2 belongs to key \"s\" but is not marked written"),
                bent(image -> image[32] |= (byte) 0b00110000, text("s", "geheim"))
                        .problems());
        assertProblem(
                "page 0 entry 7 is in a state that does not exist",
                bent(image -> image[33] = (byte) 0b01111111, number("n", 1)));
        assertProblem(
                "page 0: the bitmap tells of more than 126 entries", bent(image -> image[63] = 0x7f, number("n", 1)));
    }

    @Test
    void anErasedEntryIsNotRead() {
        NvsReading reading = bent(image -> image[32] &= (byte) 0b11110011, number("a", 1), number("b", 2));

        assertEquals(List.of(), reading.problems());
        assertEquals(List.of(number("b", 2)), reading.contents().items());
        assertEquals(1, reading.pages().get(0).erased());
    }

    @Test
    void aSpanThatIsNotRightIsTold() {
        assertProblem(
                "page 0 entry 1: a span of 0 does not end on its page",
                bent(
                        image -> {
                            image[NvsLayout.entryAt(1) + 2] = 0;
                            seal(image, 1);
                        },
                        number("n", 1)));
        assertProblem(
                "page 0 entry 1: a span of 126 does not end on its page",
                bent(
                        image -> {
                            image[NvsLayout.entryAt(1) + 2] = 126;
                            seal(image, 1);
                        },
                        number("n", 1)));
        NvsReading longer = bent(
                image -> {
                    image[NvsLayout.entryAt(1) + 24] = 33;
                    seal(image, 1);
                },
                text("s", "geheim"));
        assertProblem("page 0 entry 1: key \"s\" has a span of 2 and 33 octets; a span of 3 is right", longer);
        assertProblem(
                "page 0 entry 1: key \"n\" of type 0x01 has a span of 2; 1 is right",
                bent(
                        image -> {
                            image[NvsLayout.entryAt(1) + 2] = 2;
                            seal(image, 1);
                        },
                        number("n", 1),
                        number("m", 1)));
    }

    @Test
    void aTypeThatIsUnknownIsTold() {
        assertProblem(
                "page 0 entry 1: key \"n\" is of the unknown type 0x77",
                bent(
                        image -> {
                            image[NvsLayout.entryAt(1) + 1] = 0x77;
                            seal(image, 1);
                        },
                        number("n", 1)));
    }

    @Test
    void aKeyThatIsNoneIsTold() {
        for (int bad : new int[] {0, 0x07, 0xe4}) {
            assertProblem(
                    "page 0 entry 1: the key is not 1 to 15 ASCII characters with a NUL",
                    bent(
                            image -> {
                                image[NvsLayout.entryAt(1) + 8] = (byte) bad;
                                seal(image, 1);
                            },
                            number("n", 1)));
        }
        assertProblem(
                "page 0 entry 1: the key is not 1 to 15 ASCII characters with a NUL",
                bent(
                        image -> {
                            Arrays.fill(image, NvsLayout.entryAt(1) + 8, NvsLayout.entryAt(1) + 24, (byte) 'k');
                            seal(image, 1);
                        },
                        number("n", 1)));
    }

    @Test
    void aTextWithoutItsNulIsTold() {
        assertProblem(
                "page 0 entry 1: text \"s\" does not end with a NUL",
                bent(
                        image -> {
                            image[NvsLayout.entryAt(1) + 24] = 6;
                            NvsLayout.littleEndian(image)
                                    .putInt(
                                            NvsLayout.entryAt(1) + 28,
                                            EspCrc.of(image, NvsLayout.entryAt(2), NvsLayout.entryAt(2) + 6));
                            seal(image, 1);
                        },
                        text("s", "geheim")));
    }

    @Test
    void aKeyThatIsThereTwiceIsToldAndTheFirstKept() {
        NvsReading reading = bent(
                image -> {
                    image[NvsLayout.entryAt(2) + 8] = 'a';
                    seal(image, 2);
                },
                number("a", 1),
                number("b", 2));

        assertProblem("page 0 entry 2: key \"a\" is in namespace \"cfg\" twice", reading);
        assertEquals(List.of(number("a", 1)), reading.contents().items());
    }

    @Test
    void namespacesAreChecked() {
        assertProblem(
                "page 0 entry 1: key \"n\" is in namespace number 7, which has no name",
                bent(
                        image -> {
                            image[NvsLayout.entryAt(1)] = 7;
                            seal(image, 1);
                        },
                        number("n", 1)));
        NvsReading zero = bent(
                image -> {
                    image[NvsLayout.entryAt(0) + 24] = 0;
                    seal(image, 0);
                },
                number("n", 1));
        assertEquals(
                "page 0 entry 0: namespace \"cfg\" has no number of 1 to 254",
                zero.problems().get(0));
        assertProblem(
                "page 0 entry 1: namespace \"cfg\" is there twice",
                bent(
                        image -> {
                            System.arraycopy(image, NvsLayout.entryAt(0), image, NvsLayout.entryAt(1), 32);
                            image[NvsLayout.entryAt(1) + 24] = 2;
                            seal(image, 1);
                        },
                        number("n", 1)));
        assertProblem(
                "page 0 entry 1: namespace number 1 of \"dfg\" is taken by \"cfg\"",
                bent(
                        image -> {
                            System.arraycopy(image, NvsLayout.entryAt(0), image, NvsLayout.entryAt(1), 32);
                            image[NvsLayout.entryAt(1) + 8] = 'd';
                            seal(image, 1);
                        },
                        number("n", 1)));
    }

    @Test
    void chunksOfABlobAreCounted() {
        // entry 1 is the chunk of 100 octets with 4 entries behind it, entry 6 the index
        Consumer<byte[]> orphan = image -> {
            image[NvsLayout.entryAt(1) + 3] = 5;
            seal(image, 1);
        };
        assertEquals(
                List.of(
                        "page 0 entry 6: chunk 0 of blob \"b\" is missing",
                        "page 0 entry 1: chunk 5 of blob \"b\" is in no index"),
                bent(orphan, blob("b", 100)).problems());
        assertProblem(
                "page 0 entry 6: blob \"b\" has 100 octets in 1 chunks; its index tells of 99",
                bent(
                        image -> {
                            image[NvsLayout.entryAt(6) + 24] = 99;
                            seal(image, 6);
                        },
                        blob("b", 100)));
        assertProblem(
                "page 0 entry 1: chunk 0 of blob \"b\" is in no index",
                bent(image -> image[33] &= (byte) 0b11001111, blob("b", 100)));
    }

    @Test
    void aBlobOfTheFirmwaresSecondVersionIsRead() {
        // the firmware numbers the chunks of a replaced blob from 0x80
        NvsReading reading = bent(
                image -> {
                    image[NvsLayout.entryAt(1) + 3] = (byte) 0x80;
                    seal(image, 1);
                    image[NvsLayout.entryAt(6) + 29] = (byte) 0x80;
                    seal(image, 6);
                },
                blob("b", 100));

        assertEquals(List.of(), reading.problems());
        assertEquals(List.of(blob("b", 100)), reading.contents().items());
    }

    @Test
    void anEncryptedImageWithoutKeysIsOneProblem() {
        NvsVectors.Vector vector = new NvsVectors.Vector("encrypted");

        NvsReading without = NvsImages.read(vector.secretImage(), Optional.empty());
        NvsReading plain = NvsImages.read(new NvsVectors.Vector("certs").secretImage(), vector.keys());

        assertProblem("no entry holds: the image is encrypted and no keys were given, or all of it is broken", without);
        assertProblem("no entry holds: the image is not encrypted with the keys that were given", plain);
    }

    @Test
    void noProblemShowsAValue() {
        byte[] image = new NvsVectors.Vector("certs").image();
        for (int at = 64; at < image.length; at += 37) {
            byte[] broken = image.clone();
            broken[at] ^= 0x55;
            NvsReading reading = NvsImages.read(SecretBytes.taking(broken), Optional.empty());
            assertTrue(
                    reading.problems().stream().noneMatch(problem -> problem.contains("BEGIN")),
                    reading.problems()::toString);
            assertTrue(!reading.toString().contains("BEGIN"), "contents");
        }
    }
}
