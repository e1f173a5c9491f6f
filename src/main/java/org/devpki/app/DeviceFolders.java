package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.devpki.files.Archive;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;

/** Folders of devices, wherever they are: one with what is burned beside it, many in one, or in an archive. */
@FunctionalInterface
interface DeviceFolders {
    /**
     * Hands over each folder, whole, one at a time.
     *
     * @throws DevpkiException INTEGRITY if one is not as it was written
     */
    void each(Consumer<DeviceFolder> consumer);

    /** @throws DevpkiException INVALID_INPUT if there are none at the place */
    static DeviceFolders at(Path place) {
        if (!Files.exists(place)) {
            throw DevpkiException.notFound("there is no " + place);
        }
        if (Files.isDirectory(place)) {
            List<Path> folders = DeviceFolder.isOne(place) ? withBurned(place) : children(place);
            if (folders.isEmpty()) {
                throw DevpkiException.invalid(place + " is no device's folder, and has none in it");
            }
            return consumer -> folders.forEach(folder -> hand(DeviceFolder.read(folder), consumer));
        }
        Archive archive = Archive.ifNamedSo(place)
                .orElseThrow(() -> DevpkiException.invalid(place + " is neither a sealed file, which ends in "
                        + ExportedFile.SEALED + ", nor a folder, nor an archive, which ends in .tar.zst or .zip"));
        return consumer -> archived(archive, consumer);
    }

    private static void hand(DeviceFolder folder, Consumer<DeviceFolder> consumer) {
        try (folder) {
            consumer.accept(folder);
        }
    }

    private static List<Path> withBurned(Path folder) {
        List<Path> folders = new ArrayList<>(List.of(folder));
        Path burned = folder.resolveSibling(folder.toAbsolutePath().normalize().getFileName() + Bundle.BURNED);
        if (DeviceFolder.isOne(burned)) {
            folders.add(burned);
        }
        return folders;
    }

    /** A folder without sums is somebody else's, unless there is something sealed in it. */
    private static List<Path> children(Path parent) {
        return WholeFiles.list(parent).stream()
                .filter(Files::isDirectory)
                .filter(folder -> !String.valueOf(folder.getFileName()).startsWith("."))
                .filter(folder -> Files.exists(folder.resolve(Sums.FILE))
                        || WholeFiles.list(folder).stream()
                                .anyMatch(file -> ExportedFile.isSealed(String.valueOf(file.getFileName()))))
                .toList();
    }

    private static void archived(Archive archive, Consumer<DeviceFolder> consumer) {
        ArchivedFolders folders = new ArchivedFolders(archive.file().toString(), consumer);
        archive.read(folders::accept);
        folders.end();
    }

    /** Takes the files of an archive one by one, and hands over each folder once it is whole. */
    final class ArchivedFolders {
        private static final int MOST_FILES = 100;
        private static final long MOST_OCTETS = 1 << 26;

        private final String origin;
        private final Consumer<DeviceFolder> consumer;
        private final ArchiveEnd seen = new ArchiveEnd();
        private final Set<String> names = new HashSet<>();
        private final Map<String, SecretBytes> files = new LinkedHashMap<>();
        private Optional<String> folder = Optional.empty();
        private Optional<Bytes> end = Optional.empty();
        private long octets;

        ArchivedFolders(String origin, Consumer<DeviceFolder> consumer) {
            this.origin = origin;
            this.consumer = consumer;
        }

        void accept(String name, SecretBytes content) {
            if (end.isPresent()) {
                throw wrong("has files behind its last");
            }
            int slash = name.indexOf('/');
            Optional<String> inside = slash < 0 ? Optional.empty() : Optional.of(name.substring(0, slash));
            if (!inside.equals(folder)) {
                handOver();
                folder = inside;
                inside.ifPresent(this::claim);
            }
            if (inside.isPresent()) {
                keep(name.substring(slash + 1), content);
            } else if (name.equals(ArchiveEnd.FILE)) {
                end = Optional.of(content.lend(Bytes::of));
            } else {
                claim(name);
                seen.add(name, content);
            }
        }

        /** No two that a file system without small letters would take for one. */
        private void claim(String name) {
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw wrong("has " + name + " twice");
            }
        }

        private void keep(String name, SecretBytes content) {
            octets += content.length();
            if (files.put(name, content) != null || files.size() > MOST_FILES || octets > MOST_OCTETS) {
                throw wrong("has more in folder " + folder.orElseThrow() + " than a device has");
            }
        }

        private void handOver() {
            folder.ifPresent(name -> {
                String place = name + " of " + origin;
                DeviceFolder whole = DeviceFolder.of(name, place, files);
                seen.add(name + "/" + Sums.FILE, whole.sumsFile());
                hand(whole, consumer);
            });
            files.clear();
            octets = 0;
        }

        /** Whatever was cut off, or is there beside, shows here. */
        void end() {
            if (end.filter(seen::isIn).isEmpty()) {
                throw wrong(end.isPresent() ? "has other files than its last one says" : "has no " + ArchiveEnd.FILE);
            }
        }

        private DevpkiException wrong(String what) {
            return DevpkiException.integrity(
                            "archive " + origin + " " + what + ": it is cut or damaged, or not what batch archive made")
                    .hint("if you trust it, unpack it and open the folder");
        }
    }
}
