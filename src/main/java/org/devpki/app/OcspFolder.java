package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/**
 * Answers as files that any web server can give out: each under the path that a client's GET ends in, base64 of the
 * request (RFC 6960 appendix A.1), as a web server sees it once it is URL-decoded. A slash of the base64 parts folders;
 * two in a row part them once, for servers and file systems as well.
 */
final class OcspFolder implements OcspSource {
    private static final long MOST_OCTETS = 65_536;

    private final Path folder;

    OcspFolder(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    @Override
    public String place() {
        return folder.toString();
    }

    /** @throws DevpkiException NOT_FOUND if there is none */
    @Override
    public Bytes answer(Bytes request) {
        return read(request).orElseThrow(() -> DevpkiException.notFound("there is no answer in " + place()));
    }

    Optional<Bytes> read(Bytes request) {
        return WholeFiles.readIfPresent(file(request), MOST_OCTETS);
    }

    void put(Bytes request, Bytes answer) {
        Path file = file(request);
        WholeFiles.makeFolders(folder, Objects.requireNonNull(file.getParent()), Modes.PUBLIC_FOLDER);
        WholeFiles.write(file, answer, Modes.PUBLIC_FILE);
    }

    /** Deletes the answer if there is one; tells whether there was. */
    boolean remove(Bytes request) {
        Path file = file(request);
        boolean isThere = Files.exists(file);
        if (isThere) {
            WholeFiles.deleteUpTo(folder, file);
        }
        return isThere;
    }

    /** Clears away what killed writers left; only while nobody else puts. */
    void tidy() {
        WholeFiles.sweepBelow(folder);
    }

    private Path file(Bytes request) {
        return folder.resolve(Base64.getEncoder().encodeToString(request.toArray()));
    }
}
