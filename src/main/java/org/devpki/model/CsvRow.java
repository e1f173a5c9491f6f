package org.devpki.model;

import java.util.List;

/**
 * One row of a CSV file.
 *
 * @param line where it begins in the file, from 1
 * @param fields at least one, unquoted
 */
public record CsvRow(int line, List<String> fields) {
    public CsvRow {
        fields = List.copyOf(fields);
    }

    /** Without the fields, which may be passwords. */
    @Override
    public String toString() {
        return "CsvRow[line " + line + ", " + fields.size() + " fields]";
    }
}
