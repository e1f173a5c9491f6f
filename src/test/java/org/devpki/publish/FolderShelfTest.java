package org.devpki.publish;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.Fault;
import org.devpki.model.OctetSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderShelfTest {
    @TempDir
    Path folder;

    @Test
    void aShelfIsMadeWhenItIsFirstNeededAndReadableByBrokers() {
        FolderShelf shelf = new FolderShelf(folder.resolve("publish/crl"));
        assertEquals(Optional.empty(), shelf.read("issuing-ca.crl"));
        assertFalse(Files.exists(folder.resolve("publish")));

        shelf.put("issuing-ca.crl", Bytes.utf8("one"));

        assertEquals("755", WholeFiles.mode(folder.resolve("publish/crl")));
        assertEquals("644", WholeFiles.mode(folder.resolve("publish/crl/issuing-ca.crl")));
        assertEquals(
                Optional.of(Bytes.utf8("one")), shelf.read("issuing-ca.crl").map(OctetSource::toBytes));
    }

    @Test
    void aFileOnTheShelfIsReplacedWhole() {
        FolderShelf shelf = new FolderShelf(folder);
        shelf.put("a.crl", Bytes.utf8("first"));

        shelf.put("a.crl", Bytes.utf8("2nd"));

        assertEquals(Optional.of(Bytes.utf8("2nd")), shelf.read("a.crl").map(OctetSource::toBytes));
        assertEquals(List.of(folder.resolve("a.crl")), WholeFiles.list(folder));
    }

    @Test
    void tidyingClearsWhatInterruptedWritersLeft() throws IOException {
        FolderShelf shelf = new FolderShelf(folder);
        shelf.put("a.crl", Bytes.utf8("whole"));
        Files.writeString(folder.resolve(".a.crl.devpki-tmp-1f-2e"), "ha");
        Files.writeString(folder.resolve(".htaccess"), "the web server's");

        shelf.tidy();

        assertEquals(List.of(folder.resolve(".htaccess"), folder.resolve("a.crl")), WholeFiles.list(folder));
    }

    @Test
    void aFolderInThePlaceOfAFileIsRefusedAndKept() throws IOException {
        Files.createDirectories(folder.resolve("a.crl/inside"));
        FolderShelf shelf = new FolderShelf(folder);

        assertFault(Fault.STORE_FAILED, "a.crl", () -> shelf.put("a.crl", Bytes.utf8("x")));

        assertEquals(List.of(folder.resolve("a.crl")), WholeFiles.list(folder));
    }
}
