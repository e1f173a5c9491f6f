package org.devpki.publish;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.files.FileSpool;
import org.devpki.files.Modes;
import org.devpki.files.StagedFile;
import org.devpki.files.WholeFiles;
import org.devpki.model.OctetSource;

/** A shelf in a folder, made when it is first needed. */
public final class FolderShelf implements Shelf {
    private final Path folder;

    public FolderShelf(Path folder) {
        this.folder = folder;
    }

    @Override
    public String place() {
        return folder.toAbsolutePath().normalize().toString();
    }

    @Override
    public Optional<OctetSource> read(String file) {
        return WholeFiles.sourceIfPresent(folder.resolve(file));
    }

    /** The file beside its place, to be proven before it goes there. */
    public StagedFile stage(String file, OctetSource content) {
        WholeFiles.makeFolder(folder, Modes.PUBLIC_FOLDER);
        return WholeFiles.stage(folder.resolve(file), Modes.PUBLIC_FILE, content::copyTo);
    }

    /** For octets that will become this file. */
    public FileSpool spool(String file) {
        WholeFiles.makeFolder(folder, Modes.PUBLIC_FOLDER);
        return new FileSpool(folder.resolve(file));
    }

    @Override
    public void put(String file, OctetSource content) {
        WholeFiles.makeFolder(folder, Modes.PUBLIC_FOLDER);
        WholeFiles.write(folder.resolve(file), content, Modes.PUBLIC_FILE);
    }

    @Override
    public void tidy() {
        WholeFiles.leftovers(folder).stream()
                .filter(left -> left.toString().contains(".crl.")) // the folder may be others' too
                .forEach(WholeFiles::delete);
    }

    @Override
    public void close() {
        // files stay where they are
    }
}
