package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Key files: under another passphrase, and in every bad state that a person can bring them into. */
@Tag("story")
class KeyFileStoriesTest {
    /** Root, issuing CA, its OCSP responder, and the key pool's own. */
    private static final int FILES = 4;

    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess devpki;
    private Path issuingKey;

    @BeforeAll
    static void makeAStoreWithAPool() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess.in(template)
                .run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        InProcess.in(template)
                .run("key", "pool", "fill", "--kind", "RSA-2048", "--keys", "1")
                .exiting(0);
    }

    @BeforeEach
    void aCopyOfIt() throws IOException {
        StoreProof.copy(template, folder);
        Files.writeString(folder.resolve("new"), "battery staple\n");
        devpki = InProcess.in(folder);
        issuingKey = folder.resolve("pki/keys/issuing-ca.key.pem");
    }

    private InProcess underNew(Path where) {
        return InProcess.in(where)
                .with("DEVPKI_PASSPHRASE_FILE", where.resolve("new").toString());
    }

    private Finished change(InProcess devpki, Path where, String... options) {
        List<String> command = new ArrayList<>(List.of(
                "key",
                "passphrase",
                "change",
                "--new-passphrase-file",
                where.resolve("new").toString()));
        command.addAll(Arrays.asList(options));
        return devpki.run(command.toArray(String[]::new));
    }

    /** The octets of each key file. */
    private static Map<String, Bytes> keyFiles(Path where) {
        Map<String, Bytes> found = new TreeMap<>();
        for (String name : List.of("pki/keys", "pki/pool")) {
            try (Stream<Path> files = Files.list(where.resolve(name))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    found.put(String.valueOf(file.getFileName()), Bytes.of(Files.readAllBytes(file)));
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return found;
    }

    private static void assertAllOpen(InProcess devpki) {
        Finished list = devpki.run("key", "list", "--open").exiting(0);
        assertEquals(
                FILES,
                list.out().lines().filter(line -> line.contains(" opens ")).count(),
                list::out);
    }

    /** For then a good copy that is put back would be under a passphrase that nobody keeps. */
    @Test
    void nothingIsChangedWhereAFileHasTheKeyOfAnotherCa() throws IOException {
        Files.copy(folder.resolve("pki/keys/root-ca.key.pem"), issuingKey, StandardCopyOption.REPLACE_EXISTING);
        Map<String, Bytes> before = keyFiles(folder);

        Finished changed = change(devpki, folder).exiting(9);
        Finished rewrapped = devpki.run("key", "rewrap", "--kdf", "pbkdf2").exiting(9);

        assertTrue(changed.err().contains("issuing-ca.key.pem holds another key than the one"), changed::err);
        assertTrue(rewrapped.err().contains("issuing-ca.key.pem holds another key than the one"), rewrapped::err);
        assertEquals(before, keyFiles(folder));
    }

    @Test
    void anotherPassphraseOpensEveryKeyAndTheOldOneNone() {
        assertEquals(FILES, keyFiles(folder).size());

        Finished changed = change(devpki, folder).exiting(0);
        Finished again = change(devpki, folder, "--json").exiting(0);

        assertEquals("4 key files are under the new passphrase\n", changed.out());
        assertTrue(again.out().contains("\"changed\" : false"), again::out);
        assertAllOpen(underNew(folder));
        Finished old = devpki.run("key", "list", "--open").exiting(9);
        assertEquals(
                FILES,
                old.out().lines().filter(line -> line.contains(" unavailable ")).count(),
                old::out);
        underNew(folder)
                .run(
                        "issue",
                        "d1",
                        "--profile",
                        "device-ds-rsa",
                        "--target",
                        "esp32c3",
                        "--out",
                        folder.resolve("out").toString())
                .exiting(0);
        assertTrue(devpki.run("audit", "list").out().contains("key.passphrase"));
        devpki.run("doctor").exiting(0);
    }

    @Test
    void aChangeThatIsKilledAnywhereIsEndedByTheSameCommand(@TempDir Path corpses) {
        List<Path> killed = new ArrayList<>();

        change(
                        devpki.at(step -> {
                            if (step.name().startsWith("REWRAP")) {
                                Path corpse = corpses.resolve("corpse-" + killed.size());
                                StoreProof.copyAs(folder, corpse);
                                killed.add(corpse);
                            }
                        }),
                        folder)
                .exiting(0);

        assertEquals(1 + FILES, killed.size());
        for (int done = 0; done <= FILES; done++) {
            Path corpse = killed.get(done);
            Finished rest = change(InProcess.in(corpse), corpse).exiting(0);
            int left = FILES - done;
            assertTrue(rest.out().startsWith(left == 0 ? "nothing to do" : left + " key files are under"), rest::out);
            assertAllOpen(underNew(corpse));
        }
    }

    @Test
    void aFileThatOpensUnderNeitherPassphraseLeavesAllAsTheyAre() throws IOException {
        Files.writeString(folder.resolve("third"), "somebody else's\n");
        Path root = folder.resolve("pki/keys/root-ca.key.pem");
        devpki.run(
                        "key",
                        "passphrase",
                        "change",
                        "--ca",
                        "root-ca",
                        "--new-passphrase-file",
                        folder.resolve("third").toString())
                .exiting(0);
        Map<String, Bytes> before = keyFiles(folder);

        Finished refused = change(devpki, folder).exiting(9);

        assertEquals("devpki: error: the passphrase does not open key file " + root + "\n", refused.err());
        assertEquals(before, keyFiles(folder));
    }

    @Test
    void aCaCanHaveAPassphraseOfItsOwnWithWhatSignsForIt() {
        Finished changed = change(devpki, folder, "--ca", "issuing-ca").exiting(0);

        assertEquals("2 key files are under the new passphrase\n", changed.out());
        devpki.run("key", "show", "root-ca", "--open").exiting(0);
        devpki.run("key", "show", "issuing-ca", "--open").exiting(9);
        underNew(folder).run("key", "show", "issuing-ca", "--open").exiting(0);
        underNew(folder).run("key", "show", "issuing-ca-ocsp", "--open").exiting(0);
    }

    @Test
    void theNewPassphraseIsNeitherTheOldOneNorEmptyNorWaitedFor() throws IOException {
        Map<String, Bytes> before = keyFiles(folder);
        String same = folder.resolve("passphrase").toString();
        Files.writeString(folder.resolve("empty"), "\n");

        Finished old = devpki.run("key", "passphrase", "change", "--new-passphrase-file", same)
                .exiting(2);
        Finished empty = devpki.run(
                        "key",
                        "passphrase",
                        "change",
                        "--new-passphrase-file",
                        folder.resolve("empty").toString())
                .exiting(9);
        Finished none = devpki.run("key", "passphrase", "change").exiting(9);

        assertEquals("devpki: error: the new passphrase is the old one\n", old.err());
        assertEquals("devpki: error: the new passphrase is empty\n", empty.err());
        assertEquals(
                "devpki: error: no new passphrase for the CA keys, and no terminal to ask on",
                none.err().lines().findFirst().orElse(""));
        assertEquals(before, keyFiles(folder));
    }

    @Test
    void whatIsAsStrongAsNewKeysIsNotEncryptedAnew() {
        Map<String, Bytes> before = keyFiles(folder);

        Finished rewrapped = devpki.run("key", "rewrap").exiting(0);

        assertEquals("nothing to do: 4 key files are as wanted\n", rewrapped.out());
        assertEquals(before, keyFiles(folder));
    }

    /** Each bad state of the issuing CA's key file, told by whoever needs the key; what was there stays. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    cut     | cannot be used: it is cut or damaged: its block "-----BEGIN ENCRYPTED PRIVATE KEY-----" does not go on to its end
                    emptied | cannot be used: it is empty
                    0640    | has mode 640, so others can reach it; it must be 600
                    0604    | has mode 604, so others can reach it; it must be 600
                    swapped | holds another key than the one its certificate names
                    deleted | is not there
                    """)
    void aBadKeyFileIsToldInOneSentence(String state, String sentence) throws IOException {
        byte[] pem = Files.readAllBytes(issuingKey);
        switch (state) {
            case "cut" -> Files.write(issuingKey, Arrays.copyOf(pem, pem.length / 2));
            case "emptied" -> Files.write(issuingKey, new byte[0]);
            case "swapped" -> Files.write(issuingKey, Files.readAllBytes(folder.resolve("pki/keys/root-ca.key.pem")));
            case "deleted" -> Files.delete(issuingKey);
            default ->
                Files.setPosixFilePermissions(
                        issuingKey, PosixFilePermissions.fromString(state.equals("0640") ? "rw-r-----" : "rw----r--"));
        }
        Map<String, Bytes> before = keyFiles(folder);

        Finished issued = devpki.run(
                        "issue", "d1", "--out", folder.resolve("out").toString())
                .exiting(9);
        Finished shown =
                devpki.run("key", "show", "issuing-ca", "--open", "--json").exiting(9);
        Finished doctor = devpki.run("doctor");

        String whole = "key file " + issuingKey + " " + sentence;
        assertEquals("devpki: error: " + whole, issued.err().lines().findFirst().orElse(""));
        assertTrue(shown.out().contains("\"problem\" : \"" + whole.replace("\"", "\\\"") + "\""), shown::out);
        assertTrue(shown.out().contains("\"opens\" : false"), shown::out);
        assertEquals(state.equals("swapped") ? 0 : 8, doctor.exit(), doctor::all); // it has no passphrase
        assertEquals(before, keyFiles(folder));
        assertFalse(Files.exists(folder.resolve("out/d1")));
        assertEquals(List.of(), StoreProof.of(folder).rows("d1"));
    }

    @Test
    void aKeyThatOthersCouldReachIsMadePrivateByTheDoctor() throws IOException {
        Files.setPosixFilePermissions(issuingKey, PosixFilePermissions.fromString("rw-r--r--"));

        devpki.run("doctor", "--repair").exiting(0);

        devpki.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);
    }

    @Test
    void keysAreToldWithoutAPassphrase() {
        Finished list =
                devpki.with("DEVPKI_PASSPHRASE_FILE", "").run("key", "list").exiting(0);
        Finished unknown = devpki.run("key", "show", "plant-7").exiting(3);

        assertTrue(
                list.out()
                        .contains("issuing-ca           ca                P-256     there       file:issuing-ca.key.pem"
                                + "  scrypt N=16384 r=8 p=1, AES-256-CBC\n"),
                list::out);
        assertTrue(unknown.err().startsWith("devpki: error: there is no key of plant-7\n"), unknown::err);
    }
}
