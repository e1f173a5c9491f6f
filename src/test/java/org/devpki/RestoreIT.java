package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.testing.CrlPicture;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.ShardedStore;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups: made while others work, whole or refused, and never a way for revocations to be forgotten. */
@Tag("crash")
class RestoreIT {
    private static final int FLIPS = Integer.getInteger("devpki.flips", 32);

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    private Devpki devpki;
    private InProcess inside;
    private StoreProof proof;

    @BeforeAll
    static void makeOneStoreForAll() {
        Devpki.withStore(template);
    }

    @BeforeEach
    void copyStore() {
        StoreProof.copy(template, folder);
        devpki = Devpki.in(folder);
        inside = InProcess.in(folder);
        proof = StoreProof.of(folder);
    }

    private void issue(String name) {
        inside.run("issue", name, "--out", folder.resolve("out").toString()).exiting(0);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private Path restoredPlace() throws IOException {
        Path place = Files.createDirectory(folder.resolve("elsewhere"));
        Files.copy(folder.resolve("passphrase"), place.resolve("passphrase"));
        return place;
    }

    @Test
    void aBackupMadeWhileOthersIssueIsRestoredToAStoreThatWorks() throws Exception {
        issue("d0");
        ExecutorService station = Executors.newSingleThreadExecutor();
        Future<List<Finished>> issuing = station.submit(() -> {
            List<Finished> all = new ArrayList<>();
            for (int i = 1; i <= 6; i++) {
                all.add(devpki.run("issue", "d" + i, "--out", "out"));
            }
            return all;
        });

        List<Finished> backups = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            backups.add(devpki.run("store", "backup", "b" + i + ".zip"));
        }
        issuing.get().forEach(issue -> issue.exiting(0));
        station.shutdown();

        backups.forEach(backup -> backup.exiting(0));
        for (int i = 0; i < 3; i++) {
            Path place = Files.createDirectory(folder.resolve("place" + i));
            Files.copy(folder.resolve("passphrase"), place.resolve("passphrase"));
            InProcess there = InProcess.in(place);
            there.run("store", "restore", path("b" + i + ".zip")).exiting(0);
            StoreProof restored = StoreProof.of(place);
            int doctor = there.run("doctor").exit();
            assertTrue(doctor == 0 || doctor == 10, "only what was being issued may be unfinished: " + doctor);
            restored.oneValid("d0");
            // whatever was under way is finished or superseded by the same order
            for (int d = 0; d <= 7; d++) {
                if (d == 0
                        || !restored.rows("d" + d).stream()
                                .anyMatch(row -> row.status().equals("valid"))) {
                    int exit = there.run("issue", "d" + d, "--out", path(d == 0 ? "out" : "out-of-" + i))
                            .exit();
                    assertEquals(0, exit, "d" + d);
                }
            }
            there.run("doctor", "--repair");
            restored.serialsAreUnique();
            there.run("audit", "verify").exiting(0);
        }
        proof.clean();
    }

    @Test
    void aRestoredStoreIsCleanAndGoesOn() throws IOException {
        issue("d1");
        issue("d2");
        inside.run("revoke", "d2").exiting(0);
        inside.run("crl", "publish").exiting(0);
        inside.run("store", "backup", path("b.zip")).exiting(0);
        Path place = restoredPlace();

        InProcess there = InProcess.in(place);
        there.run("store", "restore", path("b.zip")).exiting(0);

        StoreProof restored = StoreProof.of(place);
        restored.clean();
        restored.shelfIsWhole(restored.shelf());
        assertEquals(proof.rows(), restored.rows());
        assertEquals(proof.numbersInAll(proof.shelf()), restored.numbersInAll(restored.shelf()));
        there.run("issue", "d3", "--out", place.resolve("out").toString()).exiting(0);
        restored.bundleHolds(restored.oneValid("d3"));
        assertEquals("rwx------", mode(place.resolve("pki")));
        assertEquals("rw-------", mode(folder.resolve("b.zip")));
    }

    private static String mode(Path path) throws IOException {
        return java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aDamagedBackupIsRefusedAndLeavesNothing() throws IOException {
        issue("d1");
        inside.run("store", "backup", path("b.zip")).exiting(0);
        byte[] good = Files.readAllBytes(folder.resolve("b.zip"));
        Map<String, byte[]> damaged = new TreeMap<>();
        for (int i = 0; i < 16; i++) {
            damaged.put("cut-at-" + i, Arrays.copyOf(good, good.length * i / 16));
        }
        for (int i = 0; i < FLIPS; i++) {
            byte[] flipped = good.clone();
            flipped[(int) ((2L * i + 1) * good.length / (2L * FLIPS))] ^= 0x01;
            damaged.put("flipped-at-" + i, flipped);
        }
        damaged.put("cut-by-one", Arrays.copyOf(good, good.length - 1));
        for (String member : members(good).keySet()) {
            damaged.put("without-" + member.replace('/', '-'), without(good, member));
        }
        damaged.put("not-a-zip", "hello".getBytes(StandardCharsets.UTF_8));
        Path place = restoredPlace();
        InProcess there = InProcess.in(place);

        List<String> harmless = new ArrayList<>();
        damaged.forEach((name, octets) -> {
            Path zip = folder.resolve("damaged.zip");
            try {
                Files.write(zip, octets);
                Finished restore = there.run("store", "restore", zip.toString());
                if (name.startsWith("flipped") && restore.exit() == 0) {
                    // the octet decided nothing, such as one of a file's date: then nothing may be different
                    harmless.add(name);
                    assertEquals(proof.rows(), StoreProof.of(place).rows());
                    StoreProof.of(place).clean();
                    inside.run("doctor", "--store", place + "/pki").exiting(0);
                    Tool.in(place).run("rm", "-r", "pki").exiting(0);
                } else {
                    assertEquals(8, restore.exit(), () -> name + ": " + restore.all());
                    Refusal.sentence(restore, 8);
                }
                assertEquals(List.of("passphrase"), names(place), name);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        assertTrue(harmless.size() < FLIPS / 4, () -> "damage that was not seen: " + harmless);
        Refusal.of(there::run, 8, "store", "restore", path("damaged.zip"));
        there.run("store", "restore", path("b.zip")).exiting(0);
        StoreProof.of(place).clean();
    }

    @Test
    void aBackupThatReachesOutOfItsFolderIsRefused() throws IOException {
        inside.run("store", "backup", path("b.zip")).exiting(0);
        byte[] good = Files.readAllBytes(folder.resolve("b.zip"));
        byte[] evil = "evil".getBytes(StandardCharsets.UTF_8);
        for (String name : List.of("../../evil", path("evil"))) {
            Map<String, byte[]> members = members(good);
            members.put(name, evil);
            String sums = new String(members.get("SHA256SUMS"), StandardCharsets.UTF_8)
                    + Bytes.of(evil).sha256().hex() + "  " + name + "\n";
            members.put("SHA256SUMS", sums.getBytes(StandardCharsets.UTF_8));
            Files.write(folder.resolve("evil.zip"), zipped(members));
            Path place = restoredPlace();

            String sentence = Refusal.sentence(InProcess.in(place).run("store", "restore", path("evil.zip")), 8);

            assertTrue(sentence.startsWith("the backup has a file named " + name + ", outside of the store"), sentence);
            assertEquals(List.of("passphrase"), names(place));
            assertTrue(Files.notExists(folder.resolve("evil")));
            WholeFiles.delete(place);
        }
    }

    private static List<String> names(Path place) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static Map<String, byte[]> members(byte[] zip) throws IOException {
        Map<String, byte[]> members = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new java.io.ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                members.put(entry.getName(), in.readAllBytes());
            }
        }
        return members;
    }

    private static byte[] without(byte[] zip, String member) throws IOException {
        Map<String, byte[]> members = members(zip);
        members.remove(member);
        return zipped(members);
    }

    private static byte[] zipped(Map<String, byte[]> members) throws IOException {
        java.io.ByteArrayOutputStream octets = new java.io.ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(octets)) {
            for (Map.Entry<String, byte[]> entry : members.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return octets.toByteArray();
    }

    @Test
    void anOldBackupCannotMakeAShelfForgetARevocation() throws IOException {
        Path shelf = folder.resolve("shelf");
        issue("d1");
        issue("d2");
        inside.run("revoke", "d1").exiting(0);
        inside.run("crl", "publish", "--dir", shelf.toString()).exiting(0);
        inside.run("store", "backup", path("old.zip")).exiting(0);
        inside.run("revoke", "d2", "--reason", "key-compromise").exiting(0);
        inside.run("crl", "publish", "--dir", shelf.toString()).exiting(0);
        String forgotten = proof.oneRevoked("d2").serial();
        Map<String, BigInteger> published = proof.numbersInAll(shelf);
        Path place = restoredPlace();
        InProcess there = InProcess.in(place);
        there.run("store", "restore", path("old.zip")).exiting(0);
        Path hooked = place.resolve("hooked");

        Finished made = there.run(
                        "crl", "publish", "--if-needed", "--dir", shelf.toString(), "--hook", "touch " + hooked)
                .exiting(0);

        assertTrue(made.err().contains("which the ledger did not know: 1 revoked"), made::err);
        assertTrue(Files.exists(hooked));
        assertTrue(there.run("device", "show", "d2").exiting(0).out().contains("key-compromise"));
        there.run("audit", "verify").exiting(0);
        Map<String, BigInteger> after = proof.numbersInAll(shelf);
        published.forEach((ca, number) -> assertTrue(after.get(ca).compareTo(number) > 0, ca));
        assertTrue(proof.isRevokedIn(shelf, forgotten));
    }

    /** Whatever of the newest publication is left on the shelf: all of it, or the delta CRLs alone. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "*.delta.crl*"})
    void anOldBackupCannotMakeShardsAndDeltasForgetARevocation(String left) throws IOException {
        Path home = Files.createDirectory(folder.resolve("sharded"));
        ShardedStore.copyTo(home);
        StoreProof original = StoreProof.of(home);
        InProcess before = InProcess.in(home);
        Path shelf = Files.createDirectory(home.resolve("shelf"));
        String[] publish = {"crl", "publish", "--if-needed", "--dir", shelf.toString()};
        ShardedStore.revoke(home, ShardedStore.nth(0));
        before.run(publish).exiting(0);
        before.run("store", "backup", path("old.zip")).exiting(0);
        Path broker = Files.createDirectory(home.resolve("broker"));
        StoreProof.copy(shelf, broker);
        List<String> forgotten = ShardedStore.revoke(home, ShardedStore.nth(1));
        before.run(publish).exiting(0);
        Tool.in(home).run("sh", "-c", "cp shelf/" + left + " broker/").exiting(0);
        CrlPicture published = CrlPicture.of(original, broker);
        Path place = restoredPlace();
        InProcess there = InProcess.in(place);
        there.run("store", "restore", path("old.zip")).exiting(0);

        Finished made = there.run("crl", "publish", "--if-needed", "--dir", broker.toString())
                .exiting(0);

        assertTrue(made.err().contains("which the ledger did not know: "), made::err);
        CrlPicture after = CrlPicture.of(original, broker);
        published.isFollowedBy(after);
        List<String> parts = List.of("issuing-ca", "issuing-ca.1", "issuing-ca.2");
        for (int shard = 0; shard < parts.size(); shard++) {
            String serial = forgotten.get(shard);
            assertTrue(published.revokes(parts.get(shard) + ".delta.crl", serial), parts.get(shard));
            assertTrue(after.revokes(parts.get(shard) + ".crl", serial), parts.get(shard));
            assertTrue(after.revokes(parts.get(shard) + ".delta.crl", serial), parts.get(shard));
            assertTrue(after.revokes("all.crl.pem", serial), parts.get(shard));
        }
        there.run("audit", "verify").exiting(0);
        there.run("crl", "check", "--dir", broker.toString()).exiting(0);
    }

    @Test
    void aNumberNeverGoesBackThoughTheLedgerDoesAndTheClockToo() throws IOException {
        Path shelf = folder.resolve("shelf");
        inside.run("store", "backup", path("old.zip")).exiting(0);
        java.time.Clock ahead = java.time.Clock.offset(java.time.Clock.systemUTC(), java.time.Duration.ofHours(9));
        inside.at(ahead).run("crl", "publish", "--dir", shelf.toString()).exiting(0);
        Map<String, BigInteger> published = proof.numbersInAll(shelf);
        Path place = restoredPlace();
        InProcess there = InProcess.in(place);
        there.run("store", "restore", path("old.zip")).exiting(0);

        there.run("crl", "publish", "--dir", shelf.toString()).exiting(0);

        Map<String, BigInteger> after = proof.numbersInAll(shelf);
        published.forEach((ca, number) -> assertEquals(number.add(BigInteger.ONE), after.get(ca), ca));
    }

    @Test
    void aBackupNeverOverwritesAndARestoreNeverReplaces() throws IOException {
        Files.writeString(folder.resolve("taken.zip"), "holiday photos");

        String backup = Refusal.of(inside::run, 4, "store", "backup", path("taken.zip"));
        inside.run("store", "backup", path("b.zip")).exiting(0);
        String restore = Refusal.of(inside::run, 4, "store", "restore", path("b.zip"));
        String missing = Refusal.of(inside::run, 3, "store", "restore", path("none.zip"));

        assertEquals("holiday photos", Files.readString(folder.resolve("taken.zip")));
        assertTrue(backup.contains("taken.zip"), backup);
        assertTrue(restore.contains("never replaces"), restore);
        assertTrue(missing.contains("none.zip"), missing);
        StoreProof.nothingLeft(folder);
        proof.clean();
    }
}
