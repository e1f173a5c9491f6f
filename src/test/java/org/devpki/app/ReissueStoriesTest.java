package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Checkpoint;
import org.devpki.model.SerialNumber;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.testing.TestStore;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A CA gets another certificate for its key and name, and nothing that hangs on it notices. */
@Tag("story")
class ReissueStoriesTest {
    private static final String START = "2026-11-27T12:00:00Z";

    /** Half of an issuing CA's life is over. */
    private static final Duration LATER = Duration.ofDays(6 * 365);

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private InProcess devpki;

    @BeforeEach
    void copyTheStore() throws IOException {
        TestStore.copied(folder, clock);
        devpki = InProcess.in(folder).at(clock);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Finished issue(String name, String... more) {
        List<String> words = new ArrayList<>(List.of("issue", name, "--out", file("out"), "--json"));
        words.addAll(List.of(more));
        return devpki.run(words.toArray(String[]::new)).exiting(0);
    }

    private Finished reissue(String ca, String... more) {
        List<String> words = new ArrayList<>(List.of("ca", "reissue", ca, "--json"));
        words.addAll(List.of(more));
        return devpki.run(words.toArray(String[]::new));
    }

    private static String member(Finished finished, String name) {
        return StoreProof.member(finished.exiting(0).out(), name).strip();
    }

    private List<ParsedTbs> in(String name) throws IOException {
        return Pem.readCertificates(Bytes.of(Files.readAllBytes(folder.resolve(name))), name).stream()
                .map(der -> Certificates.parse(der).tbs())
                .toList();
    }

    /** The serials of the intermediate and the root that a device's folder has. */
    private List<String> above(String device) throws IOException {
        return List.of(
                in("out/" + device + "/client_crt.pem").get(1).serialNumber().hex(),
                in("out/" + device + "/server_root_ca.pem")
                        .get(0)
                        .serialNumber()
                        .hex());
    }

    private String serial(String ca) {
        return member(devpki.run("ca", "show", ca, "--json"), "serial");
    }

    private static void assertRefused(int exit, String sentence, Finished finished) {
        assertTrue(finished.exiting(exit).err().contains(sentence), finished::err);
    }

    @Test
    void whatWasIssuedBeforeKeepsItsChainAndWhatComesGetsTheNewOne() throws IOException {
        // given
        devpki.run("ca", "create", "lab-root", "--root", "--cn", "Lab Root", "--not-after", "20y")
                .exiting(0);
        devpki.run("ca", "create", "lab-1", "--parent", "lab-root", "--not-after", "10y")
                .exiting(0);
        issue("old", "--ca", "lab-1");
        List<String> before = above("old");
        List<ParsedTbs> was = List.of(
                in("pki/publish/ca/lab-1.pem").get(0),
                in("pki/publish/ca/lab-root.pem").get(0));
        clock.advance(LATER);

        // when
        Finished root = reissue("lab-root", "--not-after", "20y");
        Finished issuing = reissue("lab-1", "--not-after", "10y");
        Finished again = reissue("lab-1", "--not-after", "10y");
        issue("new", "--ca", "lab-1");

        // then: new certificates of the same keys, names and key identifiers
        assertEquals("true", member(root, "changed"));
        assertEquals("true", member(issuing, "changed"));
        assertEquals("false", member(again, "changed"));
        assertEquals(before.get(0), member(issuing, "before"));
        assertEquals(before.get(0), member(again, "before"));
        List<ParsedTbs> is = List.of(
                in("pki/publish/ca/lab-1.pem").get(0),
                in("pki/publish/ca/lab-root.pem").get(0));
        for (int i = 0; i < 2; i++) {
            assertEquals(was.get(i).publicKey(), is.get(i).publicKey());
            assertEquals(was.get(i).subject(), is.get(i).subject());
            assertEquals(was.get(i).subjectKeyId(), is.get(i).subjectKeyId());
            assertTrue(is.get(i).notAfter().at().isAfter(was.get(i).notAfter().at()));
        }
        // the new device has the new chain, and the old one's order still changes nothing and exports what it had
        assertEquals(List.of(serial("lab-1"), serial("lab-root")), above("new"));
        assertEquals("false", member(issue("old", "--ca", "lab-1"), "changed"));
        assertEquals(before, above("old"));
        devpki.run("bundle", "export", "old", "--format", "pem", "--out", file("again"))
                .exiting(0);
        assertEquals(
                before.get(0), in("again/old/chain.pem").get(1).serialNumber().hex());
        // brokers and verifiers are told of both
        devpki.run("ca", "export", "--bundle", "--out", file("ca.pem")).exiting(0);
        assertEquals(6, in("ca.pem").size());
        assertEquals(6, in("pki/publish/ca/all.pem").size());
        devpki.run("crl", "publish").exiting(0);
        for (String device : List.of("old", "new")) {
            devpki.run("verify", file("out/" + device + "/client_crt.pem")).exiting(0);
        }
        assertTrue(devpki.run("device", "history", "lab-root").exiting(0).out().contains("renewed"));
    }

    @Test
    void aCaIsFoundByTheOrderThatMadeItAndRevokedWithAllThatItHas() {
        // given
        devpki.run("ca", "create", "line-3", "--parent", "root-ca").exiting(0);
        String before = serial("line-3");
        reissue("line-3", "--not-after", "ca").exiting(0);
        String now = serial("line-3");

        // when
        Finished again = devpki.run("ca", "create", "line-3", "--parent", "root-ca", "--json");
        Finished other = devpki.run("ca", "create", "line-3", "--parent", "root-ca", "--key", "P-384");
        Finished successor = devpki.run("ca", "rotate", "line-3", "--to", "line-4", "--json");
        Finished revoked = devpki.run("revoke", "line-3", "--reason", "ca-compromise", "--yes", "--json");

        // then
        assertEquals("false", member(again, "changed"));
        assertRefused(4, "made by a different order", other);
        assertEquals("true", member(successor, "changed"));
        assertTrue(revoked.exiting(0).out().contains(before), revoked::out);
        assertTrue(revoked.out().contains(now), revoked::out);
        assertEquals("revoked", member(devpki.run("ca", "show", "line-3", "--json"), "standing"));
        assertRefused(5, "is revoked", reissue("line-3"));
    }

    @Test
    void aCertificateOfBeforeThatIsRevokedLeavesTheCaAndItsDevicesWithTheNewOne() throws IOException {
        // given
        issue("old");
        String before = serial("issuing-ca");
        clock.advance(Duration.ofMinutes(1));
        reissue("issuing-ca", "--not-after", "ca").exiting(0);

        // when
        devpki.run("revoke", "--serial", before, "--reason", "superseded", "--yes")
                .exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // then
        assertEquals("issues", member(devpki.run("ca", "show", "issuing-ca", "--json"), "standing"));
        devpki.run("ca", "export", "--bundle", "--out", file("ca.pem")).exiting(0);
        assertEquals(2, in("ca.pem").size());
        devpki.run("bundle", "export", "old", "--format", "pem", "--out", file("again"))
                .exiting(0);
        assertEquals(
                serial("issuing-ca"),
                in("again/old/chain.pem").get(1).serialNumber().hex());
        issue("new");
    }

    @Test
    void whatCannotBeReissuedSaysWhy() {
        issue("old");

        assertRefused(5, "before the last certificate that it issued", reissue("issuing-ca", "--not-after", "30d"));
        assertRefused(3, "there is no CA nobody", reissue("nobody"));
        assertRefused(2, "is not for CAs", reissue("issuing-ca", "--profile", "device-mqtt"));
        devpki.run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2").exiting(0);
        devpki.run("ca", "retire", "issuing-ca").exiting(0);
        assertRefused(5, "is retired", reissue("issuing-ca"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Checkpoint.Step.class,
            names = {"ISSUE_3_RESERVED", "ISSUE_4_SIGNED", "ISSUE_5_RECORDED"})
    void aRunThatIsCutShortIsEndedByTheSameCommand(Checkpoint.Step step) {
        // given
        String before = serial("issuing-ca");
        String[] command = {"ca", "reissue", "issuing-ca", "--not-after", "ca", "--json"};
        InProcess dying = devpki.at(step, () -> {
            throw new ThreadDeathAt(step);
        });

        // when
        assertThrows(ThreadDeathAt.class, () -> dying.run(command));
        String meanwhile = serial("issuing-ca");
        issue("meanwhile");
        Finished ended = devpki.run(command);
        Finished again = devpki.run(command);

        // then
        assertEquals(before, meanwhile);
        assertEquals("true", member(ended, "changed"));
        assertEquals("false", member(again, "changed"));
        assertNotEquals(before, serial("issuing-ca"));
        assertEquals(before, member(ended, "before"));
        issue("later");
        devpki.run("crl", "publish", "--if-needed").exiting(0);
        devpki.run("doctor").exiting(0);
        devpki.run("audit", "verify").exiting(0);
        // what was signed is taken, and what was not is superseded
        List<StoreProof.Row> own = StoreProof.of(folder).rows("issuing-ca");
        boolean isSigned = step == Checkpoint.Step.ISSUE_5_RECORDED;
        assertEquals(isSigned ? 2 : 3, own.size(), own::toString);
        assertEquals(
                isSigned ? 0 : 1,
                own.stream().filter(row -> row.reason().equals("superseded")).count());
    }

    private static final class ThreadDeathAt extends Error {
        private static final long serialVersionUID = 1;

        ThreadDeathAt(Checkpoint.Step step) {
            super(step.name());
        }
    }

    @Test
    void aCaOfAnotherProgramKeepsItsNameAndKeyIdentifier() throws IOException {
        // given a CA of RSA, whose name has another shape than the profile gives
        TestAuthority old = TestAuthority.root("old root of a plant");
        Files.writeString(folder.resolve("ca.crt"), Pem.certificate(old.certificate()));
        Path key = folder.resolve("ca.key");
        Files.write(
                key,
                Pem.privateKey(TestKeys.key(TestKeys.P_256, "old root of a plant")
                                .pkcs8())
                        .lend(byte[]::clone));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        devpki.run("ca", "import", "old", "--cert", file("ca.crt"), "--private-key", file("ca.key"))
                .exiting(0);
        CertificateDer device = old.device("gauge-1", SerialNumber.parse("4f01"), List.of());
        Files.createDirectory(folder.resolve("issued"));
        Files.writeString(folder.resolve("issued/gauge-1.pem"), Pem.certificate(device));
        devpki.run("device", "import", file("issued"), "--ca", "old", "--from", "folder")
                .exiting(0);

        // when
        Finished reissued = reissue("old", "--profile", "root-ca", "--not-after", "2056-01-01T00:00:00Z");
        Finished imported =
                devpki.run("ca", "import", "old", "--cert", file("ca.crt"), "--private-key", file("ca.key"), "--json");

        // then
        ParsedTbs now = in("pki/publish/ca/old.pem").get(0);
        assertEquals("true", member(reissued, "changed"));
        assertEquals(old.tbs().subject(), now.subject());
        assertEquals(old.tbs().subjectKeyId(), now.subjectKeyId());
        assertEquals("2056-01-01T00:00:00Z", now.notAfter().at().toString());
        assertEquals("false", member(imported, "changed"));
    }

    @Test
    void aCaUnderAnOfflineRootIsReissuedByRequest() throws IOException {
        // given a plant whose root is in another store
        Path plantFolder = Files.createDirectory(folder.resolve("plant"));
        Files.writeString(plantFolder.resolve("passphrase"), "correct horse");
        InProcess plant = InProcess.in(plantFolder).at(clock);
        devpki.run("ca", "export", "--trust", "--out", file("root.trust")).exiting(0);
        plant.run("init", "--trust", file("root.trust")).exiting(0);
        plant.run("ca", "csr", "plant-1", "--out", file("1.csr")).exiting(0);
        devpki.run("ca", "sign", file("1.csr"), "--issuer", "root-ca", "--name", "plant-1", "--out", file("1.pem"))
                .exiting(0);
        plant.run("ca", "import", "plant-1", "--cert", file("1.pem")).exiting(0);
        String before = member(plant.run("ca", "show", "plant-1", "--json"), "serial");

        // when
        assertRefused(5, "ca reissue plant-1 --csr FILE", plant.run("ca", "reissue", "plant-1"));
        plant.run("ca", "reissue", "plant-1", "--csr", file("2.csr")).exiting(0);
        String[] sign = {
            "ca",
            "sign",
            file("2.csr"),
            "--reissue",
            "--issuer",
            "root-ca",
            "--name",
            "plant-1",
            "--not-after",
            "ca",
            "--out",
            file("2.pem"),
            "--json"
        };
        Finished signed = devpki.run(sign);
        Finished signedAgain = devpki.run(sign);
        Finished brought = plant.run("ca", "import", "plant-1", "--cert", file("2.pem"), "--json");
        Finished broughtAgain = plant.run("ca", "import", "plant-1", "--cert", file("2.pem"), "--json");
        Finished back = plant.run("ca", "import", "plant-1", "--cert", file("1.pem"), "--json");

        // then
        assertEquals("true", member(signed, "changed"));
        assertEquals("false", member(signedAgain, "changed"));
        assertEquals("true", member(brought, "changed"));
        assertEquals("false", member(broughtAgain, "changed"));
        assertEquals("false", member(back, "changed"));
        assertNotEquals(before, member(brought, "serial"));
        plant.run("issue", "d1", "--ca", "plant-1", "--out", file("out")).exiting(0);
        assertEquals(member(brought, "serial"), above("d1").get(0));

        // and the root's own, which the plant knows of the office
        reissue("root-ca", "--not-after", "9999").exiting(0);
        devpki.run("ca", "export", "root-ca", "--out", file("root.pem")).exiting(0);
        Finished root = plant.run("ca", "import", "root-ca", "--cert", file("root.pem"), "--json");
        assertEquals("true", member(root, "changed"));
        assertEquals(serial("root-ca"), member(root, "serial"));
        assertRefused(
                4,
                "is not for the same key and name",
                plant.run("ca", "import", "plant-1", "--cert", file("root.pem")));
        plant.run("doctor").exiting(0);
        devpki.run("doctor").exiting(0);
    }
}
