package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CA takes over from another while a broker runs, and other people's programs verify every chain of before and after. */
@Tag("long")
class CaRotationIT {
    @TempDir
    private Path folder;

    private InProcess devpki;

    @BeforeEach
    void makeAStore() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        devpki = InProcess.in(folder);
        run("init", "--org", "Acme", "--crl-url", "http://crl.acme.example", "--ocsp-url", "http://ocsp.acme.example");
    }

    private Finished run(String... words) {
        return devpki.run(words).exiting(0);
    }

    private void issue(String name, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "issue",
                name,
                "--format",
                "embed,pem",
                "--out",
                folder.resolve("out").toString()));
        words.addAll(List.of(more));
        run(words.toArray(String[]::new));
    }

    private void export() {
        run("ca", "export", "--bundle", "--out", folder.resolve("ca.pem").toString());
    }

    @Test
    @Tag("broker")
    void aBrokerHoldsOldAndNewDevicesThroughARotation() throws IOException {
        // given a broker that is told of the successor ahead of its day
        issue("broker", "--profile", "broker-server", "--san", "ip:127.0.0.1");
        issue("old-1");
        issue("old-2");
        run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2", "--at", "2126-01-01T00:00:00Z");
        export();
        try (Mosquitto broker = Mosquitto.start(
                folder,
                "certfile " + folder.resolve("out/broker/chain.pem"),
                "keyfile " + folder.resolve("out/broker/key.pem"),
                "cafile " + folder.resolve("ca.pem"),
                "crlfile " + folder.resolve("pki/publish/crl/all.crl.pem"),
                "require_certificate true",
                "use_identity_as_username true",
                "allow_anonymous false")) {
            // when the day is brought forward, and the old CA retires
            run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2", "--at", "2026-01-01T00:00:00Z");
            issue("new-1");
            int oldBefore = connect(broker, "old-1");
            int newBefore = connect(broker, "new-1");
            run("ca", "retire", "issuing-ca");
            run("revoke", "old-2", "--reason", "key-compromise");
            run("crl", "publish", "--if-needed", "--hook", "kill -HUP " + broker.pid());
            broker.awaitLog("Reloading config");

            // then
            assertEquals(0, oldBefore, broker::log);
            assertEquals(0, newBefore, broker::log);
            assertEquals(0, connect(broker, "old-1"), broker::log);
            assertEquals(0, connect(broker, "new-1"), broker::log);
            assertNotEquals(0, connect(broker, "old-2"), broker::log);
        }
    }

    private int connect(Mosquitto broker, String name) {
        Path device = folder.resolve("out").resolve(name);
        return Tool.in(folder)
                .run(
                        "mosquitto_pub",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(broker.port()),
                        "--cafile",
                        device.resolve("server_root_ca.pem").toString(),
                        "--cert",
                        device.resolve("client_crt.pem").toString(),
                        "--key",
                        device.resolve("client_key.pem").toString(),
                        "-t",
                        "up",
                        "-m",
                        "hello",
                        "-q",
                        "1")
                .exit();
    }

    @Test
    void everyChainOfSeveralRootsAndOfARotationVerifiesAtItsOwnRootAlone() throws IOException {
        // given
        Files.writeString(folder.resolve("pki/profiles/policy-ca.yaml"), POLICY_CA);
        run("ca", "create", "lab-root", "--root", "--cn", "Lab Root");
        run("ca", "create", "policy", "--parent", "lab-root", "--profile", "policy-ca");
        run("ca", "create", "lab-1", "--parent", "policy");
        issue("old-1");
        issue("lab-1-device", "--ca", "lab-1");
        run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2");
        issue("new-1");
        issue("lost", "--ca", "lab-1");
        run("revoke", "lost", "--reason", "key-compromise");
        run("crl", "publish", "--if-needed");

        // then
        for (String name : List.of("old-1", "new-1", "lab-1-device")) {
            boolean isLab = name.startsWith("lab");
            openssl(name, isLab ? "lab-root" : "root-ca").exiting(0);
            assertTrue(openssl(name, isLab ? "root-ca" : "lab-root").err().contains("unable to get"), name);
            gnutls(name, isLab ? "lab-root" : "root-ca").exiting(0);
            assertEquals(1, gnutls(name, isLab ? "root-ca" : "lab-root").exit(), name);
        }
        assertTrue(openssl("lost", "lab-root").err().contains("certificate revoked"));
        assertTrue(gnutls("lost", "lab-root").out().contains("The certificate chain is revoked."));
    }

    @Test
    void aRenewalByTheSuccessorVerifiesWithTheKeyThatTheDeviceHas() throws IOException {
        // given a device of a CA that was succeeded since
        issue("d1");
        Path old = Files.move(folder.resolve("out/d1"), folder.resolve("out/d1-old"));
        run("ca", "rotate", "issuing-ca", "--to", "issuing-ca-2");

        // when
        run(
                "device",
                "renew",
                "d1",
                "--format",
                "pem",
                "--out",
                folder.resolve("out").toString());
        run("crl", "publish", "--if-needed");

        // then both serve, with one key
        for (String name : List.of("d1-old", "d1")) {
            openssl(name, "root-ca").exiting(0);
            gnutls(name, "root-ca").exiting(0);
        }
        String publicKey = Tool.in(folder)
                .run("openssl", "pkey", "-in", old.resolve("key.pem").toString(), "-pubout")
                .exiting(0)
                .out();
        assertEquals(
                publicKey,
                Tool.in(folder)
                        .run("openssl", "x509", "-in", "out/d1/cert.pem", "-noout", "-pubkey")
                        .exiting(0)
                        .out());
        assertFalse(Files.exists(folder.resolve("out/d1/key.pem")));
    }

    @Test
    void everyChainOfReissuedCasVerifiesAtEachCertificateOfItsRoot() throws IOException {
        // given
        run("ca", "create", "lab-root", "--root", "--cn", "Lab Root", "--not-after", "5y");
        run("ca", "create", "lab-1", "--parent", "lab-root", "--not-after", "ca");
        issue("old-1", "--ca", "lab-1", "--not-after", "4y");
        Files.copy(folder.resolve("pki/publish/ca/lab-root.pem"), folder.resolve("pki/publish/ca/old-root.pem"));

        // when
        run("ca", "reissue", "lab-root", "--not-after", "20y");
        run("ca", "reissue", "lab-1", "--not-after", "ca");
        issue("new-1", "--ca", "lab-1", "--not-after", "15y");
        run("crl", "publish", "--if-needed");

        // then
        for (String name : List.of("old-1", "new-1")) {
            for (String root : List.of("old-root", "lab-root")) {
                openssl(name, root).exiting(0);
                gnutls(name, root).exiting(0);
            }
            assertTrue(openssl(name, "root-ca").err().contains("unable to get"), name);
        }
    }

    @Test
    void theChainOfACaUnderAnOfflineRootVerifies() throws IOException {
        // given the root here, and a folder that has the issuing key alone
        Path plant = Files.createDirectory(folder.resolve("plant"));
        Files.writeString(plant.resolve("passphrase"), "another horse\n");
        InProcess there = InProcess.in(plant);
        run("ca", "export", "--trust", "--out", plant.resolve("root.trust").toString());
        there.run("init", "--trust", plant.resolve("root.trust").toString()).exiting(0);
        String csr = plant.resolve("plant-1.csr").toString();
        String pem = plant.resolve("plant-1.pem").toString();
        there.run("ca", "csr", "plant-1", "--out", csr).exiting(0);
        Tool.in(plant).run("openssl", "req", "-verify", "-noout", "-in", csr).exiting(0);

        // when
        run("ca", "sign", csr, "--issuer", "root-ca", "--name", "plant-1", "--out", pem);
        there.run("ca", "import", "plant-1", "--cert", pem).exiting(0);
        there.run("crl", "import", folder.resolve("pki/publish/crl/root-ca.crl").toString())
                .exiting(0);
        there.run(
                        "issue",
                        "d1",
                        "--ca",
                        "plant-1",
                        "--format",
                        "pem",
                        "--out",
                        plant.resolve("out").toString())
                .exiting(0);

        // then
        openssl(plant, "d1", "root-ca").exiting(0);
        gnutls(plant, "d1", "root-ca").exiting(0);
    }

    @Test
    void rootsThatVouchForEachOtherVerifyBothWays() throws IOException {
        // given a device under each of two roots
        run("ca", "create", "root-2", "--root", "--cn", "Acme Root CA 2");
        run("ca", "create", "issuing-2", "--parent", "root-2");
        issue("d1");
        issue("d2", "--ca", "issuing-2");
        boolean isBelievedBefore = openssl("d1", "root-2").exit() == 0;

        // when
        run("ca", "cross-sign", "root-ca", "--by", "root-2");
        run("ca", "cross-sign", "root-2", "--by", "root-ca");
        String again =
                run("ca", "cross-sign", "root-ca", "--by", "root-2", "--json").out();
        append("d1", "root-ca-by-root-2");
        append("d2", "root-2-by-root-ca");

        // then
        assertFalse(isBelievedBefore);
        assertTrue(again.contains("\"changed\" : false"), again);
        for (String name : List.of("d1", "d2")) {
            for (String root : List.of("root-ca", "root-2")) {
                openssl(name, root).exiting(0);
                gnutls(name, root).exiting(0);
            }
        }
        assertEquals(
                2,
                devpki.run("ca", "cross-sign", "root-ca", "--by", "issuing-ca").exit());
        assertEquals(
                2,
                devpki.run("ca", "cross-sign", "issuing-ca", "--by", "root-ca").exit());
        run("doctor");
    }

    /** To what the device sends, or a broker has beside its roots. */
    private void append(String name, String cross) throws IOException {
        Path chain = folder.resolve("out").resolve(name).resolve("chain.pem");
        Files.writeString(
                chain, Files.readString(chain) + Files.readString(folder.resolve("pki/publish/ca/" + cross + ".pem")));
    }

    private Finished openssl(String name, String root) {
        return openssl(folder, name, root);
    }

    private Finished gnutls(String name, String root) {
        return gnutls(folder, name, root);
    }

    private static Finished openssl(Path folder, String name, String root) {
        return Tool.in(folder)
                .run(
                        "openssl",
                        "verify",
                        "-x509_strict",
                        "-crl_check_all",
                        "-CAfile",
                        "pki/publish/ca/" + root + ".pem",
                        "-CRLfile",
                        "pki/publish/crl/all.crl.pem",
                        "-untrusted",
                        "out/" + name + "/chain.pem",
                        "out/" + name + "/cert.pem");
    }

    private static Finished gnutls(Path folder, String name, String root) {
        return Tool.in(folder)
                .run(
                        "certtool",
                        "--verify",
                        "--verify-profile",
                        "medium",
                        "--load-ca-certificate",
                        "pki/publish/ca/" + root + ".pem",
                        "--load-crl",
                        "pki/publish/crl/all.crl.pem",
                        "--infile",
                        "out/" + name + "/chain.pem");
    }

    private static final String POLICY_CA = """
            description: A CA that signs one more level of CAs.
            subject:
              O: "{organization}"
              CN: "{organization} Policy CA"
            keys: [P-384]
            validity:
              not-after: ca
            ca: true
            path-length: 1
            key-usage: [keyCertSign, cRLSign]
            urls: [crl, ca]
            """;
}
