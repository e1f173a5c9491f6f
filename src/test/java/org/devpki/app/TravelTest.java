package org.devpki.app;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.devpki.files.Archive;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint.Step;
import org.devpki.model.ExportedFile;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.x509.EncryptedKeys;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles that travel: sealed, packed, opened by whoever has the key; nothing half, nothing in clear on the way. */
class TravelTest {
    private static final String HMAC = "hmac_up.bin";

    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess devpki;

    /** A sealed batch of three devices, one of which also has a key to burn, and its archives. */
    @BeforeAll
    static void makeASealedBatch() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        for (String name : List.of("line", "other")) {
            Files.writeString(
                    template.resolve(name + ".pem"),
                    Pem.certificate(TestAuthority.root(name).certificate()));
            WholeFiles.write(
                    template.resolve(name + ".key"),
                    Pem.privateKey(TestKeys.key(TestKeys.P_256, name).pkcs8()),
                    Modes.SECRET_FILE);
        }
        InProcess there = InProcess.in(template);
        there.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        Files.writeString(template.resolve("list.csv"), "name\nd2\nd1\ncon\n");
        there.run(of(
                        template,
                        "batch run $list.csv --batch B1 --seal-to $line.pem --out $out --results $results.jsonl"))
                .exiting(0);
        for (String kind : List.of(".tar.zst", ".zip")) {
            there.run(of(template, "batch archive B1 --from $out --add $results.jsonl --out $B1" + kind))
                    .exiting(0);
        }
        there.run(of(template, "issue burnt --target c3 --key-home hmac --seal-to $line.pem --out $more"))
                .exiting(0);
    }

    /** @param words of which those that begin with a dollar sign are files */
    private static String[] of(Path home, String words) {
        return Arrays.stream(words.split(" "))
                .map(word ->
                        word.startsWith("$") ? home.resolve(word.substring(1)).toString() : word)
                .toArray(String[]::new);
    }

    @BeforeEach
    void aCopyOfIt() {
        StoreProof.copy(template, folder);
        devpki = InProcess.in(folder);
    }

    private Finished run(String words) {
        return devpki.run(of(folder, words));
    }

    private String refusal(int exit, String words) {
        return Refusal.of(devpki::run, exit, of(folder, words));
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static List<String> names(Path place) {
        return WholeFiles.list(place).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"B1.tar.zst", "B1.zip", "out"})
    void whoeverHasTheKeyOpensAWholeBatchAndDoesSoOnce(String place) throws IOException {
        Finished opened = run("bundle open $" + place + " --key $line.key --out $clear --json")
                .exiting(0);
        Finished again =
                run("bundle open $" + place + " --key $line.key --out $clear").exiting(0);

        assertTrue(opened.out().contains("\"folders\" : 3,\n  \"files\" : 3,\n  \"changed\" : true"), opened.out());
        assertEquals(
                "nothing to do: opened 3 sealed files of 3 folders into " + file("clear") + " before\n", again.out());
        assertEquals(List.of("%63on", "d1", "d2"), names(file("clear")));
        for (String device : names(file("clear"))) {
            Path there = file("clear").resolve(device);
            assertEquals(
                    List.of(
                            "CMakeLists.txt",
                            "SHA256SUMS",
                            "client_crt.pem",
                            "client_key.pem",
                            "devpki_mqtt.h",
                            "embed.README.txt",
                            "server_root_ca.pem"),
                    names(there));
            assertEquals("600", WholeFiles.mode(there.resolve("client_key.pem")));
            assertEquals("644", WholeFiles.mode(there.resolve("client_crt.pem")));
            assertTrue(
                    Files.readString(there.resolve("SHA256SUMS")).contains("\n# secrets in clear: client_key.pem\n"));
        }
        StoreProof proof = StoreProof.of(folder);
        Files.move(file("out"), file("sealed"));
        Files.move(file("clear"), file("out"));
        proof.bundleHolds(proof.oneValid("d1")); // the key is the certificate's
    }

    @Test
    void aDevicesFolderOpensWithWhatIsBurnedBesideIt() throws IOException {
        run("bundle open $more/burnt --key $line.key --out $clear").exiting(0);

        assertEquals(List.of("burnt", "burnt+efuse"), names(file("clear")));
        assertEquals(List.of("SHA256SUMS", "burn.sh", HMAC), names(file("clear/burnt+efuse")));
        assertEquals(32, Files.size(file("clear/burnt+efuse/" + HMAC)));
        run("bundle verify $clear/burnt/esp_secure_cert.bin --hmac-key $clear/burnt+efuse/" + HMAC)
                .exiting(0);
        run("efuse confirm burnt --yes --out $clear").exiting(0);
    }

    @Test
    void oneFileOpensBesideItselfOrElsewhereOrToStandardOutput() throws IOException {
        String sealed = "$more/burnt+efuse/" + HMAC + ".cms";
        Finished beside = run("bundle open " + sealed + " --key $line.key").exiting(0);
        byte[] key = Files.readAllBytes(file("more/burnt+efuse/" + HMAC));
        Finished again = run("bundle open " + sealed + " --key $line.key").exiting(0);
        run("bundle open " + sealed + " --key $line.key --out $elsewhere").exiting(0);
        Finished printed =
                run("bundle open " + sealed + " --key $line.key --out -").exiting(0);

        assertEquals("opened 1 sealed file into " + file("more/burnt+efuse/" + HMAC) + "\n", beside.out());
        assertTrue(again.out().startsWith("nothing to do: "), again.out());
        assertArrayEquals(key, Files.readAllBytes(file("elsewhere/" + HMAC)));
        assertArrayEquals(key, printed.outOctets().toArray());
        assertEquals("600", WholeFiles.mode(file("more/burnt+efuse/" + HMAC)));
        run("efuse confirm burnt --yes --out $more").exiting(0);

        Files.writeString(file("elsewhere/" + HMAC), "mine");
        Files.createDirectories(file("more/burnt+efuse"));
        Files.copy(template.resolve("more/burnt+efuse/" + HMAC + ".cms"), file(HMAC + ".cms"));
        String open = "bundle open $" + HMAC + ".cms --key $line.key --out $elsewhere";
        assertTrue(refusal(4, open).contains("exists already, with other octets"));
        run(open + " --force").exiting(0);
        assertArrayEquals(key, Files.readAllBytes(file("elsewhere/" + HMAC)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"B1.zip", "out", "out/d1", "out/d1/client_key.pem.cms"})
    void anotherKeyOpensNothing(String place) {
        String sentence = refusal(9, "bundle open $" + place + " --key $other.key --out $clear");

        assertTrue(sentence.startsWith(file("other.key") + " does not open "), sentence);
        assertTrue(sentence.contains("it is sealed to another key"), sentence);
        assertFalse(Files.exists(file("clear")) && !names(file("clear")).isEmpty(), "something was written");
    }

    @Test
    void aKeyUnderAPassphraseNeedsIt() throws IOException {
        SecretBytes pass = SecretBytes.taking("staple".getBytes(StandardCharsets.UTF_8));
        WholeFiles.write(
                file("line.key"),
                EncryptedKeys.encrypt(TestKeys.key(TestKeys.P_256, "line").pkcs8(), pass, new SecureRandom()),
                Modes.SECRET_FILE);
        Files.writeString(file("staple"), "staple\n");
        String open = "bundle open $out/d1 --key $line.key --out $clear";

        assertTrue(refusal(9, open).startsWith("key file " + file("line.key") + " is under a passphrase"));
        assertTrue(refusal(9, open + " --key-passphrase-file $passphrase").contains("the passphrase does not open"));
        run(open + " --key-passphrase-file $staple").exiting(0);
    }

    @Test
    void whatIsDamagedIsNamedBeforeAnythingIsWritten() throws IOException {
        Path key = file("out/d2/client_key.pem.cms"); // d1 comes first
        byte[] octets = Files.readAllBytes(key);
        octets[octets.length - 1] ^= 1;
        Files.write(key, octets);
        String open = "bundle open $out --key $line.key --out $clear";

        assertTrue(
                refusal(8, open).startsWith("client_key.pem.cms in " + file("out/d2") + " is not as its SHA256SUMS"));
        assertTrue(refusal(8, "bundle open $out/d2/client_key.pem.cms --key $line.key")
                .startsWith("client_key.pem.cms in "));
        Files.delete(key);
        assertTrue(refusal(8, open).startsWith("client_key.pem.cms is not in " + file("out/d2")));
        Files.write(key, octets);
        Files.delete(file("out/d2/SHA256SUMS"));
        assertTrue(refusal(8, open).startsWith("folder " + file("out/d2") + " has no SHA256SUMS"));
        assertTrue(refusal(8, "bundle open $out/d2/client_key.pem.cms --key $line.key")
                .contains("it was changed after it was sealed"));
        assertFalse(Files.exists(file("clear")));
    }

    @Test
    void whatIsInTheWayStays() throws IOException {
        String open = "bundle open $out/d1 --key $line.key --out $clear";
        run(open).exiting(0);
        Files.writeString(file("clear/d1/client_crt.pem"), "mine");

        assertTrue(refusal(4, open).contains("exists already, with other files"));
        Files.writeString(file("clear/d1/notes.txt"), "mine");
        assertTrue(refusal(4, open + " --force").contains("also holds notes.txt, which would be lost"));
        Files.delete(file("clear/d1/notes.txt"));
        run(open + " --force").exiting(0);
        assertTrue(Files.readString(file("clear/d1/client_crt.pem")).startsWith("-----BEGIN"));
        assertEquals(List.of(), WholeFiles.leftovers(file("clear")));
    }

    @Test
    void aPlaceWithNothingToOpenIsToldAsSuch() throws IOException {
        run("issue plain --out $plain").exiting(0);
        Files.createDirectory(file("empty"));

        assertTrue(refusal(2, "bundle open $plain --key $line.key --out $clear").contains("nothing in "));
        assertTrue(refusal(2, "bundle open $empty --key $line.key --out $clear").contains("is no device's folder"));
        assertTrue(
                refusal(2, "bundle open $list.csv --key $line.key --out $clear").contains("is neither a sealed file"));
        assertTrue(
                refusal(3, "bundle open $nosuch --key $line.key --out $clear").startsWith("there is no "));
        assertTrue(refusal(2, "bundle open $out --key $line.key").startsWith("--out names the folder"));
        assertTrue(Refusal.sentence(run("bundle open $out --key $line.key --out -"), 2)
                .contains("is not one sealed file"));
        assertTrue(refusal(9, "bundle open $out --key $line.pem --out $clear").contains("line.pem"));
        assertTrue(Refusal.sentence(run("bundle show $out/d1/client_key.pem.cms"), 2)
                .contains("is sealed"));
    }

    @Test
    void anArchiveIsTheSameForTheSameBatchAndAnotherIsAConflict() throws IOException {
        byte[] before = Files.readAllBytes(file("B1.zip"));
        String archive = "batch archive B1 --from $out --out $B1.zip";

        Finished again = run(archive + " --add $results.jsonl --json").exiting(0);
        String other = refusal(4, archive);

        assertTrue(again.out().contains("\"changed\" : false"), again.out());
        assertTrue(other.contains("exists already, with other octets"), other);
        assertArrayEquals(before, Files.readAllBytes(file("B1.zip")));
        run(archive + " --force").exiting(0);
        assertEquals(List.of(), WholeFiles.leftovers(folder));
    }

    @Test
    void anArchiveHoldsTheBatchInTheOrderOfItsRows() {
        List<String> found = new ArrayList<>();
        Archive.named(file("B1.tar.zst")).read((name, content) -> found.add(name));

        assertEquals("results.jsonl", found.get(0));
        assertEquals(
                List.of("d2/SHA256SUMS", "d1/SHA256SUMS", "%63on/SHA256SUMS"),
                found.stream().filter(name -> name.endsWith("SUMS")).toList());
        assertEquals("ARCHIVE", found.get(found.size() - 1));
        assertEquals(1 + 3 * 8 + 1, found.size());
    }

    @Test
    void aBatchThatIsNotWholeIsNotPacked() throws IOException {
        Files.writeString(file("more.csv"), "name\nd1\nd2\ncon\nd4\n");
        Files.createDirectories(file("out/d4"));
        Files.writeString(file("out/d4/notes.txt"), "mine");
        run("batch run $more.csv --batch B1 --seal-to $line.pem --out $out").exiting(6);

        Finished part = run("batch archive B1 --from $out --out $new.zip").exiting(6);

        assertTrue(part.out().endsWith("1 of 4 rows are not done, such as d4\n"), part.out());
        assertFalse(Files.exists(file("new.zip")));
    }

    @Test
    void aFolderThatIsLostChangedOrAnothersIsNamed() throws IOException {
        String archive = "batch archive B1 --from $out --out $new.tar.zst";
        Path crt = file("out/d1/client_crt.pem");
        Files.writeString(crt, Files.readString(crt) + "\n");
        assertTrue(refusal(8, archive).startsWith("client_crt.pem in " + file("out/d1") + " is not as its"));
        Files.move(file("out/d1"), file("gone"));
        assertTrue(refusal(8, archive).startsWith("folder " + file("out/d1") + " is not there"));
        StoreProof.copyAs(file("out/d2"), file("out/d1"));
        assertTrue(refusal(8, archive).contains("out/d1 is of certificate "));
        assertFalse(Files.exists(file("new.tar.zst")));
        assertEquals(List.of(), WholeFiles.leftovers(folder));
    }

    @Test
    void secretsInClearAreNotPackedUnlessThatIsSaid() {
        run("batch run $list.csv --batch B2 --name x{name} --out $plain").exiting(0);
        String archive = "batch archive B2 --from $plain --out $B2.zip";

        assertTrue(refusal(5, archive).contains("has secrets in clear (client_key.pem), and an archive is for"));
        run(archive + " --with-keys").exiting(0);
        assertTrue(refusal(2, "batch run $list.csv --batch B3 --out $plain --archive $B3.zip")
                .startsWith("--archive would hold secrets in clear"));
        assertTrue(refusal(2, "batch run $list.csv --batch B3 --out $plain --with-keys")
                .startsWith("--with-keys goes with --archive"));
        run("batch show B3").exiting(3);
    }

    @Test
    void aRunPacksWhatIsWhole() {
        Finished run = run("batch run $list.csv --batch B1 --seal-to $line.pem --out $out --archive $new.zip")
                .exiting(0);

        assertTrue(run.err().contains("packed 3 folders of batch B1 into " + file("new.zip")), run.err());
        assertTrue(refusal(2, "batch run $list.csv --batch B1 --seal-to $line.pem --out $out --archive $new.rar")
                .contains("a name that ends in .tar.zst or .zip is right"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"B1.tar.zst", "B1.zip"})
    void anArchiveThatIsCutAnywhereOpensNothing(String name) throws IOException {
        byte[] whole = Files.readAllBytes(file(name));
        for (int i = 0; i < 24; i++) {
            Files.write(file(name), Arrays.copyOf(whole, whole.length * i / 24));
            Finished refused = run("bundle open $" + name + " --key $line.key --out $clear");
            assertEquals(8, refused.exit(), refused::all);
        }
        assertFalse(Files.exists(file("clear")));
    }

    /** The files of the batch's archive, handed over otherwise. */
    private static void archived(List<String> order) {
        var folders = new DeviceFolders.ArchivedFolders("a.zip", device -> {});
        Archive.named(template.resolve("B1.zip")).read((name, content) -> {
            for (String wanted : order) {
                if (wanted.equals(name) || name.startsWith(wanted + "/")) {
                    folders.accept(name, content);
                }
            }
        });
        folders.end();
    }

    @Test
    void anArchiveThatLacksAFolderOrHasOneTwiceIsRefused() {
        archived(List.of("results.jsonl", "d2", "d1", "%63on", "ARCHIVE"));
        for (List<String> other :
                List.of(List.of("results.jsonl", "d2", "d1", "ARCHIVE"), List.of("d2", "d1", "%63on", "ARCHIVE"))) {
            assertFault(Fault.INTEGRITY, "has other files than its last one says", () -> archived(other));
        }
        assertFault(Fault.INTEGRITY, "has no ARCHIVE", () -> archived(List.of("results.jsonl", "d2", "d1", "%63on")));
        assertFault(
                Fault.INTEGRITY,
                "has more in folder d1 than a device has",
                () -> archived(List.of("d1", "d1/SHA256SUMS")));
        var twice = new DeviceFolders.ArchivedFolders("a.zip", device -> {});
        twice.accept("x", SecretBytes.taking(new byte[1]));
        assertFault(Fault.INTEGRITY, "has X twice", () -> twice.accept("X", SecretBytes.taking(new byte[1])));
        var crowded = new DeviceFolders.ArchivedFolders("a.zip", device -> {});
        assertFault(Fault.INTEGRITY, "has more in folder d1 than a device has", () -> {
            for (int i = 0; i <= 100; i++) {
                crowded.accept("d1/" + i, SecretBytes.taking(new byte[1]));
            }
        });
    }

    /** What a kill leaves is what is on the disk at that moment. */
    @Test
    void whatIsCutOffIsEndedByTheSameCommand() {
        Path corpse = file("corpse");
        String open = "bundle open $B1.zip --key $line.key --out $";
        devpki.at(Step.OPEN_1_FILES_WRITTEN, () -> {
                    if (!Files.exists(corpse)) {
                        StoreProof.copyAs(file("clear"), corpse);
                    }
                })
                .run(of(folder, open + "clear"))
                .exiting(0);
        assertEquals(1, WholeFiles.leftovers(corpse).size());
        assertEquals(1, names(corpse).size(), "no folder is there half");
        run(open + "corpse").exiting(0);
        assertEquals(names(file("clear")), names(corpse));

        List<Path> seen = new ArrayList<>();
        devpki.at(Step.ARCHIVE_1_WRITTEN, () -> {
                    seen.addAll(WholeFiles.leftovers(folder));
                    seen.forEach(path -> WholeFiles.write(
                            path.resolveSibling(path.getFileName() + "0"), Bytes.utf8("half"), Modes.SECRET_FILE));
                })
                .run(of(folder, "batch archive B1 --from $out --out $new.zip"))
                .exiting(0);
        assertEquals(1, seen.size());
        assertEquals(1, WholeFiles.leftovers(folder).size());
        run("batch archive B1 --from $out --out $new.zip").exiting(0);
        assertEquals(List.of(), WholeFiles.leftovers(folder), "swept by the next run");
    }

    @Test
    void aFolderHasTheFilesOfItsSumsAndNoOther() {
        SecretBytes octets = SecretBytes.taking(new byte[1]);
        ExportedFile sealed = new ExportedFile("x.cms", octets, ExportedFile.Kind.SECRET);
        ExportedFile clear = new ExportedFile("x", octets, ExportedFile.Kind.SECRET);
        SerialNumber serial = SerialNumber.parse("4f01");
        SecretBytes one = Sums.of(serial, List.of(sealed)).file().content();
        SecretBytes both = Sums.of(serial, List.of(sealed, clear)).file().content();

        DeviceFolder.of("d1", "d1", Map.of("x.cms", octets, "SHA256SUMS", one));
        assertFault(
                Fault.INTEGRITY,
                "d1 has files that its SHA256SUMS does not have",
                () -> DeviceFolder.of("d1", "d1", Map.of("x.cms", octets, "y", octets, "SHA256SUMS", one)));
        assertFault(
                Fault.INTEGRITY,
                "d1 has x sealed and in clear",
                () -> DeviceFolder.of("d1", "d1", Map.of("x.cms", octets, "x", octets, "SHA256SUMS", both)));
        assertFault(
                Fault.INTEGRITY, "d1 has no SHA256SUMS", () -> DeviceFolder.of("d1", "d1", Map.of("x.cms", octets)));
    }

    @Test
    void everyWordOfAHostileSumsFileIsWeighed() {
        for (String text : Stream.of(
                        "",
                        "# devpki bundle of certificate 4f01\n" + "0".repeat(64) + "  ../x\n",
                        "# devpki bundle of certificate 4f01\n" + "0".repeat(64) + "  a/b\n",
                        "# devpki bundle of certificate 4f01\n" + "0".repeat(64) + "  .x\n",
                        "# devpki bundle of certificate 4f01\n" + "0".repeat(63) + "  x\n",
                        "# devpki bundle of certificate 4f01\n" + ("0".repeat(64) + "  x\n").repeat(2),
                        "# devpki bundle of certificate ../..\n",
                        "# devpki bundle of certificate \n",
                        "x\n")
                .toList()) {
            assertTrue(Sums.parse(Bytes.utf8(text)).isEmpty(), text);
        }
        assertTrue(Sums.parse(Bytes.utf8("# devpki bundle of certificate 4f01\n" + "0".repeat(64) + "  x\n"))
                .isPresent());
    }
}
