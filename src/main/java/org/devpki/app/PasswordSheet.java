package org.devpki.app;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.config.CsvFile;
import org.devpki.export.PasswordFormat;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.CsvRow;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * A CSV file with a row a device, as {@code --nvs-values} reads it: name, user name, password. Rows that are there stay; the
 * file is whole at every moment.
 */
public final class PasswordSheet implements PasswordDelivery {
    private static final int MOST_OCTETS = 1 << 28;
    private static final List<String> HEADER =
            List.of("name", PasswordFormat.USERNAME_VALUE, PasswordFormat.PASSWORD_VALUE);

    private final Path file;
    private final Map<DeviceId, SecretBytes> rows = new LinkedHashMap<>();

    /** @throws DevpkiException CONFLICT if there is another file in its place */
    public PasswordSheet(Path file) {
        this.file = file;
        WholeFiles.readIfPresent(file, MOST_OCTETS).ifPresent(octets -> {
            List<CsvRow> all = CsvFile.read(octets, file.toString(), CsvFile.Hash.FIELD);
            if (all.isEmpty() || !all.get(0).fields().equals(HEADER)) {
                throw DevpkiException.conflict(file + " exists, and is no sheet of passwords: it does not begin with "
                        + String.join(",", HEADER));
            }
            all.stream().skip(1).forEach(this::take);
        });
    }

    private void take(CsvRow row) {
        if (row.fields().size() != HEADER.size()) {
            throw DevpkiException.invalid(file + " line " + row.line() + " has "
                    + row.fields().size() + " fields; " + HEADER.size() + " are right");
        }
        rows.put(
                new DeviceId(row.fields().get(0)),
                SecretBytes.taking(row.fields().get(2).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Optional<SecretBytes> there(DeviceId name) {
        return Optional.ofNullable(rows.get(name));
    }

    @Override
    public void deliver(Map<DeviceId, SecretBytes> passwords) {
        rows.putAll(passwords);
        List<List<String>> table = new ArrayList<>(List.of(HEADER));
        rows.forEach((name, password) -> table.add(List.of(
                name.value(), name.value(), password.lend(octets -> new String(octets, StandardCharsets.UTF_8)))));
        WholeFiles.sweep(file);
        WholeFiles.write(
                file, SecretBytes.taking(CsvFile.write(table).getBytes(StandardCharsets.UTF_8)), Modes.SECRET_FILE);
    }
}
