package org.devpki.files;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFilesTest {
    @TempDir
    Path folder;

    private List<String> names() {
        return WholeFiles.list(folder).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }

    private static SecretBytes secret(String text) {
        return SecretBytes.taking(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void aFileIsWrittenWithItsModeAndNothingElseIsLeft() throws IOException {
        WholeFiles.write(folder.resolve("a.crl"), Bytes.utf8("public"), Modes.PUBLIC_FILE);
        WholeFiles.write(folder.resolve("a.key"), secret("secret"), Modes.SECRET_FILE);

        assertEquals("public", Files.readString(folder.resolve("a.crl")));
        assertEquals("644", WholeFiles.mode(folder.resolve("a.crl")));
        assertEquals("600", WholeFiles.mode(folder.resolve("a.key")));
        assertTrue(WholeFiles.isPrivate(folder.resolve("a.key")));
        assertFalse(WholeFiles.isPrivate(folder.resolve("a.crl")));
        assertEquals(List.of("a.crl", "a.key"), names());
    }

    @Test
    void aFileIsReplacedWithItsMode() throws IOException {
        Path file = folder.resolve("a");
        WholeFiles.write(file, Bytes.utf8("old and longer"), Modes.PUBLIC_FILE);

        WholeFiles.write(file, secret("new"), Modes.SECRET_FILE);

        assertEquals("new", Files.readString(file));
        assertEquals("600", WholeFiles.mode(file));
    }

    @Test
    void aReaderKeepsTheOldFileWholeWhileItIsReplaced() throws IOException {
        Path file = folder.resolve("a");
        WholeFiles.write(file, Bytes.utf8("old"), Modes.PUBLIC_FILE);

        try (var reader = Files.newInputStream(file)) {
            WholeFiles.write(file, Bytes.utf8("new"), Modes.PUBLIC_FILE);

            assertEquals("old", new String(reader.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    @Test
    void aFolderIsNotReplacedByAFileAndNothingIsLeft() throws IOException {
        Path target = Files.createDirectory(folder.resolve("a"));

        assertFault(
                Fault.STORE_FAILED,
                "cannot write " + target,
                () -> WholeFiles.write(target, Bytes.utf8("x"), Modes.PUBLIC_FILE));
        assertEquals(List.of("a"), names());
        assertTrue(Files.isDirectory(target));
    }

    @Test
    void aFileInAFolderThatIsNotThereIsNotFound() {
        assertFault(
                Fault.NOT_FOUND,
                "there is no ",
                () -> WholeFiles.write(folder.resolve("no/a"), Bytes.utf8("x"), Modes.PUBLIC_FILE));
    }

    @Test
    void theSecretGivenStaysItsOwners() {
        SecretBytes secret = secret("secret");

        WholeFiles.write(folder.resolve("a"), secret, Modes.SECRET_FILE);

        assertEquals(secret("secret"), secret);
    }

    @Test
    void readingTooMuchOrAFolderOrNothingIsOneSentence() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "12345");

        assertEquals("12345", WholeFiles.read(file, 5).asUtf8());
        assertFault(Fault.INVALID_INPUT, "more than 4 octets", () -> WholeFiles.read(file, 4));
        assertFault(Fault.INVALID_INPUT, "it is a folder", () -> WholeFiles.read(folder, 4));
        assertFault(Fault.NOT_FOUND, "there is no ", () -> WholeFiles.read(folder.resolve("no"), 4));
        assertEquals(Optional.empty(), WholeFiles.readIfPresent(folder.resolve("no"), 4));
    }

    @Test
    void aFolderIsMadeWithThoseAboveItAndTheLastHasTheMode() {
        WholeFiles.makeFolder(folder.resolve("a/b/keys"), Modes.SECRET_FOLDER);
        WholeFiles.makeFolder(folder.resolve("shelf"), Modes.PUBLIC_FOLDER);

        assertEquals("700", WholeFiles.mode(folder.resolve("a/b/keys")));
        assertEquals("755", WholeFiles.mode(folder.resolve("shelf")));
    }

    @Test
    void aFolderThatIsThereIsLeftAsItIs() throws IOException {
        Path made = Files.createDirectory(folder.resolve("a"));
        WholeFiles.setMode(made, Modes.SECRET_FOLDER);

        WholeFiles.makeFolder(made, Modes.PUBLIC_FOLDER);

        assertEquals("700", WholeFiles.mode(made));
    }

    @Test
    void aFolderIsNotMadeWhereAFileIs() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "x");

        assertFault(Fault.STORE_FAILED, "is in the way", () -> WholeFiles.makeFolder(file, Modes.PUBLIC_FOLDER));
    }

    @Test
    void manyWhoMakeTheSameFolderAtOnceAllHaveIt() throws Exception {
        int many = 8;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            for (int round = 0; round < 50; round++) {
                Path wanted = folder.resolve("out-" + round).resolve("line");
                CyclicBarrier start = new CyclicBarrier(many);
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < many; i++) {
                    all.add(threads.submit(() -> {
                        start.await();
                        WholeFiles.makeFolder(wanted, Modes.PUBLIC_FOLDER);
                        return wanted;
                    }));
                }
                for (Future<?> one : all) {
                    one.get(20, TimeUnit.SECONDS);
                }
                assertEquals("755", WholeFiles.mode(wanted));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aStagedFolderIsSecretFilledAndSettled() throws IOException {
        Path target = folder.resolve("d1");
        Path staged = WholeFiles.stageFolder(target);
        assertEquals("700", WholeFiles.mode(staged));

        WholeFiles.fill(
                staged,
                List.of(
                        new ExportedFile("client_key.pem", secret("k"), ExportedFile.Kind.SECRET),
                        new ExportedFile("client_crt.pem", secret("c"), ExportedFile.Kind.PUBLIC)));
        assertFalse(Files.exists(target));
        WholeFiles.settle(staged, target);

        assertEquals("k", Files.readString(target.resolve("client_key.pem")));
        assertEquals("600", WholeFiles.mode(target.resolve("client_key.pem")));
        assertEquals("644", WholeFiles.mode(target.resolve("client_crt.pem")));
        assertEquals(List.of("d1"), names());
    }

    @Test
    void aFolderThatHoldsSomethingIsNotSettledOver() throws IOException {
        Path target = Files.createDirectory(folder.resolve("d1"));
        Files.writeString(target.resolve("client_key.pem"), "precious");
        Path staged = WholeFiles.stageFolder(target);

        assertFault(Fault.CONFLICT, "exists already", () -> WholeFiles.settle(staged, target));

        assertEquals("precious", Files.readString(target.resolve("client_key.pem")));
    }

    @Test
    void sweepingTakesWhatWasLeftBesideTheTargetAndNothingElse() throws IOException {
        Path target = folder.resolve("d1");
        Path left = WholeFiles.stageFolder(target);
        Files.writeString(left.resolve("client_key.pem"), "half");
        Path others = WholeFiles.stageFolder(folder.resolve("d10"));
        Files.writeString(folder.resolve(".d1"), "a user's");
        Files.writeString(folder.resolve("d1.devpki-tmp-1"), "a user's");
        Files.createDirectory(target);

        WholeFiles.sweep(target);

        assertFalse(Files.exists(left));
        assertTrue(Files.exists(others));
        assertEquals(List.of(".d1", String.valueOf(others.getFileName()), "d1", "d1.devpki-tmp-1"), names());
        assertEquals(List.of(others), WholeFiles.leftovers(folder));
    }

    @Test
    void deletingDoesNotFollowLinks() throws IOException {
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("a"), "x");
        Path doomed = Files.createDirectory(folder.resolve("doomed"));
        Files.createSymbolicLink(doomed.resolve("link"), precious);

        WholeFiles.delete(doomed);

        assertFalse(Files.exists(doomed));
        assertTrue(Files.exists(precious.resolve("a")));
    }

    @Test
    void whatIsSetAsideCanBeTakenBack() throws IOException {
        Path target = Files.createDirectory(folder.resolve("d1"));
        Files.writeString(target.resolve("a"), "old");

        Path aside = WholeFiles.setAside(target);

        assertFalse(Files.exists(target));
        assertEquals("old", Files.readString(aside.resolve("a")));
        assertEquals(List.of(aside), WholeFiles.leftovers(folder));
    }

    @Test
    void aFailureSaysWhatAndWhyWithoutTheLibrarysClasses() {
        DevpkiException told =
                assertThrows(DevpkiException.class, () -> WholeFiles.setMode(folder.resolve("no"), Modes.SECRET_FILE));

        assertEquals(
                "cannot set the mode of " + folder.resolve("no") + ": there is no " + folder.resolve("no"),
                told.sentence());
        assertTrue(Arrays.stream(new String[] {"Exception", "java."}).noneMatch(told.sentence()::contains));
    }
}
