package org.devpki.esp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/**
 * The table that Espressif's generator reads: {@code key,type,encoding,value}, a namespace first, then its keys.
 *
 * @see <a href="../../docs/formats/nvs-partition.md">types and encodings</a>
 */
public final class NvsTable {
    static final List<String> HEADER = List.of("key", "type", "encoding", "value");

    private final RowFaults faults;
    private final Function<String, SecretBytes> files;
    private final Set<String> namespaces = new LinkedHashSet<>();
    private final Set<List<String>> keys = new HashSet<>();
    private final List<NvsItem> items = new ArrayList<>();
    private Optional<String> current = Optional.empty();

    private NvsTable(RowFaults faults, Function<String, SecretBytes> files) {
        this.faults = faults;
        this.files = files;
    }

    /**
     * What the rows say.
     *
     * @param rows the header first
     * @param origin the table's file, for messages
     * @param files gives the content of what a row of the type for files names
     * @throws DevpkiException INVALID_INPUT with every bad row and its line
     */
    public static NvsContents read(List<CsvRow> rows, String origin, Function<String, SecretBytes> files) {
        RowFaults faults = new RowFaults(origin);
        if (rows.isEmpty() || !rows.get(0).fields().equals(HEADER)) {
            faults.add(
                    rows.isEmpty() ? 1 : rows.get(0).line(), "the header " + String.join(",", HEADER) + " is missing");
            faults.done();
        }
        Optional<NvsContents> contents = readBody(rows.subList(1, rows.size()), faults, files);
        faults.done();
        return contents.orElseThrow(() -> new IllegalStateException(origin));
    }

    /** What rows below a header say; empty if that adds a fault. */
    static Optional<NvsContents> readBody(List<CsvRow> rows, RowFaults faults, Function<String, SecretBytes> files) {
        int before = faults.count();
        NvsTable table = new NvsTable(faults, files);
        rows.forEach(table::readRow);
        if (faults.count() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(new NvsContents(List.copyOf(table.namespaces), table.items));
        } catch (DevpkiException e) {
            faults.add(rows.isEmpty() ? 1 : rows.get(0).line(), e.sentence());
            return Optional.empty();
        }
    }

    /**
     * The rows that {@link #read} makes the same contents of, header first; blobs as hex.
     *
     * @throws DevpkiException INVALID_INPUT if there is a number or text that the table has no encoding for
     */
    public static List<List<String>> rows(NvsContents contents) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        int named = 0;
        String last = "";
        for (NvsItem item : contents.items()) {
            int number = contents.namespaces().indexOf(item.namespace()) + 1;
            while (named < number) {
                last = contents.namespaces().get(named++);
                rows.add(List.of(last, "namespace", "", ""));
            }
            if (!last.equals(item.namespace())) {
                last = item.namespace();
                rows.add(List.of(last, "namespace", "", ""));
            }
            rows.add(row(item));
        }
        contents.namespaces().stream()
                .skip(named)
                .forEach(namespace -> rows.add(List.of(namespace, "namespace", "", "")));
        return rows;
    }

    private static List<String> row(NvsItem item) {
        return item.value()
                .match(
                        whole -> List.of(
                                item.key(),
                                "data",
                                whole.type().text(),
                                whole.value().toString()),
                        f -> noEncoding(item),
                        d -> noEncoding(item),
                        text -> List.of(
                                item.key(), "data", "string", text.content().lend(octets -> utf8(item, octets))),
                        blob -> List.of(
                                item.key(), "data", "hex2bin", blob.content().lend(HexFormat.of()::formatHex)));
    }

    private static List<String> noEncoding(NvsItem item) {
        throw DevpkiException.invalid(
                "key " + Quoted.of(item.key()) + " is of type " + item.value().kind() + ", which the table cannot say");
    }

    private static String utf8(NvsItem item, byte[] octets) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            throw DevpkiException.invalid("text " + Quoted.of(item.key()) + " is not UTF-8, which the table is in")
                    .causedBy(e);
        }
    }

    private void readRow(CsvRow row) {
        List<String> fields = row.fields();
        String key = fields.get(0);
        String type = fields.size() > 1 ? fields.get(1) : "";
        try {
            switch (type) {
                case "namespace" -> readNamespace(fields);
                case "data", "file" -> readItem(fields);
                default ->
                    throw DevpkiException.invalid("type " + Quoted.of(type) + " is not one of namespace, data, file");
            }
        } catch (DevpkiException e) {
            faults.add(row.line(), key, e.sentence());
        }
    }

    private void readNamespace(List<String> fields) {
        String name = fields.get(0);
        NvsItem.checkName("namespace", name);
        if (fields.size() > HEADER.size() || fields.stream().skip(2).anyMatch(field -> !field.isEmpty())) {
            throw DevpkiException.invalid("a namespace has no encoding and no value");
        }
        namespaces.add(name); // again: the rows that follow belong to it, whatever the generator does
        current = Optional.of(name);
    }

    private void readItem(List<String> fields) {
        if (fields.size() != HEADER.size()) {
            throw DevpkiException.invalid("a row of " + fields.size() + " fields is not " + String.join(",", HEADER));
        }
        String key = fields.get(0);
        NvsItem.checkName("key", key);
        String namespace = current.orElseThrow(() -> DevpkiException.invalid("the first row must be a namespace"));
        if (!keys.add(List.of(namespace, key))) {
            throw DevpkiException.invalid("is in namespace " + Quoted.of(namespace) + " twice");
        }
        NvsEncoding encoding = NvsEncoding.named(fields.get(2));
        String value = fields.get(3);
        SecretBytes text = fields.get(1).equals("file")
                ? files.apply(value)
                : SecretBytes.taking(value.getBytes(StandardCharsets.UTF_8));
        items.add(new NvsItem(namespace, key, encoding.value(text)));
    }
}
