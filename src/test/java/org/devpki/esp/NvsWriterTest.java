package org.devpki.esp;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.Test;

/** Where items go, and what does not go at all. */
class NvsWriterTest {
    private static NvsItem number(String namespace, String key, int value) {
        return new NvsItem(namespace, key, new NvsValue.Whole(NvsInteger.U8, BigInteger.valueOf(value)));
    }

    private static NvsItem text(String key, int octets) {
        return new NvsItem(
                "cfg",
                key,
                new NvsValue.Text(SecretBytes.taking("x".repeat(octets).getBytes(StandardCharsets.UTF_8))));
    }

    private static NvsItem blob(String key, int octets) {
        return new NvsItem("cfg", key, new NvsValue.Blob(SecretBytes.taking(new byte[octets])));
    }

    private static byte[] image(NvsPartition partition, List<NvsItem> items) {
        return NvsImages.write(NvsContents.of(items), partition, Optional.empty())
                .lend(byte[]::clone);
    }

    /** A page of which this many entries are taken, the namespace's among them. */
    private static List<NvsItem> filled(int entries) {
        List<NvsItem> items = new ArrayList<>();
        for (int i = 1; i < entries; i++) {
            items.add(number("cfg", "k" + i, i));
        }
        return items;
    }

    private static List<NvsItem> and(List<NvsItem> items, NvsItem last) {
        items.add(last);
        return items;
    }

    private static String entry(byte[] image, int page, int entry) {
        int at = page * 4096 + 64 + entry * 32;
        return HexFormat.of().formatHex(image, at, at + 32);
    }

    @Test
    void oneNumberIsTheseOctets() {
        byte[] image = image(NvsPartition.ofSize(0x3000), List.of(number("cfg", "n", 7)));

        // header: active, number 0, version 2; bitmap: two entries written
        assertEquals(
                "feffffff" + "00000000" + "fe" + "ff".repeat(19), HexFormat.of().formatHex(image, 0, 28));
        assertEquals("fa" + "ff".repeat(31), HexFormat.of().formatHex(image, 32, 64));
        assertEquals(
                "000101ff" + entry(image, 0, 0).substring(8, 16) + "63666700000000000000000000000000"
                        + "01ffffffffffffff",
                entry(image, 0, 0));
        assertEquals(
                "010101ff" + entry(image, 0, 1).substring(8, 16) + "6e000000000000000000000000000000"
                        + "07ffffffffffffff",
                entry(image, 0, 1));
        assertEquals("ff".repeat(32), entry(image, 0, 2));
    }

    @Test
    void aTextThatWouldFillThePageMovesOn() {
        // 120 entries are taken; a text of 5 entries and its header would end at 126
        byte[] moved = image(NvsPartition.ofSize(0x4000), and(filled(120), text("s", 159)));
        byte[] stays = image(NvsPartition.ofSize(0x4000), and(filled(120), text("s", 127)));

        assertEquals("ff".repeat(32), entry(moved, 0, 120));
        assertEquals("0121", entry(moved, 1, 0).substring(0, 4));
        assertEquals("0121", entry(stays, 0, 120).substring(0, 4));
    }

    @Test
    void aBlobWithOneEntryLeftBeginsWithAnEmptyChunk() {
        byte[] image = image(NvsPartition.ofSize(0x4000), and(filled(125), blob("b", 40)));

        assertEquals("014201" + "00", entry(image, 0, 125).substring(0, 8));
        assertEquals("0000ffffffffffff", entry(image, 0, 125).substring(48));
        assertEquals("014203" + "01", entry(image, 1, 0).substring(0, 8));
        assertEquals("014801" + "ff", entry(image, 1, 3).substring(0, 8));
        assertEquals("28000000" + "02" + "00ffff", entry(image, 1, 3).substring(48));
    }

    @Test
    void theIndexOfABlobThatFillsThePageMovesOn() {
        byte[] image = image(NvsPartition.ofSize(0x4000), and(filled(100), blob("b", 25 * 32)));

        assertEquals("01421a" + "00", entry(image, 0, 100).substring(0, 8));
        assertEquals("014801" + "ff", entry(image, 1, 0).substring(0, 8));
    }

    @Test
    void anEmptyBlobIsAnEmptyChunkAndAnIndex() {
        byte[] image = image(NvsPartition.ofSize(0x3000), List.of(blob("b", 0)));

        assertEquals("01420100", entry(image, 0, 1).substring(0, 8));
        assertEquals("0000ffffffffffff", entry(image, 0, 1).substring(48));
        assertEquals("014801ff", entry(image, 0, 2).substring(0, 8));
        assertEquals("0000000001" + "00ffff", entry(image, 0, 2).substring(48));
    }

    /** The generator puts what follows a repeated name into the namespace that was made last. */
    @Test
    void whatReturnsToAnEarlierNamespaceIsPutThere() {
        byte[] image = image(
                NvsPartition.ofSize(0x3000), List.of(number("a", "k", 1), number("b", "k", 2), number("a", "m", 3)));

        assertEquals("01", entry(image, 0, 1).substring(0, 2));
        assertEquals("02", entry(image, 0, 3).substring(0, 2));
        assertEquals("01", entry(image, 0, 4).substring(0, 2));
        assertEquals("ff".repeat(32), entry(image, 0, 5));
    }

    @Test
    void aNamespaceWithoutItemsIsThere() {
        NvsContents contents = new NvsContents(List.of("a", "b", "c"), List.of(number("b", "k", 1)));

        SecretBytes image = NvsImages.write(contents, NvsPartition.ofSize(0x3000), Optional.empty());

        byte[] octets = image.lend(byte[]::clone);
        assertEquals("0001", entry(octets, 0, 0).substring(0, 4));
        assertEquals("0001", entry(octets, 0, 1).substring(0, 4));
        assertEquals("0201", entry(octets, 0, 2).substring(0, 4));
        assertEquals("0001", entry(octets, 0, 3).substring(0, 4));
        assertEquals(contents, NvsImages.read(image, Optional.empty()).contents());
    }

    /** The firmware takes 4000 octets with the NUL; the generator fails above 3968. */
    @Test
    void theLongestTextFillsAPageOfItsOwn() {
        byte[] image = image(NvsPartition.ofSize(0x4000), List.of(text("s", 3999)));

        assertEquals("01217e", entry(image, 1, 0).substring(0, 6));
    }

    @Test
    void whatDoesNotFitSaysWhatItNeeds() {
        List<NvsItem> items = List.of(blob("b", 9000));

        assertFault(
                Fault.INVALID_INPUT,
                "the items need 0x4000 bytes and the partition has 0x3000",
                () -> image(NvsPartition.ofSize(0x3000), items));
        assertFault(
                Fault.INVALID_INPUT,
                "the items need 0x3000 bytes and the partition has 0x2000",
                () -> image(new NvsPartition(0x2000, NvsFormat.V2, true), items));
        assertEquals(0x4000, image(NvsPartition.ofSize(0x4000), items).length);
        assertEquals(0x3000, image(new NvsPartition(0x3000, NvsFormat.V2, true), items).length);
    }

    @Test
    void aReadOnlyImageHasThePartitionsSize() {
        byte[] image = image(new NvsPartition(0x2000, NvsFormat.V2, true), List.of(number("cfg", "n", 1)));

        assertEquals(0x2000, image.length);
        assertEquals("ff".repeat(32), HexFormat.of().formatHex(image, 4096, 4128));
    }

    @Test
    void theFirstVersionTakesValuesOfHalfAPage() {
        NvsPartition first = new NvsPartition(0x4000, NvsFormat.V1, false);

        image(first, List.of(blob("b", 1984), text("s", 1983)));

        assertFault(
                Fault.INVALID_INPUT,
                "key \"b\" in namespace \"cfg\" takes 1985 bytes; at most 1984 are right in format version 1",
                () -> image(first, List.of(blob("b", 1985))));
        assertFault(
                Fault.INVALID_INPUT,
                "key \"s\" in namespace \"cfg\" takes 1985 bytes",
                () -> image(first, List.of(text("s", 1984))));
    }

    @Test
    void aBlobHas127ChunksAtMost() {
        NvsPartition large = NvsPartition.ofSize(0x100000);

        assertFault(
                Fault.INVALID_INPUT,
                "blob \"b\" of 600000 bytes does not fit into 127 chunks",
                () -> image(large, List.of(blob("b", 600_000))));
    }

    @Test
    void partitionsOfWrongSizesAreRefused() {
        assertFault(Fault.INVALID_INPUT, "size 0x0 is not a multiple of 0x1000", () -> NvsPartition.ofSize(0));
        assertFault(Fault.INVALID_INPUT, "size 0x3001 is not a multiple", () -> NvsPartition.ofSize(0x3001));
        assertFault(Fault.INVALID_INPUT, "size 0x8001000 is not", () -> NvsPartition.ofSize(0x8001000));
        assertFault(
                Fault.INVALID_INPUT,
                "size 0x2000 is below the 0x3000 of a partition that is written to",
                () -> NvsPartition.ofSize(0x2000));
        assertFault(Fault.INVALID_INPUT, "format version 3 is not 1 or 2", () -> NvsFormat.numbered(3));
    }
}
