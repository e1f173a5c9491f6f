package org.devpki.esp;

import static org.devpki.esp.NvsLayout.ENTRIES;
import static org.devpki.esp.NvsLayout.ENTRY_BYTES;
import static org.devpki.esp.NvsLayout.PAGE_BYTES;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.devpki.esp.NvsReading.Page;
import org.devpki.esp.NvsReading.State;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/** Reads one image, already decrypted, page by page in the order of writing; each flaw is noted and stepped over. */
final class NvsReader {
    private final byte[] image;
    private final ByteBuffer words;
    private final boolean isDecrypted;
    private final List<String> problems = new ArrayList<>();
    private final List<String> lostEntries = new ArrayList<>();
    private final Map<Integer, String> namespaces = new TreeMap<>();
    private final List<Found> items = new ArrayList<>();
    private final Map<Name, Map<Integer, Chunk>> chunks = new LinkedHashMap<>();
    private final List<Index> indexes = new ArrayList<>();
    private int soundEntries;

    /** A key as entries name it. */
    private record Name(int namespace, String key) {}

    /** A value, and where its first entry stands. */
    private record Found(Name name, NvsValue value, String where, int order) {}

    private record Chunk(SecretBytes content, String where) {}

    private record Index(Name name, long octets, int count, int first, String where, int order) {}

    NvsReader(byte[] image, boolean isDecrypted) {
        this.image = image;
        this.words = NvsLayout.littleEndian(image);
        this.isDecrypted = isDecrypted;
    }

    NvsReading read() {
        List<Page> pages = new ArrayList<>();
        for (int index = 0; index < image.length / PAGE_BYTES; index++) {
            pages.add(readHeader(index));
        }
        compare(pages);
        pages.stream()
                .filter(page -> page.state() != State.EMPTY && page.sequence().isPresent())
                .sorted(Comparator.comparingLong(page -> page.sequence().orElseThrow()))
                .forEach(this::readEntries);
        tellLostEntries();
        joinChunks();
        return new NvsReading(contents(), pages, problems);
    }

    // Pages.

    private Page readHeader(int index) {
        int at = index * PAGE_BYTES;
        if (words.getInt(at) == NvsLayout.EMPTY) {
            if (!NvsImages.isErased(image, at, at + PAGE_BYTES)) {
                problems.add("page " + index + " is marked empty but is not erased");
                return new Page(index, State.UNKNOWN, OptionalLong.empty(), 0, 0, 0);
            }
            return new Page(index, State.EMPTY, OptionalLong.empty(), 0, 0, ENTRIES);
        }
        if (words.getInt(at + NvsLayout.HEADER_CRC_AT) != NvsLayout.headerCrc(image, at)) {
            problems.add("page " + index + ": the CRC of its header does not hold");
            return new Page(index, State.UNKNOWN, OptionalLong.empty(), 0, 0, 0);
        }
        State state = stateOf(words.getInt(at));
        switch (state) {
            case UNKNOWN ->
                problems.add("page " + index + " is in a state that does not exist, 0x"
                        + Integer.toHexString(words.getInt(at)));
            case FREEING -> problems.add("page " + index + " was being freed when writing stopped");
            case CORRUPT -> problems.add("page " + index + " was marked corrupt by the firmware");
            case EMPTY, ACTIVE, FULL -> {}
        }
        if (NvsFormat.ofCode(image[at + NvsLayout.FORMAT_AT] & 0xff).isEmpty()) {
            problems.add("page " + index + " is of format 0x"
                    + Integer.toHexString(image[at + NvsLayout.FORMAT_AT] & 0xff) + "; 0xff and 0xfe are known");
            state = State.UNKNOWN;
        }
        boolean isReadable = state != State.UNKNOWN && state != State.CORRUPT;
        int[] counts = new int[4];
        for (int entry = 0; entry < ENTRIES; entry++) {
            counts[NvsLayout.entryState(image, at, entry)]++;
        }
        return new Page(
                index,
                state,
                isReadable
                        ? OptionalLong.of(Integer.toUnsignedLong(words.getInt(at + NvsLayout.SEQUENCE_AT)))
                        : OptionalLong.empty(),
                counts[NvsLayout.ENTRY_WRITTEN],
                counts[NvsLayout.ENTRY_ERASED],
                counts[NvsLayout.ENTRY_EMPTY]);
    }

    private static State stateOf(int word) {
        return switch (word) {
            case NvsLayout.EMPTY -> State.EMPTY;
            case NvsLayout.ACTIVE -> State.ACTIVE;
            case NvsLayout.FULL -> State.FULL;
            case NvsLayout.FREEING -> State.FREEING;
            case NvsLayout.CORRUPT -> State.CORRUPT;
            default -> State.UNKNOWN;
        };
    }

    private void compare(List<Page> pages) {
        Map<Long, Integer> seen = new HashMap<>();
        Optional<Integer> active = Optional.empty();
        for (Page page : pages) {
            if (page.sequence().isPresent()) {
                Integer other = seen.put(page.sequence().getAsLong(), page.index());
                if (other != null) {
                    problems.add("pages " + other + " and " + page.index() + " have the same sequence number "
                            + page.sequence().getAsLong());
                }
            }
            if (page.state() == State.ACTIVE) {
                if (active.isPresent()) {
                    problems.add("pages " + active.get() + " and " + page.index() + " are both active");
                }
                active = Optional.of(page.index());
            }
        }
    }

    // Entries.

    private void readEntries(Page page) {
        int pageAt = page.index() * PAGE_BYTES;
        checkBitmap(page.index(), pageAt);
        int entry = 0;
        int lostFrom = -1;
        while (entry < ENTRIES) {
            boolean isWritten = NvsLayout.entryState(image, pageAt, entry) == NvsLayout.ENTRY_WRITTEN;
            boolean isLost = isWritten && !isSound(pageAt + NvsLayout.entryAt(entry));
            if (!isLost && lostFrom >= 0) {
                lost(page.index(), lostFrom, entry);
                lostFrom = -1;
            }
            if (isLost) {
                lostFrom = lostFrom < 0 ? entry : lostFrom;
                entry++;
            } else if (isWritten) {
                soundEntries++;
                entry += readItem(page.index(), entry);
            } else {
                entry++;
            }
        }
        if (lostFrom >= 0) {
            lost(page.index(), lostFrom, ENTRIES);
        }
    }

    private void checkBitmap(int index, int pageAt) {
        if ((image[pageAt + NvsLayout.BITMAP_AT + ENTRIES / 4] & 0xf0) != 0xf0) {
            problems.add("page " + index + ": the bitmap tells of more than " + ENTRIES + " entries");
        }
        for (int entry = 0; entry < ENTRIES; entry++) {
            int state = NvsLayout.entryState(image, pageAt, entry);
            int at = pageAt + NvsLayout.entryAt(entry);
            if (state == NvsLayout.ENTRY_EMPTY && !NvsImages.isErased(image, at, at + ENTRY_BYTES)) {
                problems.add(where(index, entry) + " is marked empty but is not erased");
            } else if (state != NvsLayout.ENTRY_EMPTY
                    && state != NvsLayout.ENTRY_WRITTEN
                    && state != NvsLayout.ENTRY_ERASED) {
                problems.add(where(index, entry) + " is in a state that does not exist");
            }
        }
    }

    private boolean isSound(int at) {
        return words.getInt(at + 4) == NvsLayout.entryCrc(image, at);
    }

    /** A run of entries none of which begins an item; what follows a broken header is lost with it. */
    private void lost(int page, int from, int to) {
        lostEntries.add((to - from == 1 ? where(page, from) : "page " + page + " entries " + from + " to " + (to - 1))
                + ": the CRC does not hold");
    }

    private void tellLostEntries() {
        if (soundEntries == 0 && !lostEntries.isEmpty()) {
            problems.add(
                    isDecrypted
                            ? "no entry holds: the image is not encrypted with the keys that were given"
                            : "no entry holds: the image is encrypted and no keys were given, or all of it is broken");
        } else {
            problems.addAll(lostEntries);
        }
    }

    /** Reads the item that begins here. @return how many entries it takes */
    private int readItem(int page, int entry) {
        int at = page * PAGE_BYTES + NvsLayout.entryAt(entry);
        String where = where(page, entry);
        int span = image[at + 2] & 0xff;
        if (span == 0 || entry + span > ENTRIES) {
            problems.add(where + ": a span of " + span + " does not end on its page");
            return 1;
        }
        Optional<String> key = key(at);
        if (key.isEmpty()) {
            problems.add(where + ": the key is not 1 to 15 ASCII characters with a NUL");
            return span;
        }
        for (int i = entry + 1; i < entry + span; i++) {
            if (NvsLayout.entryState(image, page * PAGE_BYTES, i) != NvsLayout.ENTRY_WRITTEN) {
                problems.add(where(page, i) + " belongs to key " + Quoted.of(key.get()) + " but is not marked written");
            }
        }
        Name name = new Name(image[at] & 0xff, key.get());
        if (name.namespace() == 0) {
            readNamespace(at, name.key(), where);
        } else {
            readValue(at, span, name, where);
        }
        return span;
    }

    private Optional<String> key(int at) {
        int end = at + NvsLayout.KEY_AT;
        while (end < at + NvsLayout.KEY_AT + NvsLayout.KEY_BYTES && image[end] != 0) {
            if (image[end] < ' ' || image[end] > '~') {
                return Optional.empty();
            }
            end++;
        }
        int length = end - at - NvsLayout.KEY_AT;
        return length == 0 || length == NvsLayout.KEY_BYTES
                ? Optional.empty()
                : Optional.of(new String(image, at + NvsLayout.KEY_AT, length, StandardCharsets.US_ASCII));
    }

    private void readNamespace(int at, String name, String where) {
        int number = image[at + NvsLayout.VALUE_AT] & 0xff;
        int type = image[at + 1] & 0xff;
        if (type != NvsInteger.U8.code() || number == 0 || number > NvsContents.MOST_NAMESPACES) {
            problems.add(
                    where + ": namespace " + Quoted.of(name) + " has no number of 1 to " + NvsContents.MOST_NAMESPACES);
        } else if (namespaces.containsKey(number)) {
            problems.add(where + ": namespace number " + number + " of " + Quoted.of(name) + " is taken by "
                    + Quoted.of(String.valueOf(namespaces.get(number))));
        } else if (namespaces.containsValue(name)) {
            problems.add(where + ": namespace " + Quoted.of(name) + " is there twice");
        } else {
            namespaces.put(number, name);
        }
    }

    private void readValue(int at, int span, Name name, String where) {
        int type = image[at + 1] & 0xff;
        Optional<NvsInteger> integer = NvsInteger.ofCode(type);
        boolean isSized =
                type == NvsLayout.TYPE_STRING || type == NvsLayout.TYPE_BLOB || type == NvsLayout.TYPE_BLOB_CHUNK;
        if (!isSized && span != 1) {
            problems.add(where + ": key " + Quoted.of(name.key()) + " of type " + type(type) + " has a span of " + span
                    + "; 1 is right");
        } else if (isSized) {
            sized(at, span, name, where).ifPresent(content -> {
                if (type == NvsLayout.TYPE_BLOB_CHUNK) {
                    addChunk(image[at + 3] & 0xff, name, content, where);
                } else if (type == NvsLayout.TYPE_BLOB) {
                    found(name, new NvsValue.Blob(content), where);
                } else {
                    text(name, content, where);
                }
            });
        } else if (integer.isPresent()) {
            found(name, whole(integer.get(), at + NvsLayout.VALUE_AT), where);
        } else if (type == NvsLayout.TYPE_FLOAT) {
            found(name, new NvsValue.Float32(words.getFloat(at + NvsLayout.VALUE_AT)), where);
        } else if (type == NvsLayout.TYPE_DOUBLE) {
            found(name, new NvsValue.Float64(words.getDouble(at + NvsLayout.VALUE_AT)), where);
        } else if (type == NvsLayout.TYPE_BLOB_INDEX) {
            indexes.add(new Index(
                    name,
                    Integer.toUnsignedLong(words.getInt(at + NvsLayout.VALUE_AT)),
                    image[at + NvsLayout.VALUE_AT + 4] & 0xff,
                    image[at + NvsLayout.VALUE_AT + 5] & 0xff,
                    where,
                    order()));
        } else {
            problems.add(where + ": key " + Quoted.of(name.key()) + " is of the unknown type " + type(type));
        }
    }

    private static String type(int type) {
        return String.format("0x%02x", type);
    }

    private int order() {
        return items.size() + indexes.size();
    }

    private void found(Name name, NvsValue value, String where) {
        items.add(new Found(name, value, where, order()));
    }

    private NvsValue whole(NvsInteger type, int at) {
        byte[] bigEndian = new byte[type.octets()];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[bigEndian.length - 1 - i] = image[at + i];
        }
        return new NvsValue.Whole(type, type.isSigned() ? new BigInteger(bigEndian) : new BigInteger(1, bigEndian));
    }

    /** The octets behind a header that tells their size and CRC. */
    private Optional<SecretBytes> sized(int at, int span, Name name, String where) {
        int octets = words.getShort(at + NvsLayout.VALUE_AT) & 0xffff;
        if (span != 1 + NvsLayout.entriesFor(octets)) {
            problems.add(where + ": key " + Quoted.of(name.key()) + " has a span of " + span + " and " + octets
                    + " octets; a span of " + (1 + NvsLayout.entriesFor(octets)) + " is right");
            return Optional.empty();
        }
        int from = at + ENTRY_BYTES;
        if (words.getInt(at + NvsLayout.VALUE_CRC_AT) != EspCrc.of(image, from, from + octets)) {
            problems.add(where + ": the CRC over the octets of key " + Quoted.of(name.key()) + " does not hold");
            return Optional.empty();
        }
        return Optional.of(SecretBytes.taking(Arrays.copyOfRange(image, from, from + octets)));
    }

    private void text(Name name, SecretBytes content, String where) {
        boolean isEnded = content.length() > 0 && content.lend(octets -> octets[octets.length - 1] == 0);
        try {
            if (isEnded) {
                SecretBytes text = content.lend(octets -> SecretBytes.taking(Arrays.copyOf(octets, octets.length - 1)));
                found(name, new NvsValue.Text(text), where);
            } else {
                problems.add(where + ": text " + Quoted.of(name.key()) + " does not end with a NUL");
            }
        } catch (DevpkiException e) {
            problems.add(where + ": key " + Quoted.of(name.key()) + ": " + e.sentence());
        }
    }

    // Blobs of version 2.

    private void addChunk(int number, Name name, SecretBytes content, String where) {
        Chunk other = chunks.computeIfAbsent(name, n -> new TreeMap<>()).putIfAbsent(number, new Chunk(content, where));
        if (other != null) {
            problems.add(where + ": chunk " + number + " of blob " + Quoted.of(name.key()) + " is at " + other.where()
                    + " too");
        }
    }

    private void joinChunks() {
        for (Index index : indexes) {
            Map<Integer, Chunk> own = chunks.getOrDefault(index.name(), new TreeMap<>());
            List<SecretBytes> parts = new ArrayList<>();
            for (int number = index.first(); number < index.first() + index.count(); number++) {
                Chunk chunk = own.remove(number);
                if (chunk == null) {
                    problems.add(index.where() + ": chunk " + number + " of blob "
                            + Quoted.of(index.name().key()) + " is missing");
                } else {
                    parts.add(chunk.content());
                }
            }
            long octets = parts.stream().mapToLong(SecretBytes::length).sum();
            if (parts.size() == index.count() && octets == index.octets() && index.count() > 0) {
                items.add(new Found(
                        index.name(), new NvsValue.Blob(joined(parts, (int) octets)), index.where(), index.order()));
            } else if (parts.size() == index.count()) {
                problems.add(index.where() + ": blob " + Quoted.of(index.name().key()) + " has " + octets
                        + " octets in " + index.count() + " chunks; its index tells of " + index.octets());
            }
        }
        chunks.forEach((name, left) -> left.forEach((number, chunk) -> problems.add(
                chunk.where() + ": chunk " + number + " of blob " + Quoted.of(name.key()) + " is in no index")));
    }

    private static SecretBytes joined(List<SecretBytes> parts, int octets) {
        byte[] whole = new byte[octets];
        int at = 0;
        for (SecretBytes part : parts) {
            int start = at;
            at += part.lend(stretch -> {
                System.arraycopy(stretch, 0, whole, start, stretch.length);
                return stretch.length;
            });
        }
        return SecretBytes.taking(whole);
    }

    // All together.

    private NvsContents contents() {
        List<NvsItem> sound = new ArrayList<>();
        Set<Name> seen = new HashSet<>();
        items.sort(Comparator.comparingInt(Found::order));
        for (Found found : items) {
            Name name = found.name();
            String namespace = namespaces.get(name.namespace());
            if (namespace == null) {
                problems.add(found.where() + ": key " + Quoted.of(name.key()) + " is in namespace number "
                        + name.namespace() + ", which has no name");
            } else if (!seen.add(name)) {
                problems.add(found.where() + ": key " + Quoted.of(name.key()) + " is in namespace "
                        + Quoted.of(namespace) + " twice");
            } else {
                sound.add(new NvsItem(namespace, name.key(), found.value()));
            }
        }
        return new NvsContents(List.copyOf(namespaces.values()), sound);
    }

    private static String where(int page, int entry) {
        return "page " + page + " entry " + entry;
    }
}
