package org.devpki.badger;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/**
 * A folder of badger 2 that nobody writes to. Entries are in tables; those since the last table was written are in the value log only, and
 * large values are nowhere else: a table has a pointer to them. The collection of old log files moves such values to newer
 * ones, and notes the new place under the old key with a prefix.
 */
final class Database {
    private static final String MANIFEST = "MANIFEST";
    private static final String LOG = ".vlog";

    /** Under which a table says how far the log was read. */
    private static final String HEAD = "!badger!head";

    private static final String MOVED = "!badger!move";

    private final Path folder;
    private final Collection<String> prefixes;
    private final NavigableMap<String, Entry> newest = new TreeMap<>();
    private final Map<String, ByteBuffer> mapped =
            new HashMap<>(); // each once, for the system bounds how many there are

    private Database(Path folder, Collection<String> prefixes) {
        this.folder = folder;
        this.prefixes = prefixes;
    }

    /**
     * The newest values of all keys that begin with one of the prefixes, an octet a character.
     *
     * @throws DevpkiException NOT_FOUND if it is no such folder; CONFLICT if somebody writes to it; INVALID_INPUT for what is of another
     *     version, encrypted or compressed; INTEGRITY for what is damaged, or has lost a value
     */
    static SortedMap<String, Bytes> read(Path folder, Collection<String> prefixes) {
        if (!Files.isRegularFile(folder.resolve(MANIFEST))) {
            throw DevpkiException.notFound("folder " + folder + " is no database of badger: it has no " + MANIFEST);
        }
        if (Files.exists(folder.resolve("LOCK"))) {
            throw DevpkiException.conflict("folder " + folder + " is in use, or was not closed: it has a file LOCK")
                    .hint("stop step-ca, or name a copy of the folder without LOCK");
        }
        Database database = new Database(folder, prefixes);
        database.tables();
        database.log();
        return database.values();
    }

    private void tables() {
        List<Long> tables = new ArrayList<>();
        with(MANIFEST, file -> tables.addAll(Manifest.tables(file)));
        tables.forEach(table -> with(numbered(table, ".sst"), file -> Table.each(file, this::note)));
    }

    /** From the head on no file of the log is ever collected. */
    private void log() {
        Entry.Pointer head =
                Optional.ofNullable(newest.get(HEAD)).map(Entry::pointer).orElse(Entry.Pointer.ZERO);
        long last = WholeFiles.list(folder).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .filter(name -> name.matches("[0-9]{1,9}\\" + LOG))
                .mapToLong(name -> Long.parseLong(name.substring(0, name.length() - LOG.length())))
                .max()
                .orElse(0);
        for (long file = head.file(); file <= Math.max(head.file(), last); file++) {
            long from = file == head.file() ? head.end() : 0;
            with(numbered(file, LOG), log -> new ValueLog(log).replay(from, this::note));
        }
    }

    private void note(Entry entry) {
        String key = entry.key().startsWith(MOVED) ? entry.key().substring(MOVED.length()) : entry.key();
        if (key.equals(HEAD) || prefixes.stream().anyMatch(key::startsWith)) {
            newest.merge(
                    entry.key(),
                    entry,
                    (one, other) -> Long.compareUnsigned(one.version(), other.version()) > 0 ? one : other);
        }
    }

    private SortedMap<String, Bytes> values() {
        SortedMap<String, Bytes> values = new TreeMap<>();
        for (Map.Entry<String, Entry> each : newest.entrySet()) {
            if (!each.getKey().startsWith("!") && !each.getValue().isDeleted()) {
                values.put(each.getKey(), value(each.getValue()));
            }
        }
        return values;
    }

    private Bytes value(Entry entry) {
        if (!entry.isPointer()) {
            return entry.value();
        }
        String file = numbered(entry.pointer().file(), LOG);
        if (Files.exists(folder.resolve(file))) {
            List<Bytes> value = new ArrayList<>();
            with(
                    file,
                    log -> value.add(
                            new ValueLog(log).at(entry.pointer(), entry).value()));
            return value.get(0);
        }
        return Optional.ofNullable(newest.get(MOVED + entry.key()))
                .filter(moved -> moved.version() == entry.version() && !moved.isDeleted())
                .map(this::value)
                .orElseThrow(() -> DevpkiException.integrity("folder " + folder + " has lost the value of "
                        + entry.key().replaceAll("[^ -~]+", " ").strip() + ": it was in " + file));
    }

    private static String numbered(long file, String ending) {
        return String.format(Locale.ROOT, "%06d%s", file, ending);
    }

    /** Lends a file's octets; what is said of them gets its name. */
    private void with(String name, Consumer<ByteBuffer> reader) {
        Path file = folder.resolve(name);
        try {
            if (!mapped.containsKey(name)) {
                mapped.put(name, map(file));
            }
            reader.accept(mapped.get(name).duplicate());
        } catch (NoSuchFileException e) {
            throw DevpkiException.integrity("folder " + folder + " lacks " + name
                            + (name.endsWith(LOG) ? "; ca.json may have it elsewhere, as valueDir" : ""))
                    .causedBy(e);
        } catch (IOException e) {
            throw WholeFiles.failed("read " + file, e);
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | ArithmeticException e) {
            throw DevpkiException.integrity(file + " is damaged").causedBy(e);
        } catch (DevpkiException e) {
            DevpkiException named = DevpkiException.of(e.fault(), file + " " + e.sentence());
            throw e.hint().map(named::hint).orElse(named);
        }
    }

    private static ByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }
}
