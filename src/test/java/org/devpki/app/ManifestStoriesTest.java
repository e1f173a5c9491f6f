package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manifest says what a whole batch got, and nobody can make it say something else. */
@Tag("story")
class ManifestStoriesTest {
    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess devpki;
    private Path out;
    private Path manifest;

    @BeforeAll
    static void makeAStoreWithABatch() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess.in(template)
                .run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        batch(template, "B1", "name,id\nd1,1\nd2,2\nd3,3\n").exiting(0);
    }

    private static Finished batch(Path home, String id, String list) {
        return InProcess.in(home)
                .feeding(Bytes.utf8(list))
                .run(
                        "batch",
                        "run",
                        "-",
                        "--batch",
                        id,
                        "--out",
                        home.resolve("out").toString());
    }

    @BeforeEach
    void aCopyOfIt() {
        StoreProof.copy(template, folder);
        devpki = InProcess.in(folder);
        out = folder.resolve("out");
        manifest = out.resolve("B1.manifest.json");
    }

    private Finished write(String... more) {
        String[] command = new String[5 + more.length];
        System.arraycopy(new String[] {"batch", "manifest", "B1", "--from", out.toString()}, 0, command, 0, 5);
        System.arraycopy(more, 0, command, 5, more.length);
        return devpki.run(command);
    }

    private Finished verify() {
        return devpki.run("batch", "verify", manifest.toString(), "--from", out.toString());
    }

    @Test
    void theSameAgainChangesNothing() throws IOException {
        write().exiting(0);
        Bytes first = Bytes.of(Files.readAllBytes(manifest));
        Bytes signature = Bytes.of(Files.readAllBytes(Path.of(manifest + ".p7s")));

        Finished again = write("--json").exiting(0);

        assertTrue(again.out().contains("\"changed\" : false"), again.out());
        assertEquals(first, Bytes.of(Files.readAllBytes(manifest)));
        assertEquals(signature, Bytes.of(Files.readAllBytes(Path.of(manifest + ".p7s"))));
        assertTrue(verify().exiting(0).out().contains("3 devices, 21 files looked at, compared with the ledger"));
    }

    @Test
    void aBatchThatIsNotWholeGetsNone() throws IOException {
        Files.createDirectories(out.resolve("d4")); // in the way of the row's own
        batch(folder, "B1", "name,id\nd4,4\n").exiting(6);

        Finished refused = write().exiting(6);

        assertTrue(refused.err().contains("batch B1 is not whole: 1 rows failed and 0 are left"), refused.err());
        assertFalse(Files.exists(manifest));
    }

    @Test
    void aFolderThatIsNotAsItWasWrittenGetsNone() throws IOException {
        Files.writeString(out.resolve("d2/client_crt.pem"), "something else");

        Finished refused = write().exiting(8);

        assertTrue(refused.err().contains("d2 is not there, or not the whole bundle of certificate"), refused.err());
        assertFalse(Files.exists(manifest));
        StoreProof.nothingLeft(out);
    }

    @Test
    void aFileThatChangesOrGoesLaterIsNamed() throws IOException {
        write().exiting(0);
        Path changed = out.resolve("d1/client_crt.pem"); // by one letter, and as long as before
        Files.writeString(changed, Files.readString(changed).replace("BEGIN", "BEGUN"));
        Files.delete(out.resolve("d3/client_key.pem"));

        Finished found = verify().exiting(8);

        assertTrue(found.out().contains("d1/client_crt.pem is missing, or not the one"), found.out());
        assertTrue(found.out().contains("d3/client_key.pem is missing, or not the one"), found.out());
        assertFalse(found.out().contains("d2/"), found.out());
    }

    @Test
    void anotherManifestUnderTheSignatureIsNoticed() throws IOException {
        write().exiting(0);
        Files.writeString(manifest, Files.readString(manifest).replace("\"row\":\"2\"", "\"row\":\"5\""));

        assertTrue(verify().exiting(8).err().contains("is not a signature of this file"));

        assertTrue(write().exiting(4).err().contains("exists already and says something else"));
        write("--force").exiting(0);
        verify().exiting(0);
    }

    /** A bit that is wrong in a certificate that the store has itself changes nothing. */
    @Test
    void aDamagedSignatureIsAFaultOfIntegrityOrHoldsAllTheSame() throws IOException {
        write().exiting(0);
        Path signature = Path.of(manifest + ".p7s");
        byte[] right = Files.readAllBytes(signature);
        int refused = 0;
        for (int i = 0; i < right.length; i += 7) {
            byte[] octets = right.clone();
            octets[i] ^= 0x01;
            Files.write(signature, octets);
            Finished told = devpki.run("batch", "verify", manifest.toString());
            refused += told.exit() == 8 ? 1 : 0;
            assertTrue(told.exit() == 8 || told.exit() == 0, "octet " + i + "\n" + told.all());
        }
        assertTrue(refused > 100, refused + " were refused");
    }

    @Test
    void aManifestWhoseSignatureWasCutOffIsSignedByTheNextRun() throws IOException {
        devpki.at(Checkpoint.Step.MANIFEST_1_WRITTEN, () -> StoreProof.copyAs(out, folder.resolve("corpse")))
                .run("batch", "manifest", "B1", "--from", out.toString())
                .exiting(0);
        Path corpse = folder.resolve("corpse");
        assertFalse(Files.exists(corpse.resolve("B1.manifest.json.p7s")));

        devpki.run("batch", "manifest", "B1", "--from", corpse.toString()).exiting(0);

        devpki.run("batch", "verify", corpse.resolve("B1.manifest.json").toString(), "--from", corpse.toString())
                .exiting(0);
    }

    @Test
    void aRowThatTheLedgerHasAndTheManifestLacksIsNamed() {
        write().exiting(0);
        batch(folder, "B1", "name,id\nd4,4\n").exiting(0);

        Finished found = verify().exiting(8);

        assertTrue(found.out().contains("row 4 got certificate "), found.out());
    }

    @Test
    void aDevicesKeySignsNoManifestAndNorDoesAnotherStoresOrARevokedSigner() throws IOException {
        write().exiting(0);
        Path stranger = folder.resolve("stranger");
        Files.createDirectories(stranger);
        StoreProof.copy(template, stranger);
        InProcess.in(stranger)
                .run(
                        "batch",
                        "manifest",
                        "B1",
                        "--from",
                        stranger.resolve("out").toString())
                .exiting(0);
        Path others = stranger.resolve("out/B1.manifest.json");

        Finished foreign = devpki.run("batch", "verify", others.toString()).exiting(8);
        assertTrue(foreign.err().contains("whom this store never made to sign manifests"), foreign.err());

        Finished ordered = devpki.run("issue", "mole", "--profile", "manifest-signer", "--out", out.toString())
                .exiting(2);
        assertTrue(ordered.err().contains("profile \"manifest-signer\" is not for devices"), ordered.err());

        String serial = StoreProof.of(folder).rows("issuing-ca-manifest").get(0).serial();
        devpki.run("revoke", "--serial", serial, "--reason", "key-compromise").exiting(0);
        assertTrue(verify().exiting(8).err().contains("whose certificate is revoked"));
        write("--force").exiting(0);
    }

    @Test
    void withTheRootAloneNoStoreIsAsked() throws IOException {
        write().exiting(0);
        Path root = folder.resolve("pki/publish/ca/root-ca.pem");
        Path issuing = folder.resolve("pki/publish/ca/issuing-ca.pem");
        Path device = out.resolve("d1/client_crt.pem");

        for (Path trusted : new Path[] {root, issuing}) {
            devpki.run(
                            "batch",
                            "verify",
                            manifest.toString(),
                            "--root",
                            trusted.toString(),
                            "--store",
                            folder.resolve("nowhere").toString())
                    .exiting(0);
        }
        devpki.run("batch", "verify", manifest.toString(), "--root", device.toString())
                .exiting(8);
    }
}
