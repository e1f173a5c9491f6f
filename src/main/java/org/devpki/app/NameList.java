package org.devpki.app;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.devpki.config.CsvFile;
import org.devpki.model.Bytes;
import org.devpki.model.Complaints;
import org.devpki.model.CsvRow;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;

/** A list of devices' names, which the ledger need not know: one a line, or CSV whose header has a column {@code name}. */
public final class NameList {
    private static final String NAME = "name";

    private NameList() {}

    /**
     * Each once, in the order of the list.
     *
     * @param origin the file's name, for messages
     * @throws DevpkiException INVALID_INPUT with every bad line
     */
    public static List<DeviceId> read(Bytes file, String origin) {
        List<CsvRow> rows = CsvFile.read(file, origin, CsvFile.Hash.COMMENT);
        List<String> header = rows.isEmpty()
                ? List.of()
                : rows.get(0).fields().stream()
                        .map(field -> field.strip().toLowerCase(Locale.ROOT))
                        .toList();
        boolean isTable = header.contains(NAME);
        if (!isTable && rows.stream().anyMatch(row -> row.fields().size() > 1)) {
            throw DevpkiException.invalid(
                    origin + " has several columns, and its first line calls none of them \"" + NAME + "\"");
        }
        int column = Math.max(0, header.indexOf(NAME));
        Complaints complaints = new Complaints(origin);
        Set<DeviceId> names = new LinkedHashSet<>();
        for (CsvRow row : isTable ? rows.subList(1, rows.size()) : rows) {
            try {
                names.add(new DeviceId(
                        column < row.fields().size() ? row.fields().get(column).strip() : ""));
            } catch (DevpkiException e) {
                complaints.add(row.line(), e);
            }
        }
        complaints.throwIfAny();
        if (names.isEmpty()) {
            throw DevpkiException.invalid(origin + " names no device; a name a line is right");
        }
        return List.copyOf(names);
    }
}
