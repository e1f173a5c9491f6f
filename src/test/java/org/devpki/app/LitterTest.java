package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.devpki.files.WholeFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LitterTest {
    @TempDir
    Path folder;

    private final Litter litter = new Litter();

    /** What a process leaves that dies between filling a device's folder and renaming it. */
    private Path leftBeside(String target) throws IOException {
        Path left = WholeFiles.stageFolder(folder.resolve(target));
        Files.writeString(left.resolve("client_key.pem"), "secret");
        return left;
    }

    @Test
    void whatWasLeftBesideATargetGoesAndWhatIsBesideOthersStays() throws IOException {
        leftBeside("d1");
        leftBeside("d1+efuse");
        Path other = leftBeside("d2");

        litter.sweep(folder, Set.of("d1", "d1+efuse"));

        assertEquals(List.of(other), WholeFiles.leftovers(folder));
    }

    @Test
    void aFolderIsReadOnceHoweverItIsCalled() throws IOException {
        litter.sweep(folder, Set.of("d1"));
        Path later = leftBeside("d1");

        litter.sweep(folder.resolve("."), Set.of("d1"));

        assertEquals(List.of(later), WholeFiles.leftovers(folder));
        new Litter().sweep(folder, Set.of("d1"));
        assertEquals(List.of(), WholeFiles.leftovers(folder));
    }
}
