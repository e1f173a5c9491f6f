package org.devpki.esp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.model.CsvRow;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Devpki;

/** The folders of vectors that Espressif's generator made. */
final class NvsVectors {
    static final Path FOLDER = Devpki.ROOT.resolve("src/test/vectors/nvs");

    private NvsVectors() {}

    /** One image: its table, and the octets expected. */
    record Vector(String name) {
        Path file(String file) {
            return FOLDER.resolve(name).resolve(file);
        }

        byte[] image() {
            return octets(file("nvs.bin"));
        }

        SecretBytes secretImage() {
            return SecretBytes.taking(image());
        }

        NvsContents contents() {
            return NvsTable.read(
                    rows(file("input.csv")), "input.csv", named -> SecretBytes.taking(octets(file(named))));
        }

        NvsPartition partition() {
            int size = image().length;
            return new NvsPartition(size, name.startsWith("v1") ? NvsFormat.V1 : NvsFormat.V2, size < 0x3000);
        }

        boolean isEncrypted() {
            return name.startsWith("encrypted");
        }

        Optional<NvsKeys> keys() {
            return isEncrypted()
                    ? Optional.of(NvsKeys.read(SecretBytes.taking(octets(file("nvs_keys.bin"))), "nvs_keys.bin"))
                    : Optional.empty();
        }
    }

    static List<Vector> all() {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.map(folder -> new Vector(String.valueOf(folder.getFileName())))
                    .filter(vector -> Files.exists(vector.file("nvs.bin")))
                    .sorted((a, b) -> a.name().compareTo(b.name()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] octets(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rows as the reader of CSV files would give them; the vectors have no newline in a field. */
    static List<CsvRow> rows(Path file) {
        List<CsvRow> rows = new ArrayList<>();
        String text = new String(octets(file), StandardCharsets.UTF_8);
        for (String line : text.lines().toList()) {
            rows.add(row(rows.size() + 1, line));
        }
        return rows;
    }

    static CsvRow row(int number, String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean isQuoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && isQuoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(line.charAt(++i));
            } else if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == ',' && !isQuoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return new CsvRow(number, fields);
    }

    /** Rows of a table written in a test, without a header. */
    static List<CsvRow> table(String... lines) {
        List<CsvRow> rows = new ArrayList<>();
        for (String line : lines) {
            rows.add(row(rows.size() + 1, line));
        }
        return rows;
    }
}
