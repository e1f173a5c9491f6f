package org.devpki.esp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/**
 * The two tables of Espressif's mass manufacturing tool: a config that tells the keys, and values, a row a device.
 *
 * @see <a href="../../docs/formats/mass-manufacturing.md">the tables, and the tool they were checked against</a>
 */
public final class MassTable {
    private static final String REPEAT = "REPEAT";
    /** What becomes a part of file names: no separator, no dot in front, nothing that a shell would read. */
    private static final Pattern FILE_ID = Pattern.compile("[A-Za-z0-9_:+@=-][A-Za-z0-9._:+@=-]{0,127}");

    private final List<Line> lines;

    /**
     * One line of the config.
     *
     * @param isRepeated whether the first device's value is everybody's
     */
    private record Line(int line, String key, String type, String encoding, boolean isRepeated) {
        boolean isNamespace() {
            return type.equals("namespace");
        }
    }

    /**
     * One device.
     *
     * @param id what its files are named by
     * @param line its row among the values
     * @param rows the generator's table for it, header first
     */
    public record Device(String id, int line, List<List<String>> rows, NvsContents contents) {
        /** Without the rows, which may have passwords in them. */
        @Override
        public String toString() {
            return "Device[" + id + "]";
        }
    }

    private MassTable(List<Line> lines) {
        this.lines = List.copyOf(lines);
    }

    /** @throws DevpkiException INVALID_INPUT with every bad row of the config and its line */
    public static MassTable read(List<CsvRow> config, String origin) {
        RowFaults faults = new RowFaults(origin);
        List<Line> lines = new ArrayList<>();
        for (CsvRow row : config) {
            try {
                Line line = line(row);
                if (lines.isEmpty() && !line.isNamespace()) {
                    faults.add(row.line(), line.key(), "the first row must be a namespace");
                }
                lines.add(line);
            } catch (DevpkiException e) {
                faults.add(row.line(), row.fields().get(0), e.sentence());
            }
        }
        if (config.isEmpty()) {
            faults.add(1, "there is no row; a namespace is the first one");
        }
        faults.done();
        return new MassTable(lines);
    }

    private static Line line(CsvRow row) {
        List<String> fields = row.fields();
        String key = fields.get(0);
        String type = fields.size() > 1 ? fields.get(1) : "";
        String encoding = fields.size() > 2 ? fields.get(2) : "";
        switch (type) {
            case "namespace" -> {
                NvsItem.checkName("namespace", key);
                if (fields.size() > 3 || !encoding.isEmpty()) {
                    throw DevpkiException.invalid("a namespace has no encoding; NAME,namespace, is right");
                }
            }
            case "data", "file" -> {
                NvsItem.checkName("key", key);
                NvsEncoding.named(encoding);
                if (fields.size() > 4 || (fields.size() == 4 && !fields.get(3).equals(REPEAT))) {
                    throw DevpkiException.invalid("nothing but REPEAT may follow the encoding");
                }
            }
            default ->
                throw DevpkiException.invalid("type " + Quoted.of(type) + " is not one of namespace, data, file");
        }
        return new Line(row.line(), key, type, encoding, fields.size() == 4);
    }

    /**
     * Each device of the values.
     *
     * @param values the header first; columns that the config does not name are ignored
     * @param origin the values' file, for messages
     * @param idColumn the column that names the devices; without it they are 1, 2, 3, …
     * @param files gives the content of a file that a value names
     * @throws DevpkiException INVALID_INPUT with every bad row and its line
     */
    public List<Device> devices(
            List<CsvRow> values, String origin, Optional<String> idColumn, Function<String, SecretBytes> files) {
        RowFaults faults = new RowFaults(origin);
        if (values.size() < 2) {
            faults.add(1, "there is no device; a header and a row a device are right");
            faults.done();
        }
        CsvRow header = values.get(0);
        List<Integer> columns = columns(header, faults);
        int idAt = idColumn.map(header.fields()::indexOf).orElse(-1);
        if (idColumn.isPresent() && idAt < 0) {
            faults.add(header.line(), "there is no column " + Quoted.of(idColumn.get()) + " to name the devices by");
        }
        faults.done();

        List<CsvRow> rows = values.subList(1, values.size());
        Map<String, Integer> ids = new HashMap<>();
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            CsvRow row = rows.get(i);
            if (row.fields().size() != header.fields().size()) {
                faults.add(
                        row.line(),
                        row.fields().size() + " fields; as many as the header's "
                                + header.fields().size() + " are right");
                continue;
            }
            String id = idAt < 0 ? String.valueOf(i + 1) : row.fields().get(idAt);
            checkId(id, row, ids, faults);
            List<List<String>> table = table(row, rows.get(0), columns, faults);
            List<CsvRow> body = table.stream()
                    .skip(1)
                    .map(fields -> new CsvRow(row.line(), fields))
                    .toList();
            NvsTable.readBody(body, faults, files)
                    .ifPresent(contents -> devices.add(new Device(id, row.line(), table, contents)));
        }
        faults.done();
        return devices;
    }

    /** The column of each key, in the order of the config: one name may be there in two namespaces. */
    private List<Integer> columns(CsvRow header, RowFaults faults) {
        List<Integer> columns = new ArrayList<>();
        int from = 0;
        for (Line line : lines) {
            if (line.isNamespace()) {
                columns.add(-1);
                continue;
            }
            int found =
                    from + header.fields().subList(from, header.fields().size()).indexOf(line.key());
            if (found < from) {
                boolean isEarlier = header.fields().contains(line.key());
                faults.add(
                        header.line(),
                        line.key(),
                        isEarlier
                                ? "the column is not where the order of the config, line " + line.line() + ", wants it"
                                : "the config names it in line " + line.line() + ", and there is no such column");
            } else {
                from = found + 1;
            }
            columns.add(found);
        }
        return columns;
    }

    private static void checkId(String id, CsvRow row, Map<String, Integer> ids, RowFaults faults) {
        if (!FILE_ID.matcher(id).matches()) {
            faults.add(
                    row.line(),
                    "device " + Quoted.of(id)
                            + " cannot be part of a file name; 1 to 128 letters, digits and . _ : + @ = - are right");
            return;
        }
        // some file systems do not tell a from A
        Integer other = ids.putIfAbsent(id.toLowerCase(Locale.ROOT), row.line());
        if (other != null) {
            faults.add(row.line(), "device " + Quoted.of(id) + " is in line " + other + " too");
        }
    }

    /** The generator's table of one device. */
    private List<List<String>> table(CsvRow row, CsvRow first, List<Integer> columns, RowFaults faults) {
        List<List<String>> table = new ArrayList<>();
        table.add(NvsTable.HEADER);
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (line.isNamespace()) {
                table.add(List.of(line.key(), line.type(), "", ""));
                continue;
            }
            String own = row.fields().get(columns.get(i));
            String value = own;
            if (line.isRepeated() && columns.get(i) < first.fields().size()) {
                value = first.fields().get(columns.get(i));
                if (!own.isEmpty() && !own.equals(value)) {
                    faults.add(
                            row.line(),
                            line.key(),
                            "is " + REPEAT
                                    + " in the config and differs from the first device's; leave it empty or the same");
                }
            }
            table.add(List.of(line.key(), line.type(), line.encoding(), value));
        }
        return table;
    }
}
