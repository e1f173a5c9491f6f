package org.devpki.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.SoftToken;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CA keys in a token of SoftHSM2: made there or found there, pulled out, and what OpenSSL says of what they sign. */
class TokenIT {
    private static final String ROOT = "pkcs11:token=acme;object=root-ca";
    private static final String ISSUING = "pkcs11:token=acme;object=issuing-ca";

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    private SoftToken token;
    private Devpki devpki;

    @BeforeAll
    static void makeAStoreWithItsKeysInAToken() {
        init(
                        SoftToken.made(template).devpki(),
                        "--root-key",
                        "P-256",
                        "--root-key-uri",
                        ROOT,
                        "--issuing-key-uri",
                        ISSUING)
                .exiting(0);
    }

    @BeforeEach
    void aCopyOfBoth() {
        StoreProof.copy(template, folder);
        token = SoftToken.at(folder);
        devpki = token.devpki();
    }

    private static Finished init(Devpki devpki, String... options) {
        List<String> command = new ArrayList<>(
                List.of("init", "--org", "Acme", "--crl-url", "http://c.example", "--pkcs11-module", SoftToken.MODULE));
        command.addAll(Arrays.asList(options));
        return devpki.run(command.toArray(String[]::new));
    }

    private Finished openssl(String... options) {
        return devpki.other(
                Stream.concat(Stream.of("openssl"), Stream.of(options)).toArray(String[]::new));
    }

    private Finished verify(String device) {
        return openssl(
                "verify",
                "-x509_strict",
                "-crl_check",
                "-CAfile",
                "pki/publish/ca/all.pem",
                "-CRLfile",
                "pki/publish/crl/all.crl.pem",
                "out/" + device + "/client_crt.pem");
    }

    @Test
    void aCaOfAnotherProgramIsTakenOverWithItsKeyInTheToken() {
        // given a store that knows nothing of the root whose key the token has
        devpki.run(
                        "init",
                        "--store",
                        "other/pki",
                        "--org",
                        "Other",
                        "--root-key",
                        "P-256",
                        "--pkcs11-module",
                        SoftToken.MODULE)
                .exiting(0);
        String[] order = {
            "ca",
            "import",
            "old-root",
            "--store",
            "other/pki",
            "--cert",
            "pki/publish/ca/root-ca.pem",
            "--key-uri",
            ROOT
        };
        String[] another = order.clone();
        another[another.length - 1] = ISSUING;

        // when
        Finished refused = devpki.run(another);
        devpki.run(order).exiting(0);
        devpki.run("ca", "create", "line-3", "--store", "other/pki", "--parent", "old-root")
                .exiting(0);

        // then
        assertTrue(
                refused.exiting(9).err().contains("is another key than the one its certificate names"), refused::err);
        assertFalse(Files.exists(folder.resolve("other/pki/keys/old-root.key.pem")));
        openssl("verify", "-CAfile", "pki/publish/ca/root-ca.pem", "other/pki/publish/ca/line-3.pem")
                .exiting(0);
        devpki.run("doctor", "--store", "other/pki").exiting(0);
    }

    @Test
    void theMainJobRunsOnKeysThatNeverLeaveTheToken() throws IOException {
        Files.writeString(folder.resolve("list.csv"), "name\nd2\nd3\nd4\n");

        devpki.run("issue", "d1", "--out", "out").exiting(0);
        Finished batch = devpki.run("batch", "run", "list.csv", "--batch", "B1", "--out", "out", "--jobs", "2");
        devpki.run("revoke", "d1", "--reason", "key-compromise").exiting(0);
        devpki.run("crl", "publish").exiting(0);
        openssl(
                        "ocsp",
                        "-no_nonce",
                        "-issuer",
                        "pki/publish/ca/issuing-ca.pem",
                        "-cert",
                        "out/d2/client_crt.pem",
                        "-cert",
                        "out/d1/client_crt.pem",
                        "-reqout",
                        "ask.der")
                .exiting(0);
        devpki.run("ocsp", "respond", "ask.der", "--out", "answer.der").exiting(0);
        Finished answer = openssl(
                "ocsp",
                "-respin",
                "answer.der",
                "-reqin",
                "ask.der",
                "-CAfile",
                "pki/publish/ca/all.pem",
                "-issuer",
                "pki/publish/ca/issuing-ca.pem",
                "-cert",
                "out/d2/client_crt.pem",
                "-cert",
                "out/d1/client_crt.pem");

        batch.exiting(0);
        for (String device : List.of("d2", "d3", "d4")) {
            verify(device).exiting(0);
        }
        assertTrue(verify("d1").err().contains("certificate revoked"));
        assertTrue(answer.exiting(0).out().contains("out/d2/client_crt.pem: good"), answer::all);
        assertTrue(answer.out().contains("out/d1/client_crt.pem: revoked"), answer::all);
        assertTrue(answer.err().contains("Response verify OK"), answer::all);
        long sealed = token.tool("--list-objects", "--type", "privkey")
                .out()
                .lines()
                .filter(line -> line.contains("sensitive, always sensitive, never extractable, local"))
                .count();
        assertEquals(2, sealed);
        try (Stream<Path> keys = Files.list(folder.resolve("pki/keys"))) { // the responder's alone
            assertTrue(keys.allMatch(file -> file.getFileName().toString().startsWith("issuing-ca-ocsp-")));
        }
    }

    @Test
    void aTokenThatIsPulledOutAndPutBackIsToldAndNothingIsLost() throws Exception {
        Process station = devpki.talkTo(folder.resolve("log"), "station", "--batch", "S1", "--out", "out");
        List<String> lines = new ArrayList<>();
        Path away = folder.resolve("pocket");
        try (BufferedReader results = new BufferedReader(new InputStreamReader(station.getInputStream(), UTF_8));
                OutputStream orders = station.getOutputStream()) {
            results.readLine(); // it is ready
            lines.add(order(orders, results, "d1"));
            Files.move(token.objects(), away);
            lines.add(order(orders, results, "d2"));
            lines.add(order(orders, results, "d2"));
            Files.move(away, token.objects());
            lines.add(order(orders, results, "d2"));
            lines.add(order(orders, results, "d3"));
            orders.close();
            assertTrue(station.waitFor(30, TimeUnit.SECONDS));
        } finally {
            station.destroyForcibly();
        }

        assertEquals(
                List.of("issued", "failed", "failed", "issued", "issued"),
                lines.stream().map(line -> StoreProof.member(line, "status")).toList(),
                lines::toString);
        assertEquals("key-unavailable", StoreProof.member(lines.get(1), "fault"));
        assertTrue(lines.get(1).contains("token acme cannot be reached"), lines::toString);
        StoreProof proof = StoreProof.of(folder);
        for (String device : List.of("d1", "d2", "d3")) {
            proof.bundleHolds(proof.oneValid(device));
        }
        proof.serialsAreUnique();
        assertFalse(lines.toString().contains(SoftToken.PIN));
    }

    private static String order(OutputStream orders, BufferedReader results, String device) throws IOException {
        orders.write(("{\"name\":\"" + device + "\"}\n").getBytes(UTF_8));
        orders.flush();
        return String.valueOf(results.readLine());
    }

    /** The root's key is RSA and was made by pkcs11-tool, the issuing CA's came from OpenSSL. */
    @Tag("long")
    @Test
    void keysThatAreInTheTokenAreFoundByLabelOrId() {
        token.tool("--keypairgen", "--key-type", "rsa:3072", "--label", "plant root", "--id", "0a0b");
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "issuing.pem")
                .exiting(0);
        token.softhsm(
                "--import", "issuing.pem", "--token", "acme", "--label", "plant", "--id", "0C", "--pin", SoftToken.PIN);
        Devpki plant = devpki.with("DEVPKI_STORE", "plant");
        String[] uris = {
            "--found-keys",
            "--root-key-uri",
            "pkcs11:token=acme;id=%0a%0b",
            "--issuing-key-uri",
            "pkcs11:token=acme;object=plant"
        };

        Finished otherKind = init(plant, uris);
        init(
                        plant,
                        Stream.concat(Stream.of(uris), Stream.of("--root-key", "RSA-3072"))
                                .toArray(String[]::new))
                .exiting(0);
        plant.run("issue", "d1", "--format", "pem", "--out", "plant-out").exiting(0);

        assertEquals(
                "devpki: error: key with id 0a0b in token acme is of kind RSA-3072, and P-384 was asked for",
                error(otherKind.exiting(9)).get(0));
        openssl("verify", "-x509_strict", "-CAfile", "plant/publish/ca/all.pem", "plant-out/d1/cert.pem")
                .exiting(0);
    }

    @Tag("crash")
    @Test
    void anInitThatIsKilledAfterItMadeAKeyInTheTokenIsEndedByTheSameCommand() {
        Devpki second = devpki.with("DEVPKI_STORE", "second");
        String[] order = {
            "init",
            "--root-key",
            "P-256",
            "--pkcs11-module",
            SoftToken.MODULE,
            "--root-key-uri",
            "pkcs11:token=acme;object=second-root"
        };

        Victim.killedAt(second, Step.ISSUE_3_RESERVED, 1, order);
        second.run(order).exiting(0);

        Finished keys = token.tool("--list-objects", "--type", "privkey");
        assertEquals(
                1,
                keys.out().lines().filter(line -> line.contains("second-root")).count(),
                keys::out);
    }

    @Test
    void whyAKeyInATokenCannotBeHadIsOneSentenceWithoutThePin() throws IOException {
        Files.writeString(folder.resolve("wrong"), "471109\n");
        Finished made = init(devpki.with("DEVPKI_STORE", "second"), "--root-key", "P-256", "--root-key-uri", ROOT);
        Finished wrongPin = devpki.run("key", "list", "--open", "--pin-file", "wrong", "--verbose");
        token.tool("--delete-object", "--type", "privkey", "--label", "root-ca");
        token.tool("--delete-object", "--type", "pubkey", "--label", "root-ca");
        Finished gone = devpki.run("key", "show", "root-ca", "--open");
        token.tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", "root-ca");
        Finished another = devpki.run("crl", "publish");
        Finished noPin = devpki.with("DEVPKI_PIN_FILE", "").run("issue", "d1", "--out", "out");

        assertEquals(
                "devpki: error: token acme has a private key root-ca already, and it is never replaced",
                error(made.exiting(4)).get(0));
        assertTrue(wrongPin.exiting(9).out().contains("token acme refuses the PIN, which is not tried again"));
        assertTrue(gone.exiting(9).out().contains("token acme has no private key root-ca"), gone::all);
        assertTrue(
                another.exiting(9)
                        .err()
                        .contains("key root-ca in token acme is another key than the one its certificate names"),
                another::all);
        assertEquals(
                List.of(
                        "devpki: error: no PIN for token acme, and no terminal to ask on",
                        "hint: --pin-file FILE, --pin-fd N, DEVPKI_PIN_FILE or pin-source= in the key's URI give it"),
                error(noPin.exiting(9)));
        for (Finished each : List.of(made, wrongPin, gone, another, noPin)) {
            assertFalse(each.all().contains("4711"), each::all);
        }
        assertEquals(List.of(), StoreProof.of(folder).rows("d1"));
    }

    /** The error, and its hint if it has one. */
    private static List<String> error(Finished finished) {
        return finished.err()
                .lines()
                .dropWhile(line -> !line.startsWith("devpki: error: "))
                .toList();
    }
}
