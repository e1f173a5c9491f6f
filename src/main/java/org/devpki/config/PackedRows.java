package org.devpki.config;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.model.DevpkiException;
import org.devpki.model.ListRow;

/** Rows of a list that may have a million: each takes a few octets more than its values. */
final class PackedRows extends AbstractList<ListRow> implements RandomAccess {
    private static final int MOST_COLUMNS = 10_000;

    private final List<byte[]> rows = new ArrayList<>();
    private final List<String> columns = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    @Override
    public boolean add(ListRow row) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(octets)) {
            out.writeInt(row.line());
            for (Map.Entry<String, String> column : row.columns().entrySet()) {
                out.writeShort(numbers.computeIfAbsent(column.getKey(), this::number));
                out.writeUTF(column.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail, and no value is that long
        }
        return rows.add(octets.toByteArray());
    }

    /** @throws DevpkiException INVALID_INPUT if there are more columns than a table has */
    private int number(String column) {
        if (columns.size() == MOST_COLUMNS) {
            throw DevpkiException.invalid("the list has more than " + MOST_COLUMNS + " columns");
        }
        columns.add(column);
        return columns.size() - 1;
    }

    @Override
    public ListRow get(int index) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(rows.get(index)))) {
            int line = in.readInt();
            SortedMap<String, String> values = new TreeMap<>();
            while (in.available() > 0) {
                String column = columns.get(in.readUnsignedShort());
                values.put(column, in.readUTF());
            }
            return new ListRow(line, values);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int size() {
        return rows.size();
    }
}
