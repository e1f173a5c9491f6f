package org.devpki.app;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.config.CsvFile;
import org.devpki.model.Bytes;
import org.devpki.model.CsvRow;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * A file with values for NVS, secrets among them: lines {@code NAME=VALUE}, or CSV with a header and a row a device. No
 * message shows a value.
 */
public final class NvsValuesFile {
    /** Column with the devices' names, in CSV. */
    private static final String NAME = "name";

    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_-]{1,32})=(.*)");

    private NvsValuesFile() {}

    /**
     * The values of one device.
     *
     * @param origin the file's name, for messages
     * @throws DevpkiException INVALID_INPUT if the file is neither, NOT_FOUND if the device has no row
     */
    public static Map<String, SecretBytes> read(Bytes file, String origin, DeviceId device) {
        List<String> lines = file.asUtf8()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        if (lines.isEmpty()) {
            throw DevpkiException.invalid("there is no value in " + origin);
        }
        return LINE.matcher(lines.get(0)).matches()
                ? ofLines(file, origin)
                : ofTable(CsvFile.read(file, origin, CsvFile.Hash.COMMENT), origin, device);
    }

    private static Map<String, SecretBytes> ofLines(Bytes file, String origin) {
        Map<String, SecretBytes> values = new HashMap<>();
        List<String> lines = file.asUtf8().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank() && !line.startsWith("#")) {
                Matcher parts = LINE.matcher(line);
                if (!parts.matches()) {
                    throw DevpkiException.invalid(origin + " line " + (i + 1)
                            + " is not NAME=VALUE, the name of 1 to 32 letters, digits, _ and -");
                }
                put(values, parts.group(1), parts.group(2), origin);
            }
        }
        return values;
    }

    private static Map<String, SecretBytes> ofTable(List<CsvRow> rows, String origin, DeviceId device) {
        List<String> header = rows.get(0).fields();
        CsvRow row = row(rows, header.indexOf(NAME), origin, device);
        if (row.fields().size() != header.size()) {
            throw DevpkiException.invalid(origin + " line " + row.line() + " has "
                    + row.fields().size() + " fields; " + header.size() + " are right, as in the header");
        }
        Map<String, SecretBytes> values = new HashMap<>();
        for (int i = 0; i < header.size(); i++) {
            put(values, header.get(i).strip(), row.fields().get(i), origin);
        }
        return values;
    }

    private static CsvRow row(List<CsvRow> rows, int nameAt, String origin, DeviceId device) {
        List<CsvRow> own = rows.stream()
                .skip(1)
                .filter(row -> nameAt < 0
                        || (nameAt < row.fields().size()
                                && row.fields().get(nameAt).strip().equals(device.value())))
                .toList();
        if (own.isEmpty()) {
            throw DevpkiException.notFound("there is no row for " + device + " in " + origin);
        }
        if (own.size() > 1) {
            throw DevpkiException.invalid(origin + " has " + own.size() + " rows that could be for " + device
                    + "; one, or a column \"" + NAME + "\" that tells them apart, is right");
        }
        return own.get(0);
    }

    private static void put(Map<String, SecretBytes> values, String name, String value, String origin) {
        if (values.put(name, secret(value)) != null) {
            throw DevpkiException.invalid("value " + name + " is twice in " + origin);
        }
    }

    /** A value as octets. */
    public static SecretBytes secret(String value) {
        return SecretBytes.taking(value.getBytes(StandardCharsets.UTF_8));
    }
}
