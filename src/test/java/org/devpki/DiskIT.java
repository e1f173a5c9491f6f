package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.devpki.testing.CrlPicture;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.OcspPicture;
import org.devpki.testing.Refusal;
import org.devpki.testing.ShardedStore;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full and files that may not be read or written. These tests mount small disks, as root. */
@Tag("crash")
class DiskIT {
    private static final int PAGE = 4096;

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    private final List<Path> mounted = new ArrayList<>();

    @BeforeAll
    static void makeOneStoreForAll() {
        Devpki.withStore(template);
    }

    @AfterEach
    void unmount() {
        for (Path disk : mounted) {
            Tool.in(template).run("umount", disk.toString()).exiting(0);
        }
    }

    private Path smallDisk(String name) throws IOException {
        Path disk = Files.createDirectory(folder.resolve(name));
        Tool.in(folder)
                .run("mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", disk.toString())
                .exiting(0);
        mounted.add(disk);
        return disk;
    }

    private static Path filler(Path disk) {
        return disk.resolve("filler");
    }

    /** Fills the disk but for so many pages. */
    private static void fill(Path disk, int pagesLeft) throws IOException {
        Files.deleteIfExists(filler(disk));
        long pages = Files.getFileStore(disk).getUsableSpace() / PAGE - pagesLeft;
        try (OutputStream out = Files.newOutputStream(filler(disk))) {
            for (long i = 0; i < pages; i++) {
                out.write(new byte[PAGE]);
            }
        }
    }

    private static void saysFull(Finished finished) {
        String sentence = Refusal.sentence(finished, 1);
        assertTrue(sentence.contains("full") || sentence.contains("no space left on device"), sentence);
    }

    @Test
    void aFullDiskUnderTheStoreStopsIssuingAtAnyPageAndNothingIsLost() throws IOException {
        Path disk = smallDisk("disk");
        StoreProof.copy(template, disk);
        InProcess devpki = InProcess.in(disk);
        StoreProof proof = StoreProof.of(disk);
        String out = folder.resolve("out").toString();
        Path shelf = proof.shelf();
        Map<String, BigInteger> published = proof.numbersInAll(shelf);
        int failed = 0;
        for (int pages = 0; pages < 60; pages++) {
            String name = "d" + pages;
            fill(disk, pages);
            Finished full = devpki.run("issue", name, "--out", out);
            if (full.exit() != 0) {
                failed++;
                saysFull(full);
            }
            proof.shelfIsWhole(shelf);

            Files.delete(filler(disk));
            // the bundle is there already if only its delivery could not be noted, and then it stays
            devpki.run("issue", name, "--out", out).exiting(0);
            proof.bundleHolds(proof.oneValid(name), Path.of(out));
        }
        assertTrue(failed > 2, "the disk was never full: " + failed);
        assertTrue(failed < 60, "the disk was always full");
        assertEquals(published, proof.numbersInAll(shelf));
        StoreProof.nothingLeft(folder.resolve("out"));
        proof.cleanOncePublished();
    }

    @Test
    void aFullDiskUnderTheBundlesStopsDeliveryAndTheSameOrderFinishesIt() throws IOException {
        StoreProof.copy(template, folder);
        Path disk = smallDisk("out");
        InProcess devpki = InProcess.in(folder);
        StoreProof proof = StoreProof.of(folder);
        int failed = 0;
        for (int pages = 0; pages < 10; pages++) {
            String name = "d" + pages;
            fill(disk, pages);
            Finished full = devpki.run("issue", name, "--out", disk.toString());
            if (full.exit() != 0) {
                failed++;
                saysFull(full);
                assertFalse(Files.exists(disk.resolve(name)), name);
                StoreProof.nothingLeft(disk);
            }

            Files.delete(filler(disk));
            devpki.run("issue", name, "--out", disk.toString()).exiting(0);
            proof.bundleHolds(proof.oneValid(name));
        }
        assertTrue(failed > 2 && failed < 10, "failed: " + failed);
        proof.cleanOncePublished();
    }

    @Test
    void aFullDiskUnderTheShelfLeavesTheOldCrlsWhole() throws IOException {
        StoreProof.copy(template, folder);
        Path disk = smallDisk("disk");
        Path shelf = disk.resolve("shelf");
        InProcess devpki = InProcess.in(folder);
        StoreProof proof = StoreProof.of(folder);
        devpki.run("crl", "publish", "--dir", shelf.toString()).exiting(0);
        devpki.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);
        devpki.run("revoke", "d1").exiting(0);
        int failed = 0;
        for (int pages = 0; pages < 5; pages++) {
            Map<String, BigInteger> before = proof.numbersInAll(shelf);
            fill(disk, pages);
            Finished full = devpki.run("crl", "publish", "--dir", shelf.toString());
            Map<String, BigInteger> after = proof.numbersInAll(shelf);
            if (full.exit() != 0) {
                failed++;
                saysFull(full);
                StoreProof.nothingLeft(shelf);
            }
            before.forEach((ca, number) -> assertTrue(after.get(ca).compareTo(number) >= 0, ca));
            if (pages == 0) {
                assertEquals(before, after);
            }

            Files.delete(filler(disk));
            devpki.run("crl", "publish", "--dir", shelf.toString()).exiting(0);
            proof.shelfIsWhole(shelf);
        }
        assertTrue(failed > 0 && failed < 5, "failed: " + failed);
        assertTrue(proof.isRevokedIn(shelf, proof.oneRevoked("d1").serial()));
        proof.cleanOncePublished();
    }

    @Test
    void aFullDiskUnderTheStoreLeavesItsOwnShelfWholeWhilePublishing() throws IOException {
        Path disk = smallDisk("disk");
        StoreProof.copy(template, disk);
        InProcess devpki = InProcess.in(disk);
        StoreProof proof = StoreProof.of(disk);
        devpki.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);
        devpki.run("revoke", "d1").exiting(0);
        int failed = 0;
        for (int pages = 0; pages < 30; pages++) {
            Map<String, BigInteger> before = proof.numbersInAll(proof.shelf());
            fill(disk, pages);
            Finished full = devpki.run("crl", "publish");
            Map<String, BigInteger> after = proof.numbersInAll(proof.shelf());
            before.forEach((ca, number) -> assertTrue(after.get(ca).compareTo(number) >= 0, ca));
            if (full.exit() != 0) {
                failed++;
                saysFull(full);
            }
            Files.delete(filler(disk));
        }
        assertTrue(failed > 0 && failed < 30, "failed: " + failed);
        proof.cleanOncePublished();
        proof.shelfIsWhole(proof.shelf());
        assertTrue(proof.isRevokedIn(proof.shelf(), proof.oneRevoked("d1").serial()));
    }

    @Test
    void aFullDiskUnderAShelfOfShardsAndDeltasLeavesEachFileWhole() throws IOException {
        ShardedStore.copyTo(folder);
        Path disk = smallDisk("disk");
        InProcess devpki = InProcess.in(folder);
        StoreProof proof = StoreProof.of(folder);
        ShardedStore.setting(folder, "shards: 2", "shards: 3");
        List<String> serials = ShardedStore.revoke(folder, ShardedStore.nth(0));
        CrlPicture before = CrlPicture.of(proof, proof.shelf());
        Path old = Files.createDirectory(folder.resolve("old"));
        StoreProof.copy(proof.shelf(), old);
        for (int pages :
                List.of(0, 2, 4)) { // a file that is replaced needs none for long, the four of shard 3 one each
            Path shelf = Files.createDirectory(disk.resolve("shelf-" + pages));
            StoreProof.copy(old, shelf);
            fill(disk, pages);
            saysFull(devpki.run("crl", "publish", "--if-needed", "--dir", shelf.toString()));
            CrlPicture full = CrlPicture.of(proof, shelf);
            before.isFollowedBy(full);
            StoreProof.nothingLeft(shelf);

            Files.delete(filler(disk));
            devpki.run("crl", "publish", "--if-needed", "--dir", shelf.toString())
                    .exiting(0);
            CrlPicture after = CrlPicture.of(proof, shelf);
            full.isFollowedBy(after);
            serials.forEach(serial -> assertTrue(after.revokes("issuing-ca.crl", serial), serial));
            assertEquals(after.toString(), CrlPicture.of(proof, proof.shelf()).toString());
        }
        proof.clean();
    }

    @Test
    void aFullDiskUnderAnswersLeavesEachWholeAndTheSameCommandWritesTheRest() throws IOException {
        ShardedStore.copyTo(folder);
        Path disk = smallDisk("disk");
        InProcess devpki = InProcess.in(folder);
        int written = -1;
        for (int pages : List.of(0, 3, 6)) {
            Path www = Files.createDirectory(disk.resolve("www-" + pages));
            fill(disk, pages);
            saysFull(devpki.run("ocsp", "publish", "--dir", www.toString()));
            int some = OcspPicture.of(folder, www).count();
            assertTrue(some > written, "pages: " + pages + ", answers: " + some);
            written = some;

            Files.delete(filler(disk));
            devpki.run("ocsp", "publish", "--dir", www.toString()).exiting(0);
            devpki.run("ocsp", "check", "--dir", www.toString()).exiting(0);
            assertTrue(OcspPicture.of(folder, www).count() > 9);
            StoreProof.nothingLeft(www);
        }
        StoreProof.of(folder).clean();
    }

    @Test
    void aFullDiskUnderTheStoreKeepsAnswersFromNobody() throws IOException {
        Path disk = smallDisk("disk");
        ShardedStore.copyTo(disk);
        InProcess devpki = InProcess.in(disk);
        String www = folder.resolve("www").toString();
        fill(disk, 0);

        saysFull(devpki.run("ocsp", "publish", "--dir", www));

        Files.delete(filler(disk));
        devpki.run("ocsp", "publish", "--dir", www).exiting(0);
        devpki.run("ocsp", "check", "--dir", www).exiting(0);
        assertTrue(OcspPicture.of(disk, Path.of(www)).count() > 9);
        StoreProof.of(disk).clean();
    }

    @Test
    void aFullDiskUnderInitAndBackupLeavesNothing() throws IOException {
        StoreProof.copy(template, folder);
        Path disk = smallDisk("disk");
        InProcess devpki = InProcess.in(folder);
        fill(disk, 20);

        Finished init = devpki.run("init", "--org", "Acme", "--store", disk + "/pki");
        Finished backup = devpki.run("store", "backup", disk + "/b.zip");

        saysFull(init);
        saysFull(backup);
        assertEquals(List.of("filler"), names(disk));
        Files.delete(filler(disk));
        devpki.run("init", "--org", "Acme", "--store", disk + "/pki").exiting(0);
        devpki.run("doctor", "--store", disk + "/pki").exiting(0);
        devpki.run("store", "backup", disk + "/b.zip").exiting(0);
    }

    private static List<String> names(Path disk) throws IOException {
        try (var files = Files.list(disk)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    // ---- permissions, as somebody who has none ----

    /** The program as user nobody, from a copy of the jar that nobody can reach. */
    private Finished asNobody(String... arguments) {
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        List<String> devpki = new ArrayList<>(Arrays.asList(Devpki.command(arguments)));
        int jar = devpki.indexOf("-jar") + 1;
        Path copy = folder.resolve("devpki.jar");
        try {
            if (!Files.exists(copy)) {
                Files.copy(Path.of(devpki.get(jar)), copy);
                mode(copy, "rw-r--r--");
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        devpki.set(jar, copy.toString());
        command.addAll(devpki);
        return Tool.in(folder)
                .with("DEVPKI_STORE", "pki")
                .with("DEVPKI_PASSPHRASE_FILE", "passphrase")
                .run(command.toArray(String[]::new));
    }

    private void nobodysStore() throws IOException {
        StoreProof.copy(template, folder);
        mode(folder, "rwxr-xr-x");
        Tool.in(folder).run("chown", "-R", "65534:65534", "pki", "passphrase").exiting(0);
    }

    private static void mode(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aFolderThatMayNotBeWrittenIsRefusedBeforeAnythingIsSigned() throws IOException {
        nobodysStore();
        Path out = Files.createDirectory(folder.resolve("out"));
        mode(out, "rwxr-xr-x");
        StoreProof proof = StoreProof.of(folder);
        List<StoreProof.Row> before = proof.rows();

        String sentence = Refusal.sentence(asNobody("issue", "d1", "--out", "out"), 1);
        String missing = Refusal.sentence(asNobody("issue", "d1", "--out", "new/out"), 1);

        assertTrue(sentence.contains("no permission to write into") && sentence.contains("out"), sentence);
        assertTrue(missing.contains("no permission for"), missing);
        assertEquals(before, proof.rows());
        assertEquals(List.of(), names(out));
        mode(out, "rwxrwxrwx");
        asNobody("issue", "d1", "--out", "out").exiting(0);
        asNobody("doctor").exiting(0);
    }

    @Test
    void aStoreThatMayNotBeReadIsRefusedWithOneSentence() throws IOException {
        nobodysStore();
        Path pki = folder.resolve("pki");
        for (String unreadable : List.of("", "devpki.yaml", "ledger.db", "ledger.lock")) {
            Path path = pki.resolve(unreadable);
            String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
            mode(path, "---------");
            Finished issue = asNobody("issue", "d1", "--out", "out");
            mode(path, before);
            String sentence = Refusal.sentence(issue, 1);
            assertTrue(sentence.contains("no permission"), sentence);
            assertTrue(sentence.contains(unreadable), sentence);
        }
        Path key = pki.resolve("keys/issuing-ca.key.pem");
        Files.createDirectory(folder.resolve("out"));
        mode(folder.resolve("out"), "rwxrwxrwx");
        mode(key, "---------");
        String locked = Refusal.sentence(asNobody("issue", "d1", "--out", "out"), 9);
        mode(key, "rw-------");
        mode(folder.resolve("passphrase"), "---------");
        String mute = Refusal.sentence(asNobody("issue", "d1", "--out", "out"), 9);
        mode(folder.resolve("passphrase"), "rw-------");

        assertTrue(locked.contains("issuing-ca.key.pem"), locked);
        assertTrue(mute.contains("passphrase"), mute);
        assertEquals(List.of(), StoreProof.of(folder).rows("d1"));
    }

    @Test
    void aShelfThatMayNotBeWrittenKeepsItsCrls() throws IOException {
        nobodysStore();
        StoreProof proof = StoreProof.of(folder);
        Path shelf = proof.shelf();
        Tool.in(folder).run("chown", "-R", "0:0", shelf.toString()).exiting(0);
        Map<String, BigInteger> before = proof.numbersInAll(shelf);

        String sentence = Refusal.sentence(asNobody("crl", "publish", "--hook", "touch hooked"), 1);

        assertTrue(sentence.contains("no permission for"), sentence);
        assertEquals(before, proof.numbersInAll(shelf));
        assertFalse(Files.exists(folder.resolve("hooked")));
        Tool.in(folder).run("chown", "-R", "65534:65534", shelf.toString()).exiting(0);
        asNobody("crl", "publish").exiting(0);
        asNobody("doctor").exiting(0);
    }
}
