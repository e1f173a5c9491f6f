package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.export.Sealing;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.ManifestDevice;
import org.devpki.model.SerialNumber;

/**
 * A device's folder. It appears whole, by one rename, with a {@code SHA256SUMS} that {@code sha256sum -c} checks and
 * whose first line names the certificate, so that a later run can tell a finished bundle from a lost one. What is burned
 * into eFuse goes into a folder of its own, which appears first and is gone once the burn is confirmed.
 */
final class Bundle {
    private static final int MOST_OCTETS = 1 << 24;

    /** Behind the name of a device's folder; none has a plus sign in it. */
    static final String BURNED = "+efuse";

    private final Path folder;
    private final boolean isForced;
    private final Litter litter;
    private final Checkpoint checkpoint;

    private Bundle(Path folder, boolean isForced, Litter litter, Checkpoint checkpoint) {
        this.folder = folder;
        this.isForced = isForced;
        this.litter = litter;
        this.checkpoint = checkpoint;
    }

    static Bundle of(Destination.Folder destination, DeviceId device, Workshop shop) {
        return new Bundle(
                destination.parent().resolve(device.folderName()),
                destination.isForced(),
                shop.litter(),
                shop.surroundings().checkpoint());
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
        refuseForeign(folder, fileNames);
        if (Files.exists(burned()) && !isForced && lost.stream().noneMatch(serial -> isOf(burned(), serial))) {
            throw DevpkiException.conflict(
                            "folder " + burned() + " exists already, and may hold a key that is to be burned")
                    .hint("burn it and devpki efuse confirm, or choose another --out, or --force to replace it");
        }
    }

    /** Removes what a run that was cut short left of either folder. */
    void sweep() {
        litter.sweep(parent(), Set.of(name(folder), name(burned())));
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
        Sums sums = sums(burned())
                .filter(found -> Files.isDirectory(burned(), LinkOption.NOFOLLOW_LINKS))
                .orElseThrow(() -> DevpkiException.conflict(
                        "folder " + burned() + " is a link, or says not for which certificate its key is"));
        Set<String> own = new HashSet<>(Set.of(Sums.FILE));
        for (String name : sums.hashes().keySet()) {
            own.add(name);
            own.add(ExportedFile.opened(name)); // burn.sh asks to open it into the folder
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
        return sums.serial();
    }

    /** The folder of what is burned into the device's eFuse. */
    Path burned() {
        return parent().resolve(folder.getFileName() + BURNED);
    }

    /** The same, if it is there. */
    Optional<Path> toBurn() {
        return Optional.of(burned()).filter(Files::exists);
    }

    private static Optional<Sums> sums(Path folder) {
        return WholeFiles.readIfPresent(folder.resolve(Sums.FILE), MOST_OCTETS).flatMap(Sums::parse);
    }

    private static boolean isOf(Path folder, SerialNumber serial) {
        return sums(folder).filter(sums -> sums.serial().equals(serial)).isPresent();
    }

    /**
     * Whether the folder holds the whole bundle of this certificate, with these files at least.
     *
     * @param fileNames as they are called when they are opened
     */
    boolean isComplete(SerialNumber serial, List<String> fileNames) {
        Optional<Sums> sums = sums(folder).filter(found -> found.serial().equals(serial));
        if (sums.isEmpty()) {
            return false;
        }
        Set<String> found = new HashSet<>();
        for (Map.Entry<String, String> line : sums.get().hashes().entrySet()) {
            Optional<Bytes> content = WholeFiles.readIfPresent(folder.resolve(line.getKey()), MOST_OCTETS);
            if (content.isEmpty() || !content.get().sha256().hex().equals(line.getValue())) {
                return false;
            }
            found.add(ExportedFile.opened(line.getKey()));
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
        DevpkiException notWhole = DevpkiException.integrity("folder " + folder
                + " is not there, or not the whole bundle of certificate " + serial + " as it was written");
        Sums sums = sums(folder).filter(found -> found.serial().equals(serial)).orElseThrow(() -> notWhole);
        List<ManifestDevice.File> files = new ArrayList<>();
        for (Map.Entry<String, String> line : sums.hashes().entrySet()) {
            files.add(entry(line.getKey())
                    .filter(file -> file.sha256().hex().equals(line.getValue()))
                    .orElseThrow(() -> notWhole));
        }
        files.add(entry(Sums.FILE).orElseThrow(() -> notWhole));
        List<Path> all = WholeFiles.list(folder);
        if (all.size() != files.size()) {
            throw DevpkiException.integrity("folder " + folder + " holds " + all.size() + " files, and its " + Sums.FILE
                    + " names " + (files.size() - 1));
        }
        return files;
    }

    private Optional<ManifestDevice.File> entry(String name) {
        return WholeFiles.readIfPresent(folder.resolve(name), MOST_OCTETS)
                .map(content ->
                        new ManifestDevice.File(folder.getFileName() + "/" + name, content.size(), content.sha256()));
    }

    void write(SerialNumber serial, List<ExportedFile> files) {
        List<ExportedFile> burnedFiles =
                files.stream().filter(ExportedFile::isBurned).toList();
        if (!burnedFiles.isEmpty()) {
            put(burned(), serial, burnedFiles, () -> {});
        }
        List<ExportedFile> own = files.stream().filter(file -> !file.isBurned()).toList();
        put(folder, serial, own, () -> {
            checkpoint.reached(Checkpoint.Step.ISSUE_6_FILES_WRITTEN);
            refuseForeign(
                    folder,
                    own.stream().map(file -> ExportedFile.opened(file.name())).toList());
        });
        checkpoint.reached(Checkpoint.Step.ISSUE_7_RENAMED);
    }

    /**
     * Makes a folder with these files and their sums appear whole; one that is there goes once its successor is in place.
     *
     * @param onceWritten what comes between writing and renaming; when it throws, all is as it was
     */
    static void put(Path folder, SerialNumber serial, List<ExportedFile> files, Runnable onceWritten) {
        List<ExportedFile> all = new ArrayList<>(files);
        all.add(Sums.of(serial, files).file());
        Path staged = WholeFiles.stageFolder(folder);
        try {
            WholeFiles.fill(staged, all);
            onceWritten.run();
            Optional<Path> old = Files.exists(folder) ? Optional.of(WholeFiles.setAside(folder)) : Optional.empty();
            WholeFiles.settle(staged, folder);
            old.ifPresent(WholeFiles::delete);
        } finally {
            WholeFiles.delete(staged); // gone already when all went well
        }
    }

    /**
     * A folder goes only if its successor has every file of it.
     *
     * @param fileNames as they are called when they are opened
     */
    static void refuseForeign(Path folder, List<String> fileNames) {
        List<String> foreign = WholeFiles.list(folder).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .filter(name -> !fileNames.contains(ExportedFile.opened(name)))
                .filter(name -> !name.equals(Sums.FILE) && !name.equals(Sealing.README))
                .toList();
        if (!foreign.isEmpty()) {
            throw DevpkiException.conflict(
                    "folder " + folder + " also holds " + String.join(", ", foreign) + ", which would be lost");
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private Path parent() {
        Path parent = folder.toAbsolutePath().getParent();
        return parent == null ? folder : parent;
    }
}
