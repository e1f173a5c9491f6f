package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GnuTLS reads certificates, CRLs and OCSP answers; it refuses some encodings that OpenSSL lets pass. */
@Tag("long")
class GnutlsIT {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

    @TempDir
    private static Path home;

    private static Devpki devpki;

    @BeforeAll
    static void makeAStoreWithALiveAndARevokedDevice() {
        devpki = Devpki.withStore(home);
        for (String id : new String[] {"plant-1", "lost"}) {
            devpki.run("issue", id, "--format", "pem", "--out", "out").exiting(0);
        }
        devpki.run("revoke", "lost", "--reason", "key-compromise").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);
    }

    private static Finished verify(String id, String purpose) {
        return verify(home, id, purpose);
    }

    private static Finished verify(Path folder, String id, String purpose) {
        return Tool.in(folder)
                .run(
                        "certtool",
                        "--verify",
                        "--verify-profile",
                        "medium",
                        "--verify-purpose",
                        purpose,
                        "--load-ca-certificate",
                        "out/" + id + "/ca.pem",
                        "--load-crl",
                        "pki/publish/crl/all.crl.pem",
                        "--infile",
                        "out/" + id + "/chain.pem");
    }

    @Test
    void aLiveDevicePassesWithTheCrls() {
        // when
        Finished verified = verify("plant-1", CLIENT_AUTH).exiting(0);

        // then
        assertTrue(
                verified.out().contains("Chain verification output: Verified. The certificate is trusted."),
                verified::all);
        assertTrue(verified.out().contains("of: CN=Acme Issuing CA,O=Acme"), "no CRL was asked: " + verified.all());
    }

    @Test
    void aRevokedDeviceFailsWithTheCrls() {
        // when
        Finished verified = verify("lost", CLIENT_AUTH);

        // then
        assertEquals(1, verified.exit(), verified::all);
        assertTrue(verified.out().contains("The certificate chain is revoked."), verified::all);
    }

    @Test
    void anEd25519DeviceUnderEd25519CasPassesAndARevokedOneFails(@TempDir Path other) {
        // given
        Devpki store = Devpki.withStore(other, "--root-key", "Ed25519", "--key", "Ed25519");
        for (String id : new String[] {"plant-1", "lost"}) {
            store.run("issue", id, "--key", "Ed25519", "--format", "pem", "--out", "out")
                    .exiting(0);
        }
        store.run("revoke", "lost", "--reason", "key-compromise").exiting(0);
        store.run("crl", "publish", "--if-needed").exiting(0);

        // when
        Finished live = verify(other, "plant-1", CLIENT_AUTH);
        Finished lost = verify(other, "lost", CLIENT_AUTH);

        // then
        assertTrue(live.exiting(0).out().contains("Verified. The certificate is trusted."), live::all);
        assertTrue(lost.exiting(1).out().contains("The certificate chain is revoked."), lost::all);
    }

    @Test
    void aDevicesCertificateIsForNoServer() {
        // when
        Finished verified = verify("plant-1", SERVER_AUTH);

        // then
        assertEquals(1, verified.exit(), verified::all);
        assertTrue(verified.out().contains("does not match the intended purpose"), verified::all);
    }

    @Test
    void theChainInOneFileVerifies() throws IOException {
        // given
        Path chain = home.resolve("whole-chain.pem");
        Files.writeString(
                chain,
                Files.readString(home.resolve("out/plant-1/chain.pem"))
                        + Files.readString(home.resolve("out/plant-1/ca.pem")));

        // when
        Finished verified = Tool.in(home)
                .run("certtool", "--verify-chain", "--verify-profile", "medium", "--infile", chain.toString());

        // then
        assertTrue(
                verified.exiting(0).out().contains("Chain verification output: Verified. The certificate is trusted."),
                verified::all);
    }

    @Test
    void aCrlTellsItsNumberItsIssuersKeyAndWhatIsRevoked() {
        // given
        Finished shown = devpki.run("device", "show", "lost", "--json").exiting(0);
        String serial = shown.out().replaceAll("(?s).*\"serial\" : \"([0-9a-f]+)\".*", "$1");

        // when
        Finished crl = Tool.in(home)
                .run("certtool", "--crl-info", "--inder", "--infile", "pki/publish/crl/issuing-ca.crl")
                .exiting(0);

        // then
        assertTrue(crl.out().contains("Version: 2"), crl::all);
        assertTrue(crl.out().contains("CRL Number (not critical): 01"), crl::all);
        assertTrue(crl.out().contains("Authority Key Identifier (not critical):"), crl::all);
        assertTrue(crl.out().contains("Revoked certificates (1):"), crl::all);
        assertTrue(crl.out().contains("Serial Number (hex): " + serial + "\n"), crl::all);
        assertTrue(crl.out().contains("Next at: "), crl::all);
    }

    @Test
    void aCrlIsSignedByItsCa() {
        for (String ca : new String[] {"root-ca", "issuing-ca"}) {
            // when
            Finished crl = Tool.in(home)
                    .run(
                            "certtool",
                            "--verify-crl",
                            "--load-ca-certificate",
                            "pki/publish/ca/" + ca + ".pem",
                            "--infile",
                            "pki/publish/crl/" + ca + ".crl.pem");

            // then
            assertTrue(crl.exiting(0).all().contains("Verified"), crl::all);
            assertFalse(crl.all().contains("Not verified"), crl::all);
        }
    }

    @Test
    void anOcspAnswerVerifiesUpToTheRoot() {
        // given
        Tool tool = Tool.in(home);
        for (String id : new String[] {"plant-1", "lost"}) {
            tool.run(
                            "ocsptool",
                            "--generate-request",
                            "--load-issuer",
                            "pki/publish/ca/issuing-ca.pem",
                            "--load-cert",
                            "out/" + id + "/cert.pem",
                            "--outfile",
                            id + ".request")
                    .exiting(0);

            // when
            devpki.run("ocsp", "respond", id + ".request", "--out", id + ".response")
                    .exiting(0);
            Finished text = tool.run("ocsptool", "--response-info", "--infile", id + ".response");
            Finished verified = tool.run(
                    "ocsptool",
                    "--verify-response",
                    "--load-trust",
                    "pki/publish/ca/issuing-ca.pem",
                    "--infile",
                    id + ".response");

            // then
            assertTrue(
                    text.exiting(0)
                            .out()
                            .contains("Certificate Status: " + (id.equals("lost") ? "revoked" : "good") + "\n"),
                    text::all);
            assertTrue(verified.exiting(0).all().contains("Verifying OCSP Response: Success."), verified::all);
        }
    }
}
