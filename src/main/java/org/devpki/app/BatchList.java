package org.devpki.app;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.devpki.config.ListFile;
import org.devpki.model.BatchRow;
import org.devpki.model.Bytes;
import org.devpki.model.Complaints;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ListRow;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/**
 * A list of devices that are made together. Columns that devpki knows are {@code id name mac profile ca key chip san
 * not_after csr renews nvs.X}, and {@code client_id} for name; all others are the site's own, to be used in a name's template.
 *
 * @param entries made from the list's rows each time
 * @param own the site's own columns
 */
public record BatchList(String origin, List<Entry> entries, NavigableSet<String> own) {
    /** A request in base64, of a key that was made elsewhere. */
    static final String CSR = "csr";

    /** The serial of the certificate that a row's follows. */
    static final String RENEWS = "renews";

    private static final List<String> KNOWN =
            List.of("id", "name", "mac", "profile", "ca", "key", "chip", "san", "not_after", CSR, RENEWS);

    private static final String NVS = "nvs.";
    private static final Map<String, String> OTHER_NAMES = Map.of("client_id", "name", "target", "chip");
    private static final Pattern MAC = Pattern.compile("([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    /**
     * One device.
     *
     * @param columns values by column, as the list has them
     */
    public record Entry(int line, BatchRow row, DeviceId device, SortedMap<String, String> columns) {
        Optional<String> column(String name) {
            return Optional.ofNullable(columns.get(name));
        }

        /** The chip that the row names. */
        public Optional<String> chip() {
            return column("chip");
        }

        /** Values of the profile's NVS keys, by name. */
        public Map<String, SecretBytes> nvs() {
            Map<String, SecretBytes> values = new TreeMap<>();
            columns.forEach((column, value) -> {
                if (column.startsWith(NVS)) {
                    values.put(column.substring(NVS.length()), NvsValuesFile.secret(value));
                }
            });
            return values;
        }

        @Override
        public String toString() {
            return "Entry[line " + line + ", " + device + "]"; // values may be secret
        }
    }

    /** Of nobody. */
    public static final BatchList EMPTY = new BatchList("nothing", List.of(), new TreeSet<>());

    /** The same, as if its one row stood on another line. */
    public BatchList at(int line) {
        return new BatchList(
                origin,
                entries.stream()
                        .map(entry -> new Entry(line, entry.row(), entry.device(), entry.columns()))
                        .toList(),
                own);
    }

    /**
     * @param nameTemplate such as {@code sensor-{mac}}, for lists without names
     * @throws DevpkiException INVALID_INPUT with every bad row
     */
    public static BatchList read(Bytes file, String origin, Optional<String> nameTemplate) {
        List<ListRow> rows = ListFile.read(file, origin);
        Complaints complaints = new Complaints(origin);
        Twins twins = new Twins(rows.size());
        NavigableSet<String> own = new TreeSet<>();
        Set<Integer> bad = new HashSet<>();
        for (ListRow row : rows) {
            try {
                Entry entry = entry(row, nameTemplate);
                twins.see(entry);
                entry.columns().keySet().stream()
                        .filter(column -> !KNOWN.contains(column) && !column.startsWith(NVS))
                        .forEach(own::add);
            } catch (DevpkiException e) {
                complaints.add(row.line(), e);
                bad.add(row.line());
            }
        }
        twins.refuse(
                rows.stream().filter(row -> !bad.contains(row.line())).map(row -> entry(row, nameTemplate)),
                complaints);
        complaints.throwIfAny();
        return new BatchList(origin, new MappedList<>(rows, row -> entry(row, nameTemplate)), own);
    }

    private static Entry entry(ListRow row, Optional<String> nameTemplate) {
        SortedMap<String, String> columns = new TreeMap<>(row.columns());
        OTHER_NAMES.forEach((other, name) -> {
            String value = columns.remove(other);
            if (value != null && columns.put(name, value) != null) {
                throw DevpkiException.invalid("it has both " + other + " and " + name);
            }
        });
        columns.computeIfPresent("mac", (column, value) -> mac(value));
        String name = nameTemplate
                .map(template -> fill(template, columns))
                .orElseGet(
                        () -> Optional.ofNullable(columns.get("name"))
                                .orElseThrow(
                                        () -> DevpkiException.invalid(
                                                "it has no name; a column name, or --name with a template such as sensor-{mac}, is right")));
        DeviceId device = new DeviceId(name);
        return new Entry(
                row.line(), new BatchRow(columns.getOrDefault("id", name), name, hash(columns)), device, columns);
    }

    /** Lower case without separators. */
    private static String mac(String value) {
        if (!MAC.matcher(value).matches()) {
            throw DevpkiException.invalid("mac " + Quoted.of(value) + " is not six octets such as 84:f7:03:a0:1b:2c");
        }
        return value.replaceAll("[:-]", "").toLowerCase(Locale.ROOT);
    }

    private static String fill(String template, Map<String, String> columns) {
        Matcher placeholder = PLACEHOLDER.matcher(template);
        StringBuilder name = new StringBuilder();
        while (placeholder.find()) {
            String column = placeholder.group(1);
            String value = columns.get(column);
            if (value == null) {
                throw DevpkiException.invalid(
                        "it has no value in column " + Quoted.of(column) + ", which --name asks for");
            }
            placeholder.appendReplacement(name, Matcher.quoteReplacement(value));
        }
        return placeholder.appendTail(name).toString();
    }

    /** Of all but the request: a row whose key was lost before it had its certificate may bring another. */
    private static Bytes hash(SortedMap<String, String> columns) {
        SortedMap<String, String> said = new TreeMap<>(columns);
        said.remove(CSR);
        StringBuilder text = new StringBuilder();
        said.forEach((column, value) -> text.append(column)
                .append(' ')
                .append(value.length())
                .append(' ')
                .append(value)
                .append('\n'));
        return Bytes.utf8(text.toString()).sha256();
    }

    /** Rows that may be for one device or under one ID, or have names that some file systems take for one. */
    private static final class Twins {
        private final int[] ids;
        private final int[] names;
        private int count;

        Twins(int rows) {
            ids = new int[rows];
            names = new int[rows];
        }

        /** Keeps of the row what is alike where it has a twin, and hardly ever where not. */
        void see(Entry entry) {
            ids[count] = entry.row().id().hashCode();
            names[count] = folded(entry).hashCode();
            count++;
        }

        /** @param entries those that were seen */
        void refuse(Stream<Entry> entries, Complaints complaints) {
            Set<Integer> sameIds = twice(ids);
            Set<Integer> sameNames = twice(names);
            if (!sameIds.isEmpty() || !sameNames.isEmpty()) {
                refuseTwins(
                        entries.filter(entry -> sameIds.contains(
                                                entry.row().id().hashCode())
                                        || sameNames.contains(folded(entry).hashCode()))
                                .toList(),
                        complaints);
            }
        }

        private Set<Integer> twice(int[] hashes) {
            Arrays.sort(hashes, 0, count);
            Set<Integer> twice = new HashSet<>();
            for (int i = 1; i < count; i++) {
                if (hashes[i] == hashes[i - 1]) {
                    twice.add(hashes[i]);
                }
            }
            return twice;
        }
    }

    private static String folded(Entry entry) {
        return entry.device().value().toLowerCase(Locale.ROOT);
    }

    private static void refuseTwins(List<Entry> entries, Complaints complaints) {
        Map<String, Entry> byId = new HashMap<>();
        Map<String, Entry> byName = new HashMap<>();
        for (Entry entry : entries) {
            Entry sameId = byId.putIfAbsent(entry.row().id(), entry);
            Entry sameName = byName.putIfAbsent(folded(entry), entry);
            if (sameName != null && sameName.device().equals(entry.device())) {
                complaints.add(entry.line(), "name " + entry.device() + " is on line " + sameName.line() + " already");
            } else if (sameName != null) {
                complaints.add(
                        entry.line(),
                        "name " + entry.device() + " is but for the case of its letters " + sameName.device()
                                + " of line " + sameName.line() + ", which some file systems take for the same");
            } else if (sameId != null) {
                complaints.add(
                        entry.line(), "row ID " + entry.row().id() + " is on line " + sameId.line() + " already");
            }
        }
    }
}
