package org.devpki.app;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.devpki.config.SettingsFile;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;

/** Makes a store from a backup, in a folder beside, and verifies it before it gets its name. */
public final class RestoreStore {
    private final Surroundings surroundings;

    public RestoreStore(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** @throws DevpkiException INTEGRITY if the backup is damaged, CONFLICT if the store's folder holds something */
    public void run(Path zip) {
        Path target = surroundings.store();
        if (!Files.exists(zip)) {
            throw DevpkiException.notFound("there is no backup " + zip);
        }
        if (!WholeFiles.list(target).isEmpty()) {
            throw DevpkiException.conflict(target + " is not empty; a restore never replaces a store")
                    .hint("move it aside, or choose another --store");
        }
        Path parent = target.toAbsolutePath().getParent();
        if (parent != null) {
            WholeFiles.makeFolder(parent, Modes.PUBLIC_FOLDER);
        }
        Path staged = WholeFiles.stageFolder(target);
        try {
            check(zip, staged.resolve("store"), surroundings)
                    .ifPresent(elsewhere -> surroundings
                            .words()
                            .accept("the ledger was in " + elsewhere
                                    + " when this was backed up; the restored one is a file, and devpki store migrate"
                                    + " moves it"));
            try (Workshop shop = Workshop.open(surroundings.at(staged.resolve("store")))) {
                shop.store().audit("store.restore", String.valueOf(zip.getFileName()), "");
            }
            WholeFiles.settle(staged.resolve("store"), target);
        } finally {
            WholeFiles.delete(staged);
        }
    }

    /**
     * Unpacks a backup into a new folder and examines the store that results.
     *
     * @return where its ledger was if that was not the backup's file
     */
    static Optional<String> check(Path zip, Path folder, Surroundings surroundings) {
        unpack(zip, folder);
        Optional<String> elsewhere = takeLedgerIn(surroundings.at(folder));
        try (Workshop shop = Workshop.open(surroundings.at(folder))) {
            List<Finding> faults = shop.examineStore().run(false).findings().stream()
                    .filter(finding -> finding.isError()
                            && (finding.rule().equals("ledger")
                                    || finding.rule().equals("audit")
                                    || finding.rule().equals("keys")))
                    .toList();
            if (!faults.isEmpty()) {
                throw DevpkiException.integrity(
                        "the backup does not hold: " + faults.get(0).sentence());
            }
        }
        return elsewhere;
    }

    /** The ledger of a backup is the one that is in it, wherever the store's own was. */
    private static Optional<String> takeLedgerIn(Surroundings unpacked) {
        Path file = new StoreFolder(unpacked.store()).settings();
        String text = Workshop.settingsText(unpacked);
        Optional<String> elsewhere =
                SettingsFile.read(text, file.toString()).ledger().filter(url -> !url.equals(Workshop.SQLITE));
        if (elsewhere.isPresent()) {
            String inside = SettingsFile.withLedger(text, file.toString(), Workshop.SQLITE);
            WholeFiles.write(file, Bytes.utf8(inside), Modes.PUBLIC_FILE);
        }
        return elsewhere;
    }

    static void unpack(Path zip, Path folder) {
        WholeFiles.makeFolder(folder, Modes.SECRET_FOLDER);
        WholeFiles.makeFolder(folder.resolve("keys"), Modes.SECRET_FOLDER);
        WholeFiles.makeFolder(folder.resolve("profiles"), Modes.SECRET_FOLDER);
        try (ZipFile archive = new ZipFile(zip.toFile())) {
            Map<String, Bytes> files = read(archive);
            Bytes sums = files.remove(BackUpStore.SUMS);
            if (sums == null) {
                throw DevpkiException.integrity(zip + " is not a backup: it has no " + BackUpStore.SUMS);
            }
            Map<String, String> expected = new HashMap<>();
            sums.asUtf8()
                    .lines()
                    .map(line -> line.split("  ", 2))
                    .filter(parts -> parts.length == 2)
                    .forEach(parts -> expected.put(parts[1], parts[0]));
            if (!expected.keySet().equals(files.keySet())) {
                throw DevpkiException.integrity(
                        zip + " lacks files that its " + BackUpStore.SUMS + " names, or has more");
            }
            files.forEach((name, content) -> {
                if (!content.sha256().hex().equals(expected.get(name))) {
                    throw DevpkiException.integrity("file " + name + " in " + zip + " is damaged");
                }
                put(folder, name, content);
            });
        } catch (ZipException | EOFException e) {
            throw DevpkiException.integrity(zip + " is damaged: it is not a whole zip file")
                    .causedBy(e);
        } catch (IOException e) {
            throw WholeFiles.failed("cannot read backup " + zip, e);
        }
    }

    private static Map<String, Bytes> read(ZipFile archive) throws IOException {
        Map<String, Bytes> files = new HashMap<>();
        Enumeration<? extends ZipEntry> entries = archive.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            try (InputStream in = archive.getInputStream(entry)) {
                files.put(entry.getName(), Bytes.of(in.readAllBytes()));
            }
        }
        return files;
    }

    private static void put(Path folder, String name, Bytes content) {
        Path file = folder.resolve(name).normalize();
        Path parent = file.getParent();
        if (!file.startsWith(folder) || parent == null) {
            throw DevpkiException.integrity("the backup has a file named " + name + ", outside of the store");
        }
        boolean isPublic = name.startsWith("publish/") || name.equals("devpki.yaml");
        WholeFiles.makeFolder(parent, isPublic ? Modes.PUBLIC_FOLDER : Modes.SECRET_FOLDER);
        WholeFiles.write(file, content, isPublic ? Modes.PUBLIC_FILE : Modes.SECRET_FILE);
    }
}
