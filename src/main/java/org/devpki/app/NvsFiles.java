package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Function;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/** The files that go into NVS images and come out of them. */
final class NvsFiles {
    private static final int MOST_VALUE_OCTETS = 1 << 20; // twice the longest blob

    private NvsFiles() {}

    /** Contents of the files that a table names, relative to a folder. */
    static Function<String, SecretBytes> in(Path folder) {
        return name -> {
            try {
                Bytes content = WholeFiles.read(folder.resolve(name), MOST_VALUE_OCTETS);
                return SecretBytes.taking(content.toArray());
            } catch (InvalidPathException e) {
                throw DevpkiException.invalid(Quoted.of(name) + " cannot be the name of a file")
                        .causedBy(e);
            }
        };
    }

    /** @throws DevpkiException CONFLICT if there is something of this name */
    static void refuseExisting(String what, Path file) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw DevpkiException.conflict(what + " " + file + " exists already");
        }
    }
}
