package org.devpki.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.devpki.model.OctetSource;
import org.devpki.model.Spool;

/** Octets kept in hidden files of a folder until it is closed; a killed process leaves them for the next tidying. */
public final class FileSpool implements Spool, AutoCloseable {
    private final Path target;
    private final List<StagedFile> kept = new ArrayList<>();

    /** @param target beside which the files are, and after which they are named */
    public FileSpool(Path target) {
        this.target = target;
    }

    @Override
    public OctetSource keep(Filling filling) {
        StagedFile file = WholeFiles.stage(target, Modes.SECRET_FILE, filling);
        kept.add(file);
        return file.octets();
    }

    @Override
    public void close() {
        kept.forEach(StagedFile::close);
    }
}
