package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.files.FolderLock;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CrlDer;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestStore;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRLs that are signed ahead where the key is, and put out one after the other by a host that has none. */
@Tag("story")
class CrlRunwayTest {
    private static final String START = "2026-11-27T12:00:00Z";

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private InProcess safe;

    /** It has no store, and no passphrase. */
    private InProcess host;

    @BeforeEach
    void copyTheStore() throws IOException {
        TestStore.copied(folder, clock);
        safe = InProcess.in(folder).at(clock);
        host = InProcess.in(Files.createDirectory(folder.resolve("host"))).at(clock);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Finished presign(String... more) {
        return run(safe, List.of("crl", "presign", "--weeks", "8", "--out", file("queue"), "--json"), more);
    }

    private Finished release(String... more) {
        List<String> words = List.of(
                "crl",
                "release",
                file("queue"),
                "--dir",
                file("shelf"),
                "--issuer",
                file("pki/publish/ca/all.pem"),
                "--hook",
                "echo told");
        return run(host, words, more);
    }

    private static Finished run(InProcess who, List<String> words, String... more) {
        return who.run(Stream.concat(words.stream(), Arrays.stream(more)).toArray(String[]::new));
    }

    private ParsedCrl crl(String name) {
        return Crls.parse(new CrlDer(WholeFiles.source(folder.resolve(name))));
    }

    private List<Path> queue() {
        return WholeFiles.list(folder.resolve("queue")).stream()
                .filter(path -> path.toString().endsWith(".crl"))
                .sorted()
                .toList();
    }

    private static boolean wasTold(Finished finished) {
        return finished.err().contains("hook: told");
    }

    private void issue(String name, String... more) {
        run(safe, List.of("issue", name, "--out", file("out")), more).exiting(0);
    }

    @Test
    void aHostWithoutKeysNeverRunsOutOfACrlUntilTheQueueEnds() {
        // given
        issue("d1");
        safe.run("revoke", "d1", "--reason", "key-compromise").exiting(0);
        presign("--ca", "issuing-ca").exiting(0);
        List<Integer> exits = new ArrayList<>();
        int changes = 0;

        // when cron runs each day
        for (int day = 0; day < 58; day++) {
            Finished finished = release();
            exits.add(finished.exit());
            changes += wasTold(finished) ? 1 : 0;
            if (day < 56) {
                ParsedCrl crl = crl("shelf/issuing-ca.crl");
                assertFalse(crl.isExpired(clock.instant()), "day " + day);
                assertEquals(1, crl.entries().count());
            }
            clock.advance(Duration.ofDays(1));
        }

        // then
        assertEquals(15, queue().size());
        assertEquals(15, changes);
        assertEquals(0, exits.get(42));
        assertEquals(10, exits.get(43));
        assertEquals(10, exits.get(55));
        assertEquals(11, exits.get(57));
    }

    @Test
    void anEmergencyTakesThePlaceOfTheWholeQueue() throws IOException {
        // given
        issue("d1");
        presign("--ca", "issuing-ca").exiting(0);
        release().exiting(0);
        List<Path> old = queue();
        Path kept = Files.createDirectory(folder.resolve("kept"));
        for (Path one : old) {
            Files.copy(one, kept.resolve(one.getFileName()));
        }
        clock.advance(Duration.ofDays(3));
        safe.run("revoke", "d1", "--reason", "key-compromise").exiting(0);

        // when
        presign("--ca", "issuing-ca").exiting(0);
        List<Path> fresh = queue();
        for (Path one : old) { // a copy of the queue that is not cleared brings the old ones along
            Files.copy(kept.resolve(one.getFileName()), one);
        }
        Finished released = release();
        ParsedCrl emergency = crl("shelf/issuing-ca.crl");
        clock.advance(Duration.ofDays(30));
        release().exiting(0);

        // then
        assertTrue(fresh.stream().noneMatch(old::contains), "the old ones are gone from the queue");
        assertTrue(wasTold(released.exiting(0)));
        assertEquals(1, emergency.entries().count());
        assertEquals(1, crl("shelf/issuing-ca.crl").entries().count());
    }

    @Test
    void whatCrlPublishMadeIsReleasedFromTheQueueToo() throws IOException {
        // given a live certificate beside the queue that is revoked in the emergency
        issue("d1");
        presign("--ca", "issuing-ca").exiting(0);
        release().exiting(0);
        safe.run("revoke", "d1", "--reason", "key-compromise").exiting(0);
        clock.advance(Duration.ofDays(1));
        safe.run("crl", "publish").exiting(0);

        // when
        Files.copy(folder.resolve("pki/publish/crl/issuing-ca.crl"), folder.resolve("queue/issuing-ca.crl"));

        // then the rest of the queue is older, so it ends with this one
        release().exiting(10);
        assertEquals(1, crl("shelf/issuing-ca.crl").entries().count());
    }

    @Test
    void aQueueFromAnOldBackupTakesNoRevocationAway() throws IOException {
        // given
        issue("d1");
        StoreProof.copy(folder.resolve("pki"), folder.resolve("backup"));
        safe.run("revoke", "d1", "--reason", "key-compromise").exiting(0);
        presign("--ca", "issuing-ca").exiting(0);
        release().exiting(0);
        byte[] before = Files.readAllBytes(folder.resolve("shelf/issuing-ca.crl"));
        clock.advance(Duration.ofDays(1));
        for (Path one : queue()) {
            Files.delete(one);
        }
        run(
                        safe,
                        List.of("crl", "presign", "--store", file("backup"), "--weeks", "8", "--out", file("queue")),
                        "--ca",
                        "issuing-ca")
                .exiting(0);

        // when
        Finished released = release();

        // then
        assertTrue(
                released.exiting(8).err().contains("is on the published CRL and would vanish from it"), released::err);
        assertEquals(Bytes.of(before), Bytes.of(Files.readAllBytes(folder.resolve("shelf/issuing-ca.crl"))));
        assertFalse(wasTold(released));
    }

    @Test
    void damagedAndForeignFilesArePassedOverAndTold() throws IOException {
        // given
        presign("--ca", "issuing-ca").exiting(0);
        Path last = queue().get(queue().size() - 1);
        Files.write(last, Arrays.copyOf(Files.readAllBytes(last), 100));
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("passphrase"), "correct horse");
        InProcess stranger = InProcess.in(other).at(clock);
        stranger.run("init", "--org", "Acme", "--root-key", "P-256").exiting(0);
        clock.advance(Duration.ofMinutes(1));
        stranger.run("crl", "presign", "--weeks", "1", "--ca", "issuing-ca", "--out", file("queue"))
                .exiting(0); // its subjects are the same

        // when
        Finished released = release();

        // then the stranger's are newer, and those of ours that were older than they are gone
        assertTrue(released.exiting(3).err().contains("is not signed by any of the given CAs"), released::err);
        presign("--ca", "issuing-ca").exiting(0);
        Path first = queue().get(0);
        Files.write(folder.resolve("queue/issuing-ca.9999999999999.crl"), Arrays.copyOf(Files.readAllBytes(first), 99));
        Finished again = release();
        assertTrue(again.exiting(8).err().contains("passed over: "), again::err);
        assertTrue(wasTold(again));
        assertTrue(Files.exists(folder.resolve("shelf/issuing-ca.crl.pem")));
    }

    @Test
    void whereOneCaHasNoneThatHoldsTheOthersAreReleasedAndTheDamagedFileIsNamed() throws IOException {
        // given
        presign().exiting(0);
        Path due = queue().stream()
                .filter(file -> file.getFileName().toString().startsWith("issuing-ca."))
                .findFirst()
                .orElseThrow();
        Files.write(due, Arrays.copyOf(Files.readAllBytes(due), 99));

        // when
        Finished released = release();

        // then
        assertTrue(released.exiting(3).err().contains("no CRL of issuing-ca in queue"), released::err);
        assertTrue(released.err().contains("passed over: " + due), released::err);
        assertTrue(released.err().matches("(?s).*CRL [0-9]+ of root-ca is on the shelf all the same.*"), released::err);
        assertTrue(Files.exists(folder.resolve("shelf/root-ca.crl")));
    }

    @Test
    void theFileOfAllKeepsTheCrlsOfOthers() throws IOException {
        // given a shelf that another machine publishes to
        Files.createDirectory(folder.resolve("shelf"));
        Files.copy(folder.resolve("pki/publish/crl/all.crl.pem"), folder.resolve("shelf/all.crl.pem"));
        presign("--ca", "root-ca").exiting(0);

        // when
        release().exiting(0);
        Path all = folder.resolve("shelf/all.crl.pem");
        List<CrlDer> crls = Pem.readCrls(Bytes.of(Files.readAllBytes(all)), "all");
        ParsedCrl released = crl("shelf/root-ca.crl");
        Files.writeString(all, Files.readString(all).substring(0, 300));
        clock.advance(Duration.ofDays(4));
        Finished cut = release();

        // then
        assertEquals(2, crls.size());
        assertEquals(released.number(), Crls.parse(crls.get(1)).number());
        assertTrue(cut.exiting(8).err().contains("is cut or damaged"), cut::err);
    }

    @Test
    void aHookThatFailedIsRunAgain() {
        // given
        presign("--ca", "root-ca").exiting(0);

        // when
        Finished failed = release("--hook", "false");
        Finished again = release();
        Finished calm = release();

        // then
        failed.exiting(1);
        assertTrue(wasTold(again.exiting(0)));
        assertFalse(wasTold(calm.exiting(0)));
    }

    @Test
    void presignedCrlsListWhatHasExpiredToo() {
        // given
        issue("d1", "--not-after", "2026-12-01T00:00:00Z");
        safe.run("revoke", "d1", "--reason", "superseded").exiting(0);
        clock.set("2027-02-01T00:00:00Z");
        safe.run("crl", "publish").exiting(0);
        clock.advance(Duration.ofMinutes(1));
        safe.run("crl", "publish").exiting(0);

        // when
        presign("--ca", "issuing-ca").exiting(0);

        // then
        assertEquals(0, crl("pki/publish/crl/issuing-ca.crl").entries().count());
        release().exiting(0);
        assertEquals(1, crl("shelf/issuing-ca.crl").entries().count());
    }

    @Test
    void whatCannotBeSignedAheadIsRefusedAndLeavesNoQueue() throws IOException {
        // given
        Finished gaps = presign("--every", "7d");
        Finished many = presign("--every", "1m");
        Path settings = folder.resolve("pki/devpki.yaml");
        Files.writeString(
                settings, Files.readString(settings).replaceFirst("(?m)^crl:$", "crl:\n  delta-validity: 1d"));
        Finished deltas = presign();
        safe.run("ca", "export", "--trust", "--out", file("root.trust")).exiting(0);
        run(safe, List.of("init", "--store", file("plant"), "--trust", file("root.trust")))
                .exiting(0);
        Finished keyless = presign("--store", file("plant"));

        // then
        assertTrue(gaps.exiting(2).err().contains("leave gaps"), gaps::err);
        assertTrue(many.exiting(2).err().contains("takes over 1000 CRLs"), many::err);
        assertTrue(deltas.exiting(5).err().contains("has delta CRLs"), deltas::err);
        assertTrue(keyless.exiting(5).err().contains("has no CA keys, and signs no CRL"), keyless::err);
        assertFalse(Files.exists(folder.resolve("queue")));
        host.run("crl", "release", file("queue"), "--dir", file("shelf")).exiting(2);
        Finished none = release();
        assertTrue(none.exiting(3).err().contains("there is no folder"), none::err);
    }

    /** A store that trusts the root and has a CA of its own. */
    private InProcess plant() {
        safe.run("ca", "export", "--trust", "--out", file("root.trust")).exiting(0);
        InProcess plant = safe.with("DEVPKI_STORE", file("plant"));
        plant.run("init", "--trust", file("root.trust")).exiting(0);
        plant.run("ca", "csr", "plant-1", "--out", file("plant-1.csr")).exiting(0);
        run(
                        safe,
                        List.of("ca", "sign", file("plant-1.csr"), "--issuer", "root-ca", "--name", "plant-1"),
                        "--out",
                        file("plant-1.pem"))
                .exiting(0);
        plant.run("ca", "import", "plant-1", "--cert", file("plant-1.pem")).exiting(0);
        return plant;
    }

    @Test
    void aStoreThatTrustsARootReleasesItsCrlsOntoItsOwnShelf() {
        // given
        InProcess plant = plant();
        presign("--ca", "root-ca").exiting(0);

        // when
        Finished first = plant.run("crl", "release", file("queue"));
        Finished second = plant.run("crl", "release", file("queue"));
        Finished published = plant.run("crl", "publish", "--if-needed", "--hook", "echo told");
        clock.advance(Duration.ofDays(5));
        Finished third = plant.run("crl", "release", file("queue"));

        // then
        assertTrue(first.exiting(0).out().startsWith("released CRL "), first::out);
        assertTrue(second.exiting(0).out().startsWith("nothing to do: CRL "), second::out);
        assertTrue(wasTold(published.exiting(0)));
        assertTrue(third.exiting(0).out().startsWith("released CRL "), third::out);
        assertEquals(
                crl("plant/publish/crl/root-ca.crl").number(),
                crl("queue/" + queue().get(1).getFileName()).number());
    }

    @Test
    void noRevocationOfARootVanishesFromAStoreThatTrustsIt() throws IOException {
        // given a CRL with a CA that is revoked, and one from an old backup
        InProcess plant = plant();
        StoreProof.copy(folder.resolve("pki"), folder.resolve("backup"));
        safe.run("revoke", "plant-1", "--reason", "key-compromise", "--yes").exiting(0);
        presign("--ca", "root-ca").exiting(0);
        plant.run("crl", "release", file("queue")).exiting(0);
        clock.advance(Duration.ofDays(1));
        List<String> old = List.of("crl", "presign", "--store", file("backup"), "--weeks", "8", "--ca", "root-ca");
        run(safe, old, "--out", file("old")).exiting(0);
        Path lacking = WholeFiles.list(folder.resolve("old")).stream()
                .filter(path -> path.toString().endsWith(".crl"))
                .sorted()
                .findFirst()
                .orElseThrow();

        // then
        for (Finished refused :
                List.of(plant.run("crl", "release", file("old")), plant.run("crl", "import", lacking.toString()))) {
            assertTrue(refused.exiting(8).err().contains("would vanish from it"), refused::err);
        }
        assertEquals(1, crl("plant/publish/crl/root-ca.crl").entries().count());
        plant.run("crl", "import", lacking.toString(), "--force", "--reason", "it was a test")
                .exiting(0);
        assertEquals(0, crl("plant/publish/crl/root-ca.crl").entries().count());
    }

    @Test
    void aReleaseThatWasCutShortIsEndedByTheNext() throws IOException {
        // given a shelf whose DER file is later than what was made of it
        InProcess plant = plant();
        presign("--ca", "root-ca").exiting(0);
        plant.run("crl", "release", file("queue")).exiting(0);
        clock.advance(Duration.ofDays(4));
        Path der = folder.resolve("plant/publish/crl/root-ca.crl");
        Files.copy(queue().get(1), der, StandardCopyOption.REPLACE_EXISTING);

        // when
        plant.run("crl", "release", file("queue")).exiting(0);

        // then
        CrlDer pem =
                Pem.readCrl(Bytes.of(Files.readAllBytes(folder.resolve("plant/publish/crl/root-ca.crl.pem"))), "pem");
        assertEquals(
                crl("plant/publish/crl/root-ca.crl").number(), Crls.parse(pem).number());
    }

    @Test
    void aCrlThatAClockReleasedTooEarlyIsTold() {
        // given
        presign("--ca", "root-ca").exiting(0);
        clock.advance(Duration.ofDays(21));
        release().exiting(0);

        // when
        clock.set(START);

        // then
        release().exiting(11);
    }

    @Test
    void aQueueWithAHoleEndsAtTheHole() throws IOException {
        // given
        presign("--ca", "root-ca").exiting(0);
        List<Path> crls = queue();
        for (Path one : crls.subList(3, crls.size() - 1)) {
            Files.delete(one);
        }

        // then three of half a week and a week remain
        Finished released = release("--json");
        assertTrue(released.exiting(0).out().contains("\"queueEnd\" : \"2026-12-11T12:00:00Z\""), released::out);
    }

    @Test
    void oneReleasesAtATime() {
        presign("--ca", "root-ca").exiting(0);
        try (FolderLock other = FolderLock.hold(folder.resolve("shelf"), Duration.ZERO)) {
            Finished busy = release("--lock-timeout", "1s");
            assertTrue(busy.exiting(7).err().contains("another process works in"), busy::err);
        }
        release().exiting(0);
    }

    @Test
    void shardsStayOutOfTheFileOfAllWhereTheMainCrlCoversThem() throws IOException {
        // given
        Path settings = folder.resolve("pki/devpki.yaml");
        Files.writeString(settings, Files.readString(settings).replace("shards: 0", "shards: 2"));
        safe.run("crl", "publish").exiting(0);
        presign().exiting(0);

        // when
        release().exiting(0);

        // then
        Bytes all = Bytes.of(Files.readAllBytes(folder.resolve("shelf/all.crl.pem")));
        assertEquals(2, Pem.readCrls(all, "all").size());
        assertTrue(Files.exists(folder.resolve("shelf/issuing-ca.2.crl")));
    }
}
