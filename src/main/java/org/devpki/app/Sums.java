package org.devpki.app;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;

/**
 * The file {@code SHA256SUMS} of a device's folder, as {@code sha256sum -c} checks it. Comments at its head name the
 * certificate, and the secrets that are there in clear.
 *
 * @param hashes SHA-256 in lower-case hex by file name, in the order of the lines
 * @param inClear names of files that hold a secret and are not sealed; empty if the file does not tell
 */
record Sums(SerialNumber serial, Map<String, String> hashes, Optional<Set<String>> inClear) {
    static final String FILE = "SHA256SUMS";
    private static final String HEADER = "# devpki bundle of certificate ";
    private static final String IN_CLEAR = "# secrets in clear: ";
    private static final String NONE = "none";
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  ([A-Za-z0-9_][A-Za-z0-9._+%-]{0,254})");
    private static final Pattern SERIAL = Pattern.compile("[0-9a-f]{2,40}");

    static Sums of(SerialNumber serial, List<ExportedFile> files) {
        Map<String, String> hashes = new LinkedHashMap<>();
        files.forEach(file -> hashes.put(file.name(), file.content().sha256().hex()));
        return new Sums(
                serial,
                hashes,
                Optional.of(files.stream()
                        .filter(file -> file.isSecret() && !file.isSealed())
                        .map(ExportedFile::name)
                        .collect(Collectors.toCollection(TreeSet::new))));
    }

    /** Empty if the text is not what devpki writes. */
    static Optional<Sums> parse(Bytes text) {
        List<String> lines = text.asUtf8().lines().toList();
        if (lines.isEmpty() || !lines.get(0).startsWith(HEADER)) {
            return Optional.empty();
        }
        String serial = lines.get(0).substring(HEADER.length());
        Map<String, String> hashes = new LinkedHashMap<>();
        Optional<Set<String>> inClear = Optional.empty();
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith(IN_CLEAR)) {
                String names = line.substring(IN_CLEAR.length());
                inClear = Optional.of(names.equals(NONE) ? Set.of() : new TreeSet<>(List.of(names.split(" ", -1))));
            } else {
                Matcher parts = LINE.matcher(line);
                if (!parts.matches() || hashes.put(parts.group(2), parts.group(1)) != null) {
                    return Optional.empty();
                }
            }
        }
        return SERIAL.matcher(serial).matches()
                ? Optional.of(new Sums(SerialNumber.parse(serial), hashes, inClear))
                : Optional.empty();
    }

    ExportedFile file() {
        StringBuilder text = new StringBuilder(HEADER).append(serial.hex()).append('\n');
        inClear.ifPresent(names -> text.append(IN_CLEAR)
                .append(names.isEmpty() ? NONE : String.join(" ", names))
                .append('\n'));
        hashes.forEach(
                (name, hash) -> text.append(hash).append("  ").append(name).append('\n'));
        return new ExportedFile(
                FILE, SecretBytes.taking(text.toString().getBytes(StandardCharsets.UTF_8)), ExportedFile.Kind.PUBLIC);
    }

    /** Files that hold a secret in clear; where the file does not tell, all that are not sealed may. */
    List<String> mayBeInClear() {
        return hashes.keySet().stream()
                .filter(name -> inClear.map(names -> names.contains(name)).orElse(!ExportedFile.isSealed(name)))
                .toList();
    }

    /** @throws DevpkiException INTEGRITY if the content is not the one that was summed */
    void check(String name, SecretBytes content, Object place) {
        if (!content.sha256().hex().equals(hashes.get(name))) {
            throw DevpkiException.integrity(
                    name + " in " + place + " is not as its SHA256SUMS says: it is damaged or was changed");
        }
    }
}
