package org.devpki.esp;

import static org.devpki.esp.NvsLayout.ENTRIES;
import static org.devpki.esp.NvsLayout.ENTRY_BYTES;
import static org.devpki.esp.NvsLayout.PAGE_BYTES;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/** Lays out pages as Espressif's generator does, octet for octet: docs/formats/nvs-partition.md has the rules. */
final class NvsWriter {
    /** Text with its NUL, or blob: what the firmware of the first version takes. */
    private static final int MOST_V1_OCTETS = 1984;

    private final NvsPartition partition;
    private final List<byte[]> pages = new ArrayList<>();
    private byte[] page = new byte[0];
    private int next;

    private NvsWriter(NvsPartition partition) {
        this.partition = partition;
        addPage();
    }

    /** @throws DevpkiException INVALID_INPUT if the contents do not fit, or not in this format */
    static byte[] write(NvsContents contents, NvsPartition partition) {
        NvsWriter writer = new NvsWriter(partition);
        int named = 0;
        for (NvsItem item : contents.items()) {
            int number = contents.namespaces().indexOf(item.namespace()) + 1;
            while (named < number) {
                writer.addNamespace(contents.namespaces().get(named), ++named);
            }
            writer.add(number, item);
        }
        while (named < contents.namespaces().size()) {
            writer.addNamespace(contents.namespaces().get(named), ++named);
        }
        return writer.image();
    }

    private void addNamespace(String name, int number) {
        ByteBuffer entry = entry(0, NvsInteger.U8.code(), name);
        entry.put(NvsLayout.VALUE_AT, (byte) number);
        addSingle(entry);
    }

    private void add(int namespace, NvsItem item) {
        String key = item.key();
        item.value()
                .<Runnable>match(
                        whole -> () -> addSingle(whole(namespace, key, whole)),
                        f -> () -> addSingle(entry(namespace, NvsLayout.TYPE_FLOAT, key)
                                .putInt(NvsLayout.VALUE_AT, Float.floatToRawIntBits(f.value()))),
                        d -> () -> addSingle(entry(namespace, NvsLayout.TYPE_DOUBLE, key)
                                .putLong(NvsLayout.VALUE_AT, Double.doubleToRawLongBits(d.value()))),
                        text -> () -> addText(namespace, item, text),
                        blob -> () -> addBlob(namespace, item, blob))
                .run();
    }

    private static ByteBuffer whole(int namespace, String key, NvsValue.Whole whole) {
        ByteBuffer entry = entry(namespace, whole.type().code(), key);
        long value = whole.value().longValue();
        for (int i = 0; i < whole.type().octets(); i++) {
            entry.put(NvsLayout.VALUE_AT + i, (byte) (value >> (i * Byte.SIZE)));
        }
        return entry;
    }

    private void addSingle(ByteBuffer entry) {
        if (next == ENTRIES) {
            addPage();
        }
        put(entry, new byte[0]);
    }

    private void addText(int namespace, NvsItem item, NvsValue.Text text) {
        byte[] withNul = text.content().lend(octets -> Arrays.copyOf(octets, octets.length + 1));
        addWhole(entry(namespace, NvsLayout.TYPE_STRING, item.key()), item, withNul);
        Arrays.fill(withNul, (byte) 0);
    }

    private void addBlob(int namespace, NvsItem item, NvsValue.Blob blob) {
        byte[] octets = blob.content().lend(byte[]::clone);
        if (partition.format() == NvsFormat.V1) {
            addWhole(entry(namespace, NvsLayout.TYPE_BLOB, item.key()), item, octets);
        } else {
            addChunks(namespace, item, octets);
        }
        Arrays.fill(octets, (byte) 0);
    }

    /** A value that stays on one page. */
    private void addWhole(ByteBuffer entry, NvsItem item, byte[] value) {
        if (partition.format() == NvsFormat.V1 && value.length > MOST_V1_OCTETS) {
            throw DevpkiException.invalid("key " + Quoted.of(item.key()) + " in namespace "
                    + Quoted.of(item.namespace()) + " takes " + value.length + " bytes; at most " + MOST_V1_OCTETS
                    + " are right in format version 1");
        }
        int span = 1 + NvsLayout.entriesFor(value.length);
        // the generator never fills a page to its last entry in this way; a value that needs all 126 it cannot write
        if (next + span >= ENTRIES && next > 0) {
            addPage();
        }
        putSized(entry, value, 0, value.length);
    }

    /** A blob of version 2: chunks, each as long as its page allows, then an index of them. */
    private void addChunks(int namespace, NvsItem item, byte[] value) {
        if (next == ENTRIES) {
            addPage();
        }
        int chunks = 0;
        int at = 0;
        boolean isMore = true;
        while (isMore) {
            int room = (ENTRIES - 1 - next) * ENTRY_BYTES;
            int length = Math.min(room, value.length - at);
            if (chunks == NvsLayout.MOST_CHUNKS) {
                throw DevpkiException.invalid("blob " + Quoted.of(item.key()) + " of " + value.length
                        + " bytes does not fit into " + NvsLayout.MOST_CHUNKS + " chunks of a page each");
            }
            ByteBuffer entry = entry(namespace, NvsLayout.TYPE_BLOB_CHUNK, item.key());
            entry.put(3, (byte) chunks);
            putSized(entry, value, at, at + length);
            chunks++;
            at += length;
            isMore = at < value.length;
            if (isMore || room - length < ENTRY_BYTES) {
                addPage();
            }
        }
        ByteBuffer index = entry(namespace, NvsLayout.TYPE_BLOB_INDEX, item.key());
        index.putInt(NvsLayout.VALUE_AT, value.length);
        index.put(NvsLayout.VALUE_AT + 4, (byte) chunks);
        index.put(NvsLayout.VALUE_AT + 5, (byte) 0);
        put(index, new byte[0]);
    }

    private static ByteBuffer entry(int namespace, int type, String key) {
        byte[] octets = new byte[ENTRY_BYTES];
        Arrays.fill(octets, (byte) 0xff);
        octets[0] = (byte) namespace;
        octets[1] = (byte) type;
        octets[3] = (byte) NvsLayout.NO_CHUNK;
        byte[] name = key.getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(octets, NvsLayout.KEY_AT, NvsLayout.KEY_AT + NvsLayout.KEY_BYTES, (byte) 0);
        System.arraycopy(name, 0, octets, NvsLayout.KEY_AT, name.length);
        return NvsLayout.littleEndian(octets);
    }

    private void putSized(ByteBuffer entry, byte[] value, int from, int to) {
        entry.putShort(NvsLayout.VALUE_AT, (short) (to - from));
        entry.putInt(NvsLayout.VALUE_CRC_AT, EspCrc.of(value, from, to));
        byte[] stretch = Arrays.copyOfRange(value, from, to);
        put(entry, stretch);
        Arrays.fill(stretch, (byte) 0);
    }

    /** Puts an entry and what belongs to it at the next free place of the page, which must have room. */
    private void put(ByteBuffer entry, byte[] value) {
        int span = 1 + NvsLayout.entriesFor(value.length);
        int at = NvsLayout.entryAt(next);
        entry.put(2, (byte) span);
        entry.get(0, page, at, ENTRY_BYTES);
        NvsLayout.littleEndian(page).putInt(at + 4, NvsLayout.entryCrc(page, at));
        System.arraycopy(value, 0, page, at + ENTRY_BYTES, value.length);
        for (int end = next + span; next < end; next++) {
            page[NvsLayout.BITMAP_AT + next / 4] &= (byte) ~(1 << (next % 4 * 2));
        }
    }

    private void addPage() {
        if (!pages.isEmpty()) {
            NvsLayout.littleEndian(page).putInt(0, NvsLayout.FULL);
        }
        page = new byte[PAGE_BYTES];
        Arrays.fill(page, (byte) 0xff);
        ByteBuffer header = NvsLayout.littleEndian(page);
        header.putInt(0, NvsLayout.ACTIVE);
        header.putInt(NvsLayout.SEQUENCE_AT, pages.size());
        header.put(NvsLayout.FORMAT_AT, (byte) partition.format().code());
        header.putInt(NvsLayout.HEADER_CRC_AT, NvsLayout.headerCrc(page, 0));
        pages.add(page);
        next = 0;
    }

    private byte[] image() {
        if (pages.size() > partition.usablePages()) {
            int reserved = partition.isReadOnly() ? 0 : 1;
            throw DevpkiException.invalid("the items need " + NvsPartition.hex((pages.size() + reserved) * PAGE_BYTES)
                    + " bytes and the partition has " + NvsPartition.hex(partition.sizeBytes()));
        }
        byte[] image = new byte[partition.sizeBytes()];
        Arrays.fill(image, (byte) 0xff);
        for (int i = 0; i < pages.size(); i++) {
            System.arraycopy(pages.get(i), 0, image, i * PAGE_BYTES, PAGE_BYTES);
            Arrays.fill(pages.get(i), (byte) 0);
        }
        return image;
    }
}
