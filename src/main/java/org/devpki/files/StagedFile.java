package org.devpki.files;

import java.nio.file.Path;
import org.devpki.model.OctetSource;

/** A file that is whole and synced, beside the one that it will replace; gone when it is closed before that. */
public final class StagedFile implements AutoCloseable {
    private final Path beside;
    private final Path target;

    StagedFile(Path beside, Path target) {
        this.beside = beside;
        this.target = target;
    }

    public OctetSource octets() {
        return WholeFiles.source(beside);
    }

    /** Renames it into place; durable when this returns. */
    public void settle() {
        WholeFiles.replace(beside, target);
    }

    @Override
    public void close() {
        WholeFiles.delete(beside);
    }
}
