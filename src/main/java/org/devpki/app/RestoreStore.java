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
            check(zip, staged.resolve("store"), surroundings);
            try (Workshop shop = Workshop.open(surroundings.at(staged.resolve("store")))) {
                shop.store().audit("store.restore", String.valueOf(zip.getFileName()), "");
            }
            WholeFiles.settle(staged.resolve("store"), target);
        } finally {
            WholeFiles.delete(staged);
        }
    }

    /** Unpacks a backup into a new folder and examines the store that results. */
    static void check(Path zip, Path folder, Surroundings surroundings) {
        unpack(zip, folder);
        StoreFolder unpacked = new StoreFolder(folder);
        boolean isElsewhere = SettingsFile.read(
                        WholeFiles.read(unpacked.settings(), BackUpStore.MOST_OCTETS)
                                .asUtf8(),
                        "devpki.yaml")
                .ledger()
                .filter(url -> !url.equals(Workshop.SQLITE))
                .isPresent();
        if (isElsewhere) {
            throw DevpkiException.integrity("the backup's devpki.yaml points to a ledger outside of the backup");
        }
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
