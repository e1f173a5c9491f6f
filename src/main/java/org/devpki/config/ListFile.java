package org.devpki.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.Complaints;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;
import org.devpki.model.ListRow;
import org.devpki.model.Quoted;

/**
 * A list of devices: CSV with a header, fields separated by commas, semicolons or tabs, or a JSON object a line. Columns
 * are called alike in any case, with {@code -} or {@code _}. Values lose the blanks around them; empty ones are left out.
 */
public final class ListFile {
    /** More than any value of a device needs; the longest is an NVS string of 4000 octets. */
    private static final int MOST_CHARACTERS = 16_384;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private final String origin;
    private final Complaints complaints;

    private ListFile(String origin) {
        this.origin = origin;
        this.complaints = new Complaints(origin);
    }

    /**
     * @param origin the file's name, for messages
     * @throws DevpkiException INVALID_INPUT with every bad row; no sentence shows a value
     */
    public static List<ListRow> read(Bytes file, String origin) {
        String text = CsvFile.text(file, origin);
        ListFile list = new ListFile(origin);
        List<ListRow> rows = text.stripLeading().startsWith("{") ? list.ofJson(text) : list.ofCsv(text);
        list.complaints.throwIfAny();
        if (rows.isEmpty()) {
            throw DevpkiException.invalid(origin + " has no rows; a header and a row a device is right");
        }
        return rows;
    }

    private List<ListRow> ofCsv(String text) {
        List<ListRow> list = new PackedRows();
        List<String> header = new ArrayList<>();
        CsvFile.each(text, origin, CsvFile.Hash.COMMENT, separator(text), row -> {
            if (header.isEmpty()) {
                header.addAll(header(row));
            } else if (row.fields().size() == header.size()) {
                SortedMap<String, String> columns = new TreeMap<>();
                for (int i = 0; i < header.size(); i++) {
                    put(columns, row.line(), header.get(i), row.fields().get(i));
                }
                list.add(new ListRow(row.line(), columns));
            } else {
                complaints.add(
                        row.line(),
                        "it has " + row.fields().size() + " fields; " + header.size() + " are right, as in the header");
            }
        });
        return list;
    }

    /** The one that the first line has most of. */
    private static char separator(String text) {
        String first = text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .findFirst()
                .orElse("");
        char best = ',';
        for (char candidate : new char[] {';', '\t'}) {
            best = count(first, candidate) > count(first, best) ? candidate : best;
        }
        return best;
    }

    private static long count(String text, char wanted) {
        return text.chars().filter(c -> c == wanted).count();
    }

    private List<String> header(CsvRow row) {
        List<String> header = row.fields().stream().map(ListFile::column).toList();
        Set<String> seen = new HashSet<>();
        for (String column : header) {
            if (column.isEmpty()) {
                complaints.add(row.line(), "a column of the header has no name");
            } else if (!seen.add(column)) {
                complaints.add(row.line(), "column " + Quoted.of(column) + " is there twice");
            }
        }
        return header;
    }

    private static String column(String heading) {
        return heading.strip().toLowerCase(Locale.ROOT).replace('-', '_');
    }

    private void put(SortedMap<String, String> columns, int line, String column, String value) {
        String stripped = value.strip();
        if (stripped.length() > MOST_CHARACTERS) {
            complaints.add(
                    line,
                    "column " + Quoted.of(column) + " has " + stripped.length() + " characters; at most "
                            + MOST_CHARACTERS + " are right");
        } else if (stripped.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t')) {
            complaints.add(line, "column " + Quoted.of(column) + " has a control character in it");
        } else if (!stripped.isEmpty()) {
            columns.put(column, stripped);
        }
    }

    private List<ListRow> ofJson(String text) {
        List<ListRow> list = new PackedRows();
        int number = 0;
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
            String line = lines.next();
            number++;
            if (!line.isBlank()) {
                SortedMap<String, String> columns = new TreeMap<>();
                try (JsonParser json = JSON.createParser(line)) {
                    readObject(json, number, columns);
                    list.add(new ListRow(number, columns));
                } catch (IOException e) { // its message may show a value, so it is not kept as the cause
                    complaints.add(number, "it is not one JSON object of strings, numbers and booleans");
                }
            }
        }
        return list;
    }

    private void readObject(JsonParser json, int line, SortedMap<String, String> columns) throws IOException {
        expect(json.nextToken() == JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = column(json.currentName());
            JsonToken value = json.nextToken();
            expect(value.isScalarValue());
            if (columns.containsKey(name)) {
                complaints.add(line, "column " + Quoted.of(name) + " is there twice");
            } else if (value != JsonToken.VALUE_NULL) {
                put(columns, line, name, json.getText());
            }
        }
        expect(json.nextToken() == null);
    }

    private static void expect(boolean is) throws IOException {
        if (!is) {
            throw new IOException("another token was expected");
        }
    }
}
