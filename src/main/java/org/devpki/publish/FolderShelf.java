package org.devpki.publish;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;

/** A shelf in a folder, made when it is first needed. */
public final class FolderShelf implements Shelf {
    private static final long MOST_OCTETS = 1L << 31;

    private final Path folder;

    public FolderShelf(Path folder) {
        this.folder = folder;
    }

    @Override
    public String place() {
        return folder.toAbsolutePath().normalize().toString();
    }

    @Override
    public Optional<Bytes> read(String file) {
        return WholeFiles.readIfPresent(folder.resolve(file), MOST_OCTETS);
    }

    @Override
    public void put(String file, Bytes content) {
        WholeFiles.makeFolder(folder, Modes.PUBLIC_FOLDER);
        WholeFiles.write(folder.resolve(file), content, Modes.PUBLIC_FILE);
    }

    @Override
    public void tidy() {
        WholeFiles.leftovers(folder).stream()
                .filter(left -> left.toString().contains(".crl.")) // the folder may be others' too
                .forEach(WholeFiles::delete);
    }
}
