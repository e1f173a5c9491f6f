package org.devpki.app;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.export.EfusePlan;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.ManifestDevice;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;

/**
 * A device's folder. It appears whole, by one rename, with a {@code SHA256SUMS} that {@code sha256sum -c} checks and
 * whose first line names the certificate, so that a later run can tell a finished bundle from a lost one. What is burned
 * into eFuse goes into a folder of its own, which appears first and is gone once the burn is confirmed.
 */
final class Bundle {
    private static final String SUMS = "SHA256SUMS";
    private static final String HEADER = "# devpki bundle of certificate ";
    private static final int MOST_OCTETS = 1 << 24;

    /** Behind a device's name; no name has a plus sign in it. */
    private static final String BURNED = "+efuse";

    private final Path folder;
    private final boolean isForced;
    private final Checkpoint checkpoint;

    private Bundle(Path folder, boolean isForced, Checkpoint checkpoint) {
        this.folder = folder;
        this.isForced = isForced;
        this.checkpoint = checkpoint;
    }

    static Bundle of(Destination.Folder destination, DeviceId device, Checkpoint checkpoint) {
        return new Bundle(destination.parent().resolve(device.value()), destination.isForced(), checkpoint);
    }

    Path folder() {
        return folder;
    }

    /**
     * Fails early where writing would fail late: the parent is made, and the folder's name is free, or forced and without
     * files that would be lost.
     *
     * @param fileNames what will be written
     * @param lost certificates whose bundles were never whole, so that what was to be burned for them is no loss
     */
    void prepare(List<String> fileNames, List<SerialNumber> lost) {
        WholeFiles.makeFolder(parent(), Modes.PUBLIC_FOLDER);
        if (!Files.isWritable(parent())) {
            throw DevpkiException.storeFailed("no permission to write into " + parent());
        }
        sweep();
        if (Files.exists(folder) && !isForced) {
            throw DevpkiException.conflict("folder " + folder + " exists already, and may hold a private key")
                    .hint("choose another --out, or --force to replace its files");
        }
        refuseForeign(fileNames);
        if (Files.exists(burned()) && !isForced && lost.stream().noneMatch(serial -> isOf(burned(), serial))) {
            throw DevpkiException.conflict(
                            "folder " + burned() + " exists already, and may hold a key that is to be burned")
                    .hint("burn it and devpki efuse confirm, or choose another --out, or --force to replace it");
        }
    }

    /** Removes what a run that was cut short left of either folder. */
    void sweep() {
        WholeFiles.sweep(parent(), Set.of(name(folder), name(burned())));
    }

    boolean hasBurned() {
        return Files.exists(burned(), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The certificate whose key is to be burned.
     *
     * @throws DevpkiException CONFLICT if the folder is a link, or has files in it that devpki did not write
     */
    SerialNumber toBurnFor() {
        List<String> sums = WholeFiles.readIfPresent(burned().resolve(SUMS), MOST_OCTETS)
                .map(octets -> octets.asUtf8().lines().toList())
                .filter(lines -> lines.get(0).startsWith(HEADER))
                .filter(lines -> Files.isDirectory(burned(), LinkOption.NOFOLLOW_LINKS))
                .orElseThrow(() -> DevpkiException.conflict(
                        "folder " + burned() + " is a link, or says not for which certificate its key is"));
        Set<String> own = new HashSet<>(Set.of(SUMS));
        for (String line : sums.subList(1, sums.size())) {
            String name = line.substring(line.indexOf("  ") + 2);
            own.add(name);
            if (name.endsWith(EfusePlan.SEALED)) { // burn.sh asks to open it into the folder
                own.add(name.substring(0, name.length() - EfusePlan.SEALED.length()));
            }
        }
        List<String> foreign = WholeFiles.list(burned()).stream()
                .filter(path -> !own.contains(String.valueOf(path.getFileName()))
                        || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
        if (!foreign.isEmpty()) {
            throw DevpkiException.conflict(
                    "folder " + burned() + " also holds " + String.join(", ", foreign) + ", which would be lost");
        }
        return SerialNumber.parse(sums.get(0).substring(HEADER.length()));
    }

    /** The folder of what is burned into the device's eFuse. */
    Path burned() {
        return parent().resolve(folder.getFileName() + BURNED);
    }

    /** The same, if it is there. */
    Optional<Path> toBurn() {
        return Optional.of(burned()).filter(Files::exists);
    }

    private static boolean isOf(Path folder, SerialNumber serial) {
        return WholeFiles.readIfPresent(folder.resolve(SUMS), MOST_OCTETS)
                .filter(sums -> sums.asUtf8().startsWith(HEADER + serial.hex() + "\n"))
                .isPresent();
    }

    /** Whether the folder holds the whole bundle of this certificate, with these files at least. */
    boolean isComplete(SerialNumber serial, List<String> fileNames) {
        Optional<Bytes> sums = WholeFiles.readIfPresent(folder.resolve(SUMS), MOST_OCTETS);
        if (sums.isEmpty() || !isOf(folder, serial)) {
            return false;
        }
        Set<String> found = new HashSet<>();
        for (String line : sums.get().asUtf8().lines().skip(1).toList()) {
            String[] parts = line.split("  ", 2);
            if (parts.length != 2) {
                return false;
            }
            Optional<Bytes> content = WholeFiles.readIfPresent(folder.resolve(parts[1]), MOST_OCTETS);
            if (content.isEmpty() || !content.get().sha256().hex().equals(parts[0])) {
                return false;
            }
            found.add(parts[1]);
        }
        return found.containsAll(fileNames);
    }

    /**
     * Every file of the folder, {@code SHA256SUMS} last, each looked at. What is to be burned is not among them: it goes
     * once that is done.
     *
     * @throws DevpkiException INTEGRITY if the folder is not the whole bundle of this certificate, and nothing else
     */
    List<ManifestDevice.File> inventory(SerialNumber serial) {
        if (!isComplete(serial, List.of())) {
            throw DevpkiException.integrity("folder " + folder
                    + " is not there, or not the whole bundle of certificate " + serial + " as it was written");
        }
        List<String> sums = WholeFiles.read(folder.resolve(SUMS), MOST_OCTETS)
                .asUtf8()
                .lines()
                .skip(1)
                .toList();
        List<String> names = new ArrayList<>();
        for (String line : sums) {
            names.add(line.substring(line.indexOf("  ") + 2));
        }
        refuseForeign(names);
        names.add(SUMS);
        return names.stream().map(this::entry).toList();
    }

    private ManifestDevice.File entry(String name) {
        Bytes content = WholeFiles.read(folder.resolve(name), MOST_OCTETS);
        return new ManifestDevice.File(folder.getFileName() + "/" + name, content.size(), content.sha256());
    }

    void write(SerialNumber serial, List<ExportedFile> files) {
        List<ExportedFile> burnedFiles =
                files.stream().filter(ExportedFile::isBurned).toList();
        if (!burnedFiles.isEmpty()) {
            writeBurned(serial, burnedFiles);
        }
        writeOwn(serial, files.stream().filter(file -> !file.isBurned()).toList());
    }

    private void writeBurned(SerialNumber serial, List<ExportedFile> files) {
        List<ExportedFile> all = new ArrayList<>(files);
        all.add(sums(serial, files));
        Path staged = WholeFiles.stageFolder(burned());
        try {
            WholeFiles.fill(staged, all);
            if (Files.exists(burned())) {
                WholeFiles.delete(WholeFiles.setAside(burned()));
            }
            WholeFiles.settle(staged, burned());
        } finally {
            WholeFiles.delete(staged); // gone already when all went well
        }
    }

    private void writeOwn(SerialNumber serial, List<ExportedFile> files) {
        List<ExportedFile> all = new ArrayList<>(files);
        all.add(sums(serial, files));
        Path staged = WholeFiles.stageFolder(folder);
        try {
            WholeFiles.fill(staged, all);
            checkpoint.reached(Checkpoint.Step.ISSUE_6_FILES_WRITTEN);
            if (Files.exists(folder)) {
                replace(staged, all);
            } else {
                WholeFiles.settle(staged, folder);
            }
            checkpoint.reached(Checkpoint.Step.ISSUE_7_RENAMED);
        } finally {
            WholeFiles.delete(staged); // gone already when all went well
        }
    }

    private void refuseForeign(List<String> fileNames) {
        List<String> foreign = WholeFiles.list(folder).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .filter(name -> !fileNames.contains(name) && !name.equals(SUMS))
                .toList();
        if (!foreign.isEmpty()) {
            throw DevpkiException.conflict(
                    "folder " + folder + " also holds " + String.join(", ", foreign) + ", which would be lost");
        }
    }

    /** The old folder goes only if the new one has every file of it. */
    private void replace(Path staged, List<ExportedFile> files) {
        refuseForeign(files.stream().map(ExportedFile::name).toList());
        Path old = WholeFiles.setAside(folder);
        WholeFiles.settle(staged, folder);
        WholeFiles.delete(old);
    }

    private static ExportedFile sums(SerialNumber serial, List<ExportedFile> files) {
        StringBuilder text = new StringBuilder(HEADER).append(serial.hex()).append('\n');
        for (ExportedFile file : files) {
            text.append(file.content().sha256().hex())
                    .append("  ")
                    .append(file.name())
                    .append('\n');
        }
        return new ExportedFile(
                SUMS, SecretBytes.taking(text.toString().getBytes(StandardCharsets.UTF_8)), ExportedFile.Kind.PUBLIC);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private Path parent() {
        Path parent = folder.toAbsolutePath().getParent();
        return parent == null ? folder : parent;
    }
}
