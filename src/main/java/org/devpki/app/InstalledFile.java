package org.devpki.app;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;

/** A file in a place where a broker reads it: replaced whole, only when it differs, and as its owner's. */
final class InstalledFile {
    private static final long MOST_OCTETS = 1L << 30;

    private InstalledFile() {}

    static Optional<Bytes> there(Path target) {
        return WholeFiles.readIfPresent(target, MOST_OCTETS);
    }

    /**
     * @param mode of a new one; one that is there keeps its own
     * @return whether there was another one, or none
     */
    static boolean put(Path target, Bytes content, Modes mode) {
        Path real = WholeFiles.real(target);
        if (there(real).equals(Optional.of(content))) {
            return false;
        }
        WholeFiles.sweep(real);
        WholeFiles.writeKeepingOwner(real, content, mode);
        return true;
    }
}
