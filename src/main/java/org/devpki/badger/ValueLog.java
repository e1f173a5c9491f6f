package org.devpki.badger;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.devpki.model.DevpkiException;

/**
 * A file of entries in the order in which they were written ({@code .vlog}), each with a checksum; a transaction counts once its end is there.
 *
 * @param octets of the whole file
 */
record ValueLog(ByteBuffer octets) {
    /** The number of a key, which is 0 without encryption, and the begin of its initialisation vectors. */
    private static final int HEADER_OCTETS = 20;

    private static final int MOST_KEY_OCTETS = 1 << 16;

    /** An entry, and where the next one begins. */
    private record Read(Entry entry, int end) {}

    ValueLog {
        if (octets.limit() >= HEADER_OCTETS && octets.getLong(0) != 0) {
            throw DevpkiException.invalid("is encrypted, which is not read");
        }
    }

    /**
     * Every entry from there on that counts.
     *
     * @throws DevpkiException INTEGRITY if an entry or a transaction is cut or damaged; badger does not open it either
     */
    void replay(long from, Consumer<Entry> entries) {
        if (octets.limit() < Math.max(from, HEADER_OCTETS)) {
            throw DevpkiException.integrity(
                    "is cut: it has " + octets.limit() + " octets of at least " + Math.max(from, HEADER_OCTETS));
        }
        int at = Math.toIntExact(Math.max(from, HEADER_OCTETS));
        int begin = at;
        List<Entry> open = new ArrayList<>();
        while (at < octets.limit()) {
            Optional<Read> read = read(at).filter(found -> isNext(found.entry, open));
            if (read.isEmpty()) {
                throw cut(begin);
            }
            at = read.get().end;
            Entry entry = read.get().entry;
            if (entry.isInTransaction()) {
                open.add(entry);
            } else {
                open.forEach(entries);
                if (open.isEmpty()) { // moved by the collection of another file
                    entries.accept(entry);
                }
                open.clear();
                begin = at;
            }
        }
        if (!open.isEmpty()) {
            throw cut(begin);
        }
    }

    /** Whether an entry may follow those of a transaction that is open. */
    private static boolean isNext(Entry entry, List<Entry> open) {
        if (entry.isInTransaction()) {
            return open.isEmpty() || open.get(0).version() == entry.version();
        }
        return entry.endsTransaction()
                ? !open.isEmpty()
                        && entry.value()
                                .asUtf8()
                                .equals(Long.toUnsignedString(open.get(0).version()))
                : open.isEmpty();
    }

    private DevpkiException cut(int whole) {
        return DevpkiException.integrity("is cut or damaged behind octet " + whole + " of " + octets.limit())
                .hint("step-ca would not start with it either; in a copy, truncate -s " + whole
                        + " leaves what is whole, and what came later is lost");
    }

    /** @throws DevpkiException INTEGRITY if no entry of this key and version is there */
    Entry at(Entry.Pointer pointer, Entry of) {
        return read(Math.toIntExact(pointer.offset()))
                .map(Read::entry)
                .filter(found -> found.key().equals(of.key()) && found.version() == of.version())
                .orElseThrow(() ->
                        DevpkiException.integrity("has another entry, or a damaged one, at octet " + pointer.offset()));
    }

    private Optional<Read> read(int at) {
        try {
            ByteBuffer rest = octets.duplicate().position(at);
            int meta = rest.get();
            rest.get(); // the user's own
            long keyOctets = Octets.varint(rest);
            long valueOctets = Octets.varint(rest);
            Octets.varint(rest); // when it is over
            if (keyOctets > MOST_KEY_OCTETS) {
                return Optional.empty();
            }
            byte[] key = Octets.array(Octets.take(rest, keyOctets));
            byte[] value = Octets.array(Octets.take(rest, valueOctets));
            long sum = Octets.checksum(octets.slice(at, rest.position() - at));
            return Octets.unsigned(rest.getInt()) == sum
                    ? Optional.of(new Read(Entry.of(key, meta, value), rest.position()))
                    : Optional.empty();
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }
}
