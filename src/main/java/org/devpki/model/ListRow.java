package org.devpki.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One row of a list, some of its columns perhaps secret.
 *
 * @param line where it begins in the file, from 1
 * @param columns values by column; those without a value are left out
 */
public record ListRow(int line, SortedMap<String, String> columns) {
    public ListRow {
        columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
    }

    @Override
    public String toString() {
        return "ListRow[line " + line + ", columns " + columns.keySet() + "]";
    }
}
