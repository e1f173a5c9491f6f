package org.devpki.x509;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.devpki.model.OctetSource;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;

/** The entries of a CRL where they stand: read one at a time, as often as wanted, in the order of the CRL. */
public final class ListedEntries implements RevokedEntries {
    /** More than any entry has: a serial, a time, and a handful of extensions. */
    private static final int MOST_ENTRY_OCTETS = 1 << 16;

    /** One entry after the other. */
    public interface Cursor extends AutoCloseable {
        /** Empty behind the last. */
        Optional<RevokedEntry> next();

        @Override
        void close();
    }

    private final OctetSource content;
    private final long count;
    private final boolean isAscending;
    private final boolean isCanonicalDer;

    private ListedEntries(OctetSource content, long count, boolean isAscending, boolean isCanonicalDer) {
        this.content = content;
        this.count = count;
        this.isAscending = isAscending;
        this.isCanonicalDer = isCanonicalDer;
    }

    static ListedEntries none() {
        return new ListedEntries(org.devpki.model.Bytes.of(new byte[0]), 0, true, true);
    }

    /**
     * Looks at every entry once.
     *
     * @param der at the first entry
     * @param content the same octets, to be read again
     */
    static ListedEntries walk(DerStream der, OctetSource content) throws IOException {
        long end = der.position() + content.size();
        long count = 0;
        boolean isAscending = true;
        boolean isCanonicalDer = true;
        Optional<RevokedEntry> last = Optional.empty();
        while (der.position() < end) {
            CrlEntries.Read read = read(der, end);
            isCanonicalDer &= read.isCanonicalDer();
            isAscending &= last.isEmpty() || ORDER.compare(last.get(), read.entry()) < 0;
            last = Optional.of(read.entry());
            count++;
        }
        return new ListedEntries(content, count, isAscending, isCanonicalDer);
    }

    private static CrlEntries.Read read(DerStream der, long end) throws IOException {
        DerStream.Header header = der.header(CrlEntries.SEQUENCE);
        if (der.position() + header.length() > end) {
            throw new IOException("an entry reaches past the list");
        }
        return CrlEntries.decode(der.content(header, MOST_ENTRY_OCTETS), header);
    }

    public long count() {
        return count;
    }

    /** Whether each serial comes after the one before, in {@link RevokedEntries#ORDER}; then none is there twice. */
    public boolean isAscending() {
        return isAscending;
    }

    boolean isCanonicalDer() {
        return isCanonicalDer;
    }

    /** @throws org.devpki.model.DevpkiException STORE_FAILED, at any step, if the octets cannot be read any more */
    public Cursor open() {
        DerStream der = Der.still(() -> new DerStream(content.open()));
        return new Cursor() {
            @Override
            public Optional<RevokedEntry> next() {
                return der.position() == content.size()
                        ? Optional.empty()
                        : Optional.of(Der.still(() -> read(der, content.size()).entry()));
            }

            @Override
            public void close() {
                Der.still(() -> {
                    der.close();
                    return der;
                });
            }
        };
    }

    @Override
    public void each(Consumer<RevokedEntry> consumer) {
        try (Cursor cursor = open()) {
            for (Optional<RevokedEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
                consumer.accept(entry.get());
            }
        }
    }

    /** All of them, for CRLs that are small. */
    public List<RevokedEntry> list() {
        List<RevokedEntry> entries = new ArrayList<>();
        each(entries::add);
        return List.copyOf(entries);
    }

    public Optional<RevokedEntry> find(SerialNumber serial) {
        try (Cursor cursor = open()) {
            for (Optional<RevokedEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
                if (entry.get().serial().equals(serial)) {
                    return entry;
                }
            }
            return Optional.empty();
        }
    }
}
