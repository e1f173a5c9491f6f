package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;

/**
 * A device's folder as it was written, or what is burned into its eFuse, with all that is in it in memory.
 *
 * @param name such as {@code sensor-7} or {@code sensor-7+efuse}
 * @param place where it is, for messages
 * @param sumsFile the octets of {@code SHA256SUMS}
 * @param contents of the files that stand there, by their names
 */
record DeviceFolder(String name, String place, Sums sums, SecretBytes sumsFile, Map<String, SecretBytes> contents)
        implements AutoCloseable {
    private static final int MOST_OCTETS = 1 << 24;

    /** Whether a folder says that it is a device's. */
    static boolean isOne(Path folder) {
        return sums(folder).isPresent();
    }

    private static Optional<Sums> sums(Path folder) {
        return WholeFiles.readIfPresent(folder.resolve(Sums.FILE), MOST_OCTETS).flatMap(Sums::parse);
    }

    /** @throws DevpkiException INTEGRITY if the folder is not there, or not whole */
    static DeviceFolder read(Path folder) {
        Path sumsFile = folder.resolve(Sums.FILE);
        if (!Files.isDirectory(folder) || !Files.exists(sumsFile)) {
            throw DevpkiException.integrity(
                    "folder " + folder + (Files.isDirectory(folder) ? " has no " + Sums.FILE : " is not there"));
        }
        Map<String, SecretBytes> contents = new LinkedHashMap<>();
        contents.put(Sums.FILE, WholeFiles.readSecret(sumsFile, MOST_OCTETS));
        sums(folder)
                .ifPresent(sums -> sums.hashes().keySet().stream()
                        .map(folder::resolve)
                        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                        .forEach(file -> contents.put(
                                String.valueOf(file.getFileName()), WholeFiles.readSecret(file, MOST_OCTETS))));
        return of(String.valueOf(folder.toAbsolutePath().normalize().getFileName()), folder.toString(), contents);
    }

    /**
     * @param files all that there are, with {@code SHA256SUMS}
     * @throws DevpkiException INTEGRITY if they are not those of the sums, octet for octet
     */
    static DeviceFolder of(String name, String place, Map<String, SecretBytes> files) {
        SecretBytes sumsFile = files.get(Sums.FILE);
        if (sumsFile == null) {
            throw DevpkiException.integrity(place + " has no " + Sums.FILE);
        }
        Sums sums = sumsFile.lend(octets -> Sums.parse(Bytes.of(octets)))
                .orElseThrow(() -> DevpkiException.integrity(
                        Sums.FILE + " in " + place + " is not as devpki writes it: it is damaged, or another's"));
        Set<String> opened = new HashSet<>();
        Map<String, SecretBytes> contents = new LinkedHashMap<>();
        for (String file : sums.hashes().keySet()) {
            SecretBytes content = files.get(file);
            if (content == null) {
                throw DevpkiException.integrity(file + " is not in " + place + ", though its SHA256SUMS has it");
            }
            sums.check(file, content, place);
            if (!opened.add(ExportedFile.opened(file))) {
                throw DevpkiException.integrity(place + " has " + ExportedFile.opened(file) + " sealed and in clear");
            }
            contents.put(file, content);
        }
        if (files.size() > contents.size() + 1) {
            throw DevpkiException.integrity(place + " has files that its SHA256SUMS does not have");
        }
        return new DeviceFolder(name, place, sums, sumsFile, contents);
    }

    /** Names of the sealed files. */
    List<String> sealed() {
        return contents.keySet().stream().filter(ExportedFile::isSealed).toList();
    }

    @Override
    public void close() {
        contents.values().forEach(SecretBytes::close);
    }
}
