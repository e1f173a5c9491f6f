package org.devpki.app;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.devpki.config.CsvFile;
import org.devpki.esp.MassTable;
import org.devpki.esp.NvsFormat;
import org.devpki.esp.NvsImages;
import org.devpki.esp.NvsKeys;
import org.devpki.esp.NvsPartition;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/** Makes an NVS image for each row of a values table, as Espressif's mass manufacturing tool does; needs no store. */
public final class MakeNvsFleet {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
    private static final int MOST_DIGITS = 9;

    private final SecureRandom random;

    public MakeNvsFleet(SecureRandom random) {
        this.random = random;
    }

    /**
     * What is wanted.
     *
     * @param files where files that the values name are looked for
     * @param prefix how the names of all files begin
     * @param idColumn the column that names the devices; without it they are 1, 2, 3, …
     * @param format 1 or 2
     * @param keys fresh ones are one pair a device, in the folder that the choice names
     * @param out the folder that gets {@code csv/} and {@code bin/}
     */
    public record Order(
            Bytes config,
            String configOrigin,
            Bytes values,
            String valuesOrigin,
            Path files,
            String prefix,
            Optional<Numbering> numbering,
            Optional<String> idColumn,
            int sizeBytes,
            int format,
            boolean isReadOnly,
            NvsKeyChoice keys,
            Path out) {
        public Order {
            if (!PREFIX.matcher(prefix).matches()) {
                throw DevpkiException.invalid("prefix " + Quoted.of(prefix)
                        + " cannot begin a file name; 1 to 64 letters, digits and . _ - are right");
            }
        }
    }

    /**
     * Running numbers between prefix and device.
     *
     * @param start the first device's
     * @param digits to fill up to with zeros, 1 to 9
     */
    public record Numbering(int start, int digits) {
        public Numbering {
            if (start < 0 || digits < 1 || digits > MOST_DIGITS) {
                throw DevpkiException.invalid("numbers from " + start + " with " + digits
                        + " digits cannot be; a start of 0 or more and 1 to " + MOST_DIGITS + " digits are right");
            }
        }

        String number(int device) {
            return String.format("%0" + digits + "d", (long) start + device);
        }
    }

    /** One device's files. */
    public record Made(String id, Path table, Path image, Optional<Path> keys) {}

    /**
     * Writes all files once all rows are known to be right.
     *
     * @throws DevpkiException INVALID_INPUT with every bad row, CONFLICT if a file is in the way
     */
    public List<Made> run(Order order) {
        NvsPartition partition =
                new NvsPartition(order.sizeBytes(), NvsFormat.numbered(order.format()), order.isReadOnly());
        Optional<NvsKeys> opened = NvsKeyring.open(order.keys());
        List<MassTable.Device> devices = MassTable.read(
                        CsvFile.read(order.config(), order.configOrigin(), CsvFile.Hash.FIELD), order.configOrigin())
                .devices(
                        CsvFile.read(order.values(), order.valuesOrigin(), CsvFile.Hash.FIELD),
                        order.valuesOrigin(),
                        order.idColumn(),
                        NvsFiles.in(order.files()));
        checkSizes(order, devices, partition);
        List<Made> files = files(order, devices);
        files.forEach(MakeNvsFleet::refuseExisting);
        makeFolders(order);
        for (int i = 0; i < devices.size(); i++) {
            write(order, devices.get(i), files.get(i), partition, opened);
        }
        return files;
    }

    private static void checkSizes(Order order, List<MassTable.Device> devices, NvsPartition partition) {
        List<String> faults = new ArrayList<>();
        for (MassTable.Device device : devices) {
            try {
                NvsImages.write(device.contents(), partition, Optional.empty()).close();
            } catch (DevpkiException e) {
                faults.add(order.valuesOrigin() + " line " + device.line() + ": " + e.sentence());
            }
        }
        if (!faults.isEmpty()) {
            throw DevpkiException.invalid((faults.size() == 1 ? "" : faults.size() + " devices cannot be made:\n  ")
                    + String.join("\n  ", faults));
        }
    }

    private static List<Made> files(Order order, List<MassTable.Device> devices) {
        List<Made> files = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            String id = devices.get(i).id();
            int device = i;
            String number = order.numbering()
                    .map(numbers -> numbers.number(device) + "-")
                    .orElse("");
            String name = order.prefix() + "-" + number + id;
            files.add(new Made(
                    id,
                    order.out().resolve("csv").resolve(name + ".csv"),
                    order.out().resolve("bin").resolve(name + ".bin"),
                    keyFolder(order).map(folder -> folder.resolve("keys-" + name + ".bin"))));
        }
        return files;
    }

    private static Optional<Path> keyFolder(Order order) {
        return order.keys() instanceof NvsKeyChoice.Fresh fresh ? Optional.of(fresh.target()) : Optional.empty();
    }

    private static void refuseExisting(Made files) {
        try {
            NvsFiles.refuseExisting("file", files.table());
            NvsFiles.refuseExisting("file", files.image());
            files.keys().ifPresent(keys -> NvsFiles.refuseExisting("key file", keys));
        } catch (DevpkiException e) {
            throw e.hint("choose another --out, or another --prefix");
        }
    }

    private static void makeFolders(Order order) {
        WholeFiles.makeFolder(order.out(), Modes.PUBLIC_FOLDER);
        WholeFiles.makeFolder(order.out().resolve("csv"), Modes.SECRET_FOLDER);
        WholeFiles.makeFolder(order.out().resolve("bin"), Modes.SECRET_FOLDER);
        keyFolder(order).ifPresent(folder -> WholeFiles.makeFolder(folder, Modes.SECRET_FOLDER));
    }

    /** The keys first: never an image whose keys are nowhere. */
    private void write(
            Order order, MassTable.Device device, Made files, NvsPartition partition, Optional<NvsKeys> opened) {
        Optional<NvsKeys> keys = NvsKeyring.forImage(order.keys(), opened, random);
        SecretBytes image = NvsImages.write(device.contents(), partition, keys);
        files.keys().ifPresent(file -> WholeFiles.write(file, keys.orElseThrow().partition(), Modes.SECRET_FILE));
        byte[] table = CsvFile.write(device.rows()).getBytes(StandardCharsets.UTF_8);
        WholeFiles.write(files.table(), SecretBytes.taking(table), Modes.SECRET_FILE);
        WholeFiles.write(files.image(), image, Modes.SECRET_FILE);
    }
}
