package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher where it is installed without a checkout: {@code bin/devpki} and {@code lib/devpki.jar}. */
class LauncherIT {
    @TempDir
    Path folder;

    private Path jar;

    @BeforeEach
    void anInstallation() throws IOException {
        Path lib = Files.createDirectory(folder.resolve("lib"));
        Path bin = Files.createDirectory(folder.resolve("bin"));
        jar = Files.copy(Devpki.JAR, lib.resolve("devpki.jar"));
        Files.copy(Devpki.ROOT.resolve("scripts/devpki"), bin.resolve("devpki"));
    }

    private Finished version() {
        return Tool.in(folder)
                .with("JAVA_HOME", System.getProperty("java.home"))
                .run("bin/devpki", "--version")
                .exiting(0);
    }

    private Path archive() throws IOException {
        try (Stream<Path> files = Files.list(jar.getParent())) {
            List<Path> others = files.filter(file -> !file.equals(jar)).toList();
            assertEquals(1, others.size(), others::toString);
            return others.get(0);
        }
    }

    private static Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Test
    void theClassesAreArchivedOnceForEachJar() throws IOException {
        assertEquals("", version().err());
        Path archive = archive();
        assertTrue(Files.size(archive) > 1_000_000);

        Object first = identity(archive);
        assertEquals("", version().err());
        assertEquals(first, identity(archive()));

        Files.setLastModifiedTime(
                jar, FileTime.from(Instant.parse("2020-01-01T00:00:00Z"))); // as packages are unpacked
        assertEquals("", version().err());
        assertNotEquals(first, identity(archive()));
    }

    @Test
    void anArchiveOfAnotherJarIsNeitherUsedNorAnError() throws IOException {
        String good = version().out();
        Path archive = archive();
        FileTime another = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(jar, another);
        Files.setLastModifiedTime(archive, another);

        Finished version = version();

        assertEquals("", version.err());
        assertEquals(good, version.out()); // where Java would say that it does not use it
    }

    /** As where Java cannot write one, or dies of it. */
    @Test
    void anEmptyArchiveIsNotUsedNorMadeAgain() throws IOException {
        version();
        Path archive = archive();
        Files.delete(archive);
        Files.createFile(archive);
        Files.setLastModifiedTime(archive, Files.getLastModifiedTime(jar));

        assertEquals("", version().err());

        assertEquals(0, Files.size(archive()));
    }
}
