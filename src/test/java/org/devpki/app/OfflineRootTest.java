package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Checkpoint;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.testing.TestStore;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root on a machine that is offline, and a CA under it whose key never was there. */
@Tag("story")
class OfflineRootTest {
    private static final String START = "2026-11-27T12:00:00Z";

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private InProcess safe;
    private InProcess plant;

    @BeforeEach
    void aStoreOfTheRootAndOneThatTrustsIt() throws IOException {
        for (String place : new String[] {"safe", "plant"}) {
            Files.createDirectory(folder.resolve(place));
            Files.writeString(folder.resolve(place).resolve("passphrase"), "correct horse");
        }
        TestStore.copied(folder.resolve("safe"), clock);
        safe = InProcess.in(folder.resolve("safe")).at(clock);
        plant = InProcess.in(folder.resolve("plant")).at(clock);
        safe.run("ca", "export", "--trust", "--out", file("root.trust")).exiting(0);
        plant.run("init", "--trust", file("root.trust")).exiting(0);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Finished request(String name) {
        return plant.run("ca", "csr", name, "--out", file(name + ".csr"), "--json");
    }

    private Finished sign(InProcess store, String name) {
        return store.run(
                "ca",
                "sign",
                file(name + ".csr"),
                "--issuer",
                "root-ca",
                "--name",
                name,
                "--out",
                file(name + ".pem"),
                "--json");
    }

    private Finished bring(String name) {
        return plant.run("ca", "import", name, "--cert", file(name + ".pem"), "--json");
    }

    private Finished importRootCrl() {
        return plant.run("crl", "import", file("safe/pki/publish/crl/root-ca.crl"), "--json");
    }

    private static String member(Finished finished, String name) {
        return StoreProof.member(finished.exiting(0).out(), name).strip();
    }

    private static void assertRefused(int exit, String sentence, Finished finished) {
        assertTrue(finished.exiting(exit).err().contains(sentence), finished::err);
    }

    @Test
    void aCaUnderAnOfflineRootIssuesWithItsOwnKeyAndTheRootsImportedCrl() {
        // given: each step twice, for the second changes nothing
        assertEquals("true", member(request("plant-1"), "changed"));
        assertEquals("false", member(request("plant-1"), "changed"));
        assertEquals("true", member(sign(safe, "plant-1"), "changed"));
        assertEquals("false", member(sign(safe, "plant-1"), "changed"));
        assertEquals("true", member(bring("plant-1"), "changed"));
        assertEquals("false", member(bring("plant-1"), "changed"));
        assertEquals("true", member(importRootCrl(), "changed"));
        assertEquals("false", member(importRootCrl(), "changed"));

        // when
        plant.run("ca", "rotate", "issuing-ca", "--to", "plant-1").exiting(0);
        Finished device = plant.run("issue", "d1", "--out", file("out"), "--json");
        Finished published = plant.run("crl", "publish", "--if-needed", "--dir", file("shelf"));

        // then
        assertEquals("plant-1", member(device, "ca"));
        plant.run("verify", file("out/d1/client_crt.pem")).exiting(0);
        assertFalse(published.exiting(0).out().contains("root-ca"), published::out);
        assertTrue(Files.exists(folder.resolve("shelf/root-ca.crl.pem")));
        assertTrue(Files.exists(folder.resolve("plant/pki/keys/plant-1.key.pem")));
        assertFalse(Files.exists(folder.resolve("safe/pki/keys/plant-1.key.pem")));
        plant.run("doctor").exiting(0);
        safe.run("doctor").exiting(0);
        plant.run("status").exiting(0);

        // and the root's CRL is watched as one's own
        clock.advance(Duration.ofDays(8));
        plant.run("crl", "publish", "--if-needed").exiting(0);
        assertTrue(plant.run("crl", "check").exiting(11).out().contains("root-ca        too-late"));
        safe.run("crl", "publish").exiting(0);
        importRootCrl().exiting(0);
        plant.run("crl", "check").exiting(0);
    }

    @Test
    void aCertificateThatIsNotOursOrNotOfAKnownRootIsRefusedAndTheRequestGoesOnWaiting() throws IOException {
        // given two requests, and a stranger's answer
        request("plant-1").exiting(0);
        request("plant-2").exiting(0);
        sign(safe, "plant-1").exiting(0);
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("passphrase"), "correct horse");
        InProcess stranger = InProcess.in(other).at(clock);
        stranger.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://c.example")
                .exiting(0);
        sign(stranger, "plant-2").exiting(0);

        // then
        assertRefused(
                4,
                "is not for the key of CA plant-2 that waits here",
                plant.run("ca", "import", "plant-2", "--cert", file("plant-1.pem")));
        assertRefused(5, "no CA that this store knows issued the certificate", bring("plant-2"));
        assertRefused(
                3,
                "no request of a CA plant-3 waits here",
                plant.run("ca", "import", "plant-3", "--cert", file("plant-1.pem")));
        Files.writeString(
                folder.resolve("plant-2.pem"),
                Files.readString(folder.resolve("plant-1.pem")).substring(0, 300));
        bring("plant-2").exiting(2);
        assertRefused(
                4,
                "another request of CA plant-1 waits",
                plant.run("ca", "csr", "plant-1", "--key", "P-384", "--out", file("x")));
        assertRefused(
                4,
                "there is a CA issuing-ca in this store already",
                safe.run(
                        "ca",
                        "sign",
                        file("plant-1.csr"),
                        "--issuer",
                        "root-ca",
                        "--name",
                        "issuing-ca",
                        "--out",
                        file("x")));
        assertRefused(
                4,
                "CA root-ca has certificate",
                safe.run(
                        "ca",
                        "sign",
                        file("plant-1.csr"),
                        "--issuer",
                        "root-ca",
                        "--name",
                        "plant-1",
                        "--not-after",
                        "5y",
                        "--out",
                        file("x")));
        assertRefused(
                5,
                "pathLenConstraint is 0",
                safe.run(
                        "ca",
                        "sign",
                        file("plant-2.csr"),
                        "--issuer",
                        "issuing-ca",
                        "--name",
                        "plant-2",
                        "--out",
                        file("x")));
        assertRefused(
                5,
                "its common name",
                safe.run(
                        "ca",
                        "sign",
                        file("plant-2.csr"),
                        "--issuer",
                        "root-ca",
                        "--name",
                        "plant-2",
                        "--cn",
                        "Other",
                        "--out",
                        file("x")));
        bring("plant-1").exiting(0);
        assertRefused(
                4, "a request of CA plant-2 waits for its certificate", plant.run("ca", "create", "plant-2", "--root"));
    }

    @Test
    void anImportThatWasCutShortIsFinishedByTheSameCommand() {
        // given
        request("plant-1").exiting(0);
        sign(safe, "plant-1").exiting(0);
        InProcess cut = plant.at(Checkpoint.Step.PUBLISH_1_LOCKED, () -> {
            throw new IllegalStateException("stopped");
        });
        cut.run("ca", "import", "plant-1", "--cert", file("plant-1.pem")).exiting(1);

        // when
        Finished early = plant.run("issue", "d1", "--ca", "plant-1", "--out", file("out"));
        bring("plant-1").exiting(0);

        // then
        assertRefused(5, "CA plant-1 is not finished", early);
        plant.run("issue", "d1", "--ca", "plant-1", "--out", file("out")).exiting(0);
        plant.run("doctor").exiting(0);
    }

    @Test
    void aCertificateOfACaAtTheOfficeIsRevokedThere() {
        // given
        request("plant-1").exiting(0);
        sign(safe, "plant-1").exiting(0);
        bring("plant-1").exiting(0);
        String serial = plant.run("ca", "show", "plant-1", "--json").out();

        // then
        assertRefused(
                5,
                "whose CRL is made where its key is",
                plant.run(
                        "revoke",
                        "--serial",
                        StoreProof.member(serial, "serial").strip(),
                        "--yes"));
    }

    @Test
    void aCrlIsImportedOnlyIfItIsNewerAndOfACaWhoseKeyIsElsewhere() throws IOException {
        // given
        request("plant-1").exiting(0);
        sign(safe, "plant-1").exiting(0);
        bring("plant-1").exiting(0);
        Path root = folder.resolve("safe/pki/publish/crl/root-ca.crl");
        Path old = Files.copy(root, folder.resolve("old.crl"));
        clock.advance(Duration.ofMinutes(1));
        safe.run("crl", "publish").exiting(0);
        importRootCrl().exiting(0);
        Path cut = Files.write(folder.resolve("cut.crl"), java.util.Arrays.copyOf(Files.readAllBytes(old), 100));

        // then
        assertRefused(8, "is older than the one on the shelf", plant.run("crl", "import", old.toString()));
        assertRefused(5, "the key of CA root-ca is here", safe.run("crl", "import", root.toString()));
        assertRefused(
                5, "holds from", plant.at(FixedClock.at("2026-11-26T12:00:00Z")).run("crl", "import", root.toString()));
        plant.run("crl", "import", cut.toString()).exiting(2);
        clock.advance(Duration.ofDays(8));
        assertRefused(5, "ended at", plant.run("crl", "import", root.toString()));
    }

    @Test
    void hooksRunOnceAfterACrlWasImported() {
        // given
        plantWithItsOwnCa();
        plant.run("crl", "publish").exiting(0);
        importRootCrl().exiting(0);

        // when
        Finished first = publishWithHook();
        Finished second = publishWithHook();
        clock.advance(Duration.ofMinutes(1));
        safe.run("crl", "publish").exiting(0);
        importRootCrl().exiting(0);
        Finished third = publishWithHook();

        // then
        assertTrue(first.exiting(0).err().contains("hook: told"), first::err);
        assertFalse(second.exiting(0).err().contains("hook: told"), second::err);
        assertTrue(third.exiting(0).err().contains("hook: told"), third::err);
    }

    private Finished publishWithHook() {
        return plant.run("crl", "publish", "--if-needed", "--hook", "echo told");
    }

    private void plantWithItsOwnCa() {
        request("plant-1").exiting(0);
        sign(safe, "plant-1").exiting(0);
        bring("plant-1").exiting(0);
    }

    @Test
    void aShelfThatAnotherStoreBroughtALaterCrlToKeepsIt() throws IOException {
        // given two stores that import the root's CRLs, and one shelf
        plantWithItsOwnCa();
        importRootCrl().exiting(0);
        clock.advance(Duration.ofMinutes(1));
        safe.run("crl", "publish").exiting(0);
        Path later = folder.resolve("safe/pki/publish/crl/root-ca.crl");
        Path shared = Files.createDirectory(folder.resolve("shelf")).resolve("root-ca.crl");
        Files.copy(later, shared);

        // when
        plant.run("crl", "publish", "--if-needed", "--dir", file("shelf")).exiting(0);

        // then
        assertEquals(-1, Files.mismatch(later, shared));
    }

    @Test
    void aStoreDoesNotSignItsOwnRequest() {
        // given
        safe.run("ca", "csr", "twin", "--out", file("twin.csr")).exiting(0);

        // then
        assertRefused(4, "the request is this store's own, for CA twin", sign(safe, "twin"));
    }

    @Test
    void aStoreWithACaOfItsOwnStillTakesWhatTheOfficeAnswersForTheOthers() throws IOException {
        // given a batch that was asked for before orders went to the store's own CA
        made("office");
        made("plant");
        Files.writeString(folder.resolve("list.csv"), "name\nd1\n");
        export("B1").exiting(0);
        safe.run(
                        "batch",
                        "sign",
                        file("B1.requests"),
                        "--private-key",
                        file("office.key"),
                        "--to",
                        file("plant.crt"),
                        "--out",
                        file("B1.certs"))
                .exiting(0);
        plantWithItsOwnCa();
        plant.run("ca", "rotate", "issuing-ca", "--to", "plant-1").exiting(0);

        // when
        Finished taken = plant.run(
                "batch",
                "import-certs",
                file("B1.certs"),
                "--private-key",
                file("plant.key"),
                "--list",
                file("list.csv"),
                "--batch",
                "B1",
                "--out",
                file("out"));
        Finished manifest = plant.run("batch", "manifest", "B1", "--from", file("out"));

        // then
        taken.exiting(0);
        manifest.exiting(0); // signed by the CA whose key is here
        assertEquals("issuing-ca", member(plant.run("device", "show", "d1", "--json"), "ca"));
        assertRefused(5, "has the key of CA plant-1, and asks nobody for certificates of it", export("B2"));
        plant.run("doctor").exiting(0);
    }

    private Finished export(String batch) {
        return plant.run(
                "batch",
                "export-csr",
                file("list.csv"),
                "--batch",
                batch,
                "--to",
                file("office.crt"),
                "--out",
                file(batch + ".requests"));
    }

    private void made(String name) throws IOException {
        Files.writeString(
                folder.resolve(name + ".crt"),
                Pem.certificate(TestAuthority.root(name).certificate()));
        WholeFiles.write(
                folder.resolve(name + ".key"),
                Pem.privateKey(TestKeys.key(TestKeys.P_256, name).pkcs8()),
                Modes.SECRET_FILE);
    }

    @Test
    void aCaWhoseKeyIsElsewhereTakesNoOrdersOver() {
        plantWithItsOwnCa();
        assertRefused(
                5,
                "the key of CA issuing-ca is at the office, so it takes no orders over here",
                plant.run("ca", "rotate", "plant-1", "--to", "issuing-ca"));
    }

    @Test
    void whoRevokesAllThatARootIssuedPassesOverCasElsewhere() {
        // given
        plantWithItsOwnCa();

        // when
        Finished plan = safe.run("revoke", "--ca", "root-ca", "--reason", "superseded", "--dry-run", "--json");

        // then issuing-ca's certificate and plant-1's, and the root's own
        assertEquals("0", member(plan, "hit"));
        assertEquals("3", member(plan, "passedOver"));
    }

    @Test
    void whatProfilesSayKeepsNobodyFromRevokingAndGivesNoCaAway() throws IOException {
        // given: the profile that plant-1 was made by is damaged since, and a file there has no profile's name
        plantWithItsOwnCa();
        Path profiles = folder.resolve("safe/pki/profiles");
        Files.writeString(profiles.resolve("issuing-ca.yaml"), "");
        Files.writeString(profiles.resolve("device copy.yaml"), "");

        // when
        Finished plan = safe.run("revoke", "--ca", "root-ca", "--reason", "superseded", "--dry-run", "--json");

        // then
        assertEquals("0", member(plan, "hit"));
        assertEquals("3", member(plan, "passedOver"));
    }
}
