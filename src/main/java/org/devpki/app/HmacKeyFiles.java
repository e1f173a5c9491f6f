package org.devpki.app;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.devpki.config.CsvFile;
import org.devpki.esp.HmacKey;
import org.devpki.files.WholeFiles;
import org.devpki.model.CsvRow;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * HMAC keys in files, as {@code espefuse} burns them: 32 octets, nothing else; and a list of which is which device's.
 *
 * @param fileOfName the file of each device; relative to the list's folder
 */
public record HmacKeyFiles(Path list, Map<String, String> fileOfName) {
    private static final int MOST_OCTETS = 1 << 24;

    /** @throws DevpkiException INVALID_INPUT if the file does not have 32 octets */
    public static SecretBytes read(Path file) {
        SecretBytes key = WholeFiles.readSecret(file, MOST_OCTETS);
        if (key.length() != HmacKey.OCTETS) {
            throw DevpkiException.invalid(
                    "HMAC key file " + file + " has " + key.length() + " octets; " + HmacKey.OCTETS + " are right");
        }
        if (key.equals(SecretBytes.taking(new byte[HmacKey.OCTETS]))) {
            throw DevpkiException.invalid(
                    "HMAC key file " + file + " is all zeros, which every chip has where no key is burned");
        }
        return key;
    }

    /**
     * Reads a list.
     *
     * @param list lines {@code NAME,FILE}; lines with # are comments
     * @throws DevpkiException CONFLICT if two devices have one file
     */
    public static HmacKeyFiles list(Path list) {
        Map<String, String> nameOfFile = new HashMap<>();
        Map<String, String> fileOfName = new HashMap<>();
        for (CsvRow row : CsvFile.read(WholeFiles.read(list, MOST_OCTETS), list.toString(), CsvFile.Hash.COMMENT)) {
            String where = list + " line " + row.line() + ": ";
            if (row.fields().size() != 2) {
                throw DevpkiException.invalid(where + "it has " + row.fields().size() + " fields; NAME,FILE is right");
            }
            String name = row.fields().get(0).strip();
            String file = row.fields().get(1).strip();
            if (fileOfName.put(name, file) != null) {
                throw DevpkiException.conflict(where + name + " is there twice");
            }
            String other = nameOfFile.put(file, name);
            if (other != null) {
                throw DevpkiException.conflict(
                        where + "key file " + file + " is " + other + "'s already; each device has its own");
            }
        }
        return new HmacKeyFiles(list, fileOfName);
    }

    /** @throws DevpkiException NOT_FOUND if the device is not in the list */
    public SecretBytes of(DeviceId device) {
        String file = fileOfName.get(device.value());
        if (file == null) {
            throw DevpkiException.notFound("there is no line for " + device + " in " + list);
        }
        return read(list.toAbsolutePath().resolveSibling(file));
    }
}
