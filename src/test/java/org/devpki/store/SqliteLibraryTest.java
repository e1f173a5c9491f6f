package org.devpki.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLibraryTest {
    @TempDir
    Path folder;

    private Path cache;
    private UserPrincipal me;

    @BeforeEach
    void aCacheOfMine() throws IOException {
        cache = Files.createDirectory(folder.resolve("cache"));
        me = Files.getOwner(cache);
    }

    private Optional<Path> unpacked() {
        return SqliteLibrary.unpacked(cache, me);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static List<String> names(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theLibraryIsItsOwnersAlone() throws IOException {
        Path library = unpacked().orElseThrow();

        assertEquals("rwx------", mode(library.getParent()));
        assertEquals("rw-------", mode(library));
        assertEquals(List.of(library.getFileName().toString()), names(cache.resolve("devpki")));
    }

    @Test
    void aLibraryThatIsThereIsKept() throws IOException {
        Path library = unpacked().orElseThrow();
        FileTime longAgo = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(library, longAgo);

        assertEquals(Optional.of(library), unpacked());

        assertEquals(longAgo, Files.getLastModifiedTime(library));
    }

    @Test
    void aTamperedLibraryIsReplaced() throws IOException {
        Path library = unpacked().orElseThrow();
        byte[] good = Files.readAllBytes(library);
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 1;
        Files.write(library, bad);

        Path again = unpacked().orElseThrow();

        assertEquals(-1, Files.mismatch(again, Files.write(folder.resolve("good"), good)));
    }

    @Test
    void aLinkInPlaceOfTheLibraryIsReplaced() throws IOException {
        Path library = unpacked().orElseThrow();
        Path elsewhere = Files.move(library, folder.resolve("elsewhere"));
        Files.createSymbolicLink(library, elsewhere);

        Path again = unpacked().orElseThrow();

        assertFalse(Files.isSymbolicLink(again));
    }

    @Test
    void aLinkInPlaceOfTheFolderIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        mode(elsewhere, "rwx------");
        Files.createSymbolicLink(cache.resolve("devpki"), elsewhere);

        assertEquals(Optional.empty(), unpacked());
        assertEquals(List.of(), names(elsewhere));
    }

    @Test
    void aFolderThatOthersMayEnterIsRefused() throws IOException {
        mode(Files.createDirectory(cache.resolve("devpki")), "rwxrwx---");

        assertEquals(Optional.empty(), unpacked());
        assertEquals(List.of(), names(cache.resolve("devpki")));
    }

    @Test
    void aFolderBelowOneThatOthersMayWriteIsRefused() throws IOException {
        assertTrue(unpacked().isPresent());
        mode(cache, "rwxrwxrwx");

        assertEquals(Optional.empty(), unpacked());
    }

    @Test
    void aFolderOfSomebodyElseIsRefused() throws IOException {
        assertTrue(unpacked().isPresent());
        UserPrincipal somebody =
                cache.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");

        assertEquals(Optional.empty(), SqliteLibrary.unpacked(cache, somebody));
    }

    @Test
    void aCacheThatCannotBeMadeIsDoneWithout() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertEquals(Optional.empty(), SqliteLibrary.unpacked(file.resolve("cache"), me));
    }

    @Test
    void processesAtOnceLoadOneLibraryAndLeaveNothingElsewhere() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        List<Process> processes = new ArrayList<>();
        for (int process = 0; process < 3; process++) {
            processes.add(opening(temporary, cache));
        }

        for (Process process : processes) {
            assertEquals("0 in " + cache.toRealPath().resolve("devpki"), said(process));
        }
        assertEquals(1, names(cache.resolve("devpki")).size());
        assertEquals(List.of(), names(temporary));
    }

    @Test
    void whereNoCacheCanBeMadeTheDriverUnpacksByItself() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path file = Files.createFile(folder.resolve("file"));

        assertEquals("2 in null", said(opening(temporary, file)));
    }

    private static Process opening(Path temporary, Path cache) throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Opening.class.getName(),
                temporary.resolveSibling("ledger-" + System.nanoTime()).toString());
        java.environment().put("XDG_CACHE_HOME", cache.toString());
        return java.redirectErrorStream(true).start();
    }

    private static String said(Process process) throws IOException, InterruptedException {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return said;
    }

    /** Opens a ledger and tells how many files lie in the folder for temporary ones meanwhile, and where the library is. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] args) throws Exception {
            Path file = Path.of(args[0]);
            try (var connection = new SqliteDialect()
                    .connect("jdbc:sqlite:" + file, file.getParent(), java.time.Duration.ofSeconds(1), true)) {
                int count = names(Path.of(System.getProperty("java.io.tmpdir"))).size();
                System.out.println(count + " in " + System.getProperty("org.sqlite.lib.path"));
            }
        }
    }
}
