package org.devpki.badger;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.devpki.model.DevpkiException;

/** The file {@code MANIFEST}: the tables that are in use, as changes one after the other, each with its length and checksum. */
final class Manifest {
    private static final int MAGIC = 0x42646772; // Bdgr
    private static final int VERSION = 7;
    private static final int HEADER_OCTETS = 8;

    // fields of a change
    private static final int TABLE = 1;
    private static final int OPERATION = 2;
    private static final int LEVEL = 3;
    private static final int KEY = 4;
    private static final int COMPRESSION = 6;

    private Manifest() {}

    /**
     * @return numbers of tables, those of older entries first: of what is written twice with one version, which the collection of the log
     *     does, the later one counts, and that is in the lower level, or in the later table of level 0
     * @throws DevpkiException INVALID_INPUT for another version of badger, for tables that are encrypted or compressed, which
     *     step-ca never asks for; INTEGRITY if a checksum is wrong
     * @throws java.nio.BufferUnderflowException if it is cut
     */
    static List<Long> tables(ByteBuffer file) {
        if (file.remaining() < HEADER_OCTETS || file.getInt() != MAGIC) {
            throw DevpkiException.invalid("is no MANIFEST of badger");
        }
        int version = file.getInt();
        if (version != VERSION) {
            throw DevpkiException.invalid("is of version " + version + " of badger's format; " + VERSION
                    + ", of badger 2, is read, which ca.json calls badgerv2");
        }
        Map<Long, Long> levels = new TreeMap<>();
        while (file.hasRemaining()) {
            long length = Octets.unsigned(file.getInt());
            long sum = Octets.unsigned(file.getInt());
            ByteBuffer changes = Octets.take(file, length);
            if (Octets.checksum(changes) != sum) {
                throw DevpkiException.integrity("is damaged: a checksum is wrong");
            }
            Octets.message(changes).forEach(change -> apply(change.octets(), levels));
        }
        return levels.keySet().stream()
                .sorted(Comparator.comparing(levels::get, Comparator.reverseOrder()))
                .toList();
    }

    private static void apply(ByteBuffer change, Map<Long, Long> levels) {
        long table = 0;
        long level = 0;
        boolean isDeletion = false;
        for (Octets.Field field : Octets.message(change)) {
            switch (field.number()) {
                case TABLE -> table = field.value();
                case LEVEL -> level = field.value();
                case OPERATION -> isDeletion = field.value() != 0;
                case KEY, COMPRESSION -> {
                    if (field.value() != 0) {
                        throw DevpkiException.invalid(
                                "tells of tables that are encrypted or compressed, which are not read");
                    }
                }
                default -> {
                    // how it would be encrypted
                }
            }
        }
        if (isDeletion) {
            levels.remove(table);
        } else {
            levels.put(table, level);
        }
    }
}
