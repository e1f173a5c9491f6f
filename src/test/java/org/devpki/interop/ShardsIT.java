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
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CRLs in shards and delta CRLs, as others read them. The store has certificates from before it had shards, of shard 1,
 * and of shard 2; of each kind one is live and one revoked.
 */
@Tag("broker")
class ShardsIT {
    private static final String CRLS = "pki/publish/crl/";
    private static final List<String> KINDS = List.of("main", "one", "two");

    @TempDir
    private static Path home;

    private static Devpki devpki;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeAStoreThatGrowsShards() throws IOException {
        devpki = Devpki.withStore(home, "--crl-delta", "1h");
        pair("main", "issuing-ca.crl");
        issue("broker", "--profile", "broker-server", "--san", "ip:127.0.0.1", "--san", "dns:localhost");
        devpki.run("ca", "export", "--bundle", "--out", "ca.pem").exiting(0);
        setting("shards: 0", "shards: 1");
        pair("one", "issuing-ca.1.crl");
        setting("shards: 1", "shards: 2");
        pair("two", "issuing-ca.2.crl");
        setting("complete: true", "complete: false");
        devpki.run("crl", "publish").exiting(0);
        Tool.in(home).run("cp", "-r", CRLS, "before").exiting(0);
        for (String kind : KINDS) {
            devpki.run("revoke", kind + "-lost", "--reason", "key-compromise").exiting(0);
        }
        setting("complete: false", "complete: true");
        devpki.run("crl", "publish").exiting(0);
        Tool.in(home).run("cp", "-r", CRLS, "complete").exiting(0);
        setting("complete: true", "complete: false");
        devpki.run("crl", "publish", "--if-needed").exiting(0);
        devpki.run("doctor").exiting(0);
    }

    private static void setting(String before, String after) throws IOException {
        Path settings = devpki.file("pki/devpki.yaml");
        String text = Files.readString(settings);
        assertTrue(text.contains(before), text);
        Files.writeString(settings, text.replace(before, after));
    }

    /** Two devices whose distribution point is this file; chance decides the shard, so some others may come first. */
    private static void pair(String kind, String crlFile) {
        for (String which : List.of("live", "lost")) {
            String id = kind + "-" + which;
            for (int attempt = 0; ; attempt++) {
                issue(id);
                Finished points =
                        openssl("x509", "-in", "out/" + id + "/cert.pem", "-noout", "-ext", "crlDistributionPoints");
                if (points.exiting(0).out().contains("URI:http://crl.acme.example/" + crlFile + "\n")) {
                    break;
                }
                assertTrue(attempt < 40, points::out);
                devpki.run("revoke", id, "--reason", "superseded").exiting(0);
            }
        }
    }

    private static void issue(String id, String... more) {
        List<String> command =
                new ArrayList<>(List.of("issue", id, "--format", "pem,embed", "--out", "out", "--force"));
        command.addAll(List.of(more));
        devpki.run(command.toArray(String[]::new)).exiting(0);
    }

    private static Finished openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        return Tool.in(home).run(command.toArray(String[]::new));
    }

    private static Finished verify(String id, List<String> crls, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "verify",
                "-x509_strict",
                "-CAfile",
                "out/" + id + "/ca.pem",
                "-untrusted",
                "out/" + id + "/chain.pem"));
        crls.forEach(crl -> arguments.addAll(List.of("-CRLfile", crl)));
        arguments.addAll(List.of(more));
        arguments.add("out/" + id + "/cert.pem");
        return openssl(arguments.toArray(String[]::new));
    }

    private static void assertError(int error, Finished verified) {
        assertEquals(2, verified.exit(), verified::all);
        assertTrue(verified.err().contains("error " + error + " at 0 depth lookup"), verified::err);
    }

    @Test
    void opensslFindsEachDeviceInTheShardsOfOneFile() {
        for (String kind : KINDS) {
            verify(kind + "-live", List.of(CRLS + "all.crl.pem"), "-crl_check_all")
                    .exiting(0);
            assertError(23, verify(kind + "-lost", List.of(CRLS + "all.crl.pem"), "-crl_check_all"));
        }
    }

    @Test
    void opensslTakesNoOtherShardForADevice() {
        verify("one-live", List.of(CRLS + "issuing-ca.1.crl.pem"), "-crl_check").exiting(0);
        assertError(23, verify("one-lost", List.of(CRLS + "issuing-ca.1.crl.pem"), "-crl_check"));
        assertError(44, verify("one-lost", List.of(CRLS + "issuing-ca.2.crl.pem"), "-crl_check"));
        assertError(44, verify("one-live", List.of(CRLS + "issuing-ca.crl.pem"), "-crl_check"));
        assertError(44, verify("main-live", List.of(CRLS + "issuing-ca.1.crl.pem"), "-crl_check"));
    }

    @Test
    void opensslRefusesByAnOldCompleteCrlAndTheDeltaThatAddsToIt() {
        for (String kind : KINDS) {
            String shard = kind.equals("main") ? "issuing-ca" : kind.equals("one") ? "issuing-ca.1" : "issuing-ca.2";
            List<String> crls = List.of("before/" + shard + ".crl.pem", CRLS + shard + ".delta.crl.pem");
            String[] deltas = {"-crl_check", "-extended_crl", "-use_deltas"};

            verify(kind + "-lost", crls.subList(0, 1), "-crl_check").exiting(0); // the old one alone lets it in
            verify(kind + "-live", crls, deltas).exiting(0);
            assertError(23, verify(kind + "-lost", crls, deltas));
        }
    }

    @Test
    void opensslAndTheCompleteCrlRefuseDevicesOfEveryShard() {
        for (String kind : KINDS) {
            verify(kind + "-live", List.of("complete/all.crl.pem"), "-crl_check_all")
                    .exiting(0);
            assertError(23, verify(kind + "-lost", List.of("complete/all.crl.pem"), "-crl_check_all"));
        }
    }

    private static Finished gnutls(String id, String crls) {
        return Tool.in(home)
                .run(
                        "certtool",
                        "--verify",
                        "--verify-profile",
                        "medium",
                        "--load-ca-certificate",
                        "out/" + id + "/ca.pem",
                        "--load-crl",
                        crls,
                        "--infile",
                        "out/" + id + "/chain.pem");
    }

    /** GnuTLS looks at one CRL of each CA, whatever its scope: docs/revocation.md warns of shards in one file. */
    @Test
    void gnutlsRefusesByTheCompleteCrlAndByAShardAlone() {
        for (String kind : KINDS) {
            gnutls(kind + "-live", "complete/all.crl.pem").exiting(0);
            assertTrue(gnutls(kind + "-lost", "complete/all.crl.pem").out().contains("chain is revoked"), kind);
        }
        assertTrue(gnutls("one-lost", CRLS + "issuing-ca.1.crl.pem").out().contains("chain is revoked"));
        assertTrue(gnutls("two-lost", CRLS + "issuing-ca.1.delta.crl.pem").out().contains("is trusted"));
        assertTrue(gnutls("one-lost", CRLS + "issuing-ca.1.delta.crl.pem").out().contains("chain is revoked"));
    }

    @Test
    void mbedtlsReadsTheCompleteCrlAndNoShardAndNoDelta() {
        Path loader = folder.resolve("load");
        Tool.in(folder)
                .run(
                        "gcc",
                        "-o",
                        loader.toString(),
                        Devpki.ROOT.resolve("src/test/c/load_credentials.c").toString(),
                        "-lmbedtls",
                        "-lmbedx509",
                        "-lmbedcrypto")
                .exiting(0);

        String complete = load(loader, "two-lost", "complete/all.crl.pem");
        assertTrue(complete.contains("crl 0x0000\n"), complete);
        assertTrue(complete.contains("verify-with-crl -0x2700\nverify-with-crl-flags 0x2\n"), complete);
        String live = load(loader, "two-live", "complete/all.crl.pem");
        assertTrue(live.contains("verify-with-crl 0x0000\n"), live);
        for (String unread : List.of("issuing-ca.2.crl.pem", "issuing-ca.2.delta.crl.pem")) {
            String refused = load(loader, "two-lost", CRLS + unread);
            assertTrue(refused.contains("crl -0x2562\n"), refused); // a critical extension that it does not know
        }
    }

    private static String load(Path loader, String id, String crl) {
        String device = "out/" + id + "/";
        return Tool.in(home)
                .run(
                        loader.toString(),
                        device + "server_root_ca.pem",
                        device + "client_crt.pem",
                        device + "client_key.pem",
                        crl)
                .exiting(0)
                .out();
    }

    @Test
    void nssReadsTheCompleteCrlAndNoShardAndNoDelta() {
        String db = folder.toString();
        nss("certutil", "-N", "-d", db, "--empty-password").exiting(0);
        nss("certutil", "-A", "-d", db, "-n", "root", "-t", "CT,C,C", "-i", "pki/publish/ca/root-ca.pem")
                .exiting(0);
        nss("certutil", "-A", "-d", db, "-n", "issuing", "-t", ",,", "-i", "pki/publish/ca/issuing-ca.pem")
                .exiting(0);
        for (String id : List.of("one-live", "one-lost")) {
            nss("certutil", "-A", "-d", db, "-n", id, "-t", ",,", "-i", "out/" + id + "/cert.pem")
                    .exiting(0);
        }
        for (String shard : List.of("issuing-ca.1.crl", "issuing-ca.1.delta.crl")) {
            Finished refused = nss("crlutil", "-I", "-d", db, "-i", CRLS + shard);
            assertTrue(refused.all().contains("SEC_ERROR_CRL_UNKNOWN_CRITICAL_EXTENSION"), refused::all);
        }

        nss("crlutil", "-I", "-d", db, "-i", "complete/root-ca.crl").exiting(0);
        nss("crlutil", "-I", "-d", db, "-i", "complete/issuing-ca.crl").exiting(0);

        Finished live = nss("certutil", "-V", "-d", db, "-n", "one-live", "-u", "C", "-e");
        Finished lost = nss("certutil", "-V", "-d", db, "-n", "one-lost", "-u", "C", "-e");
        assertTrue(live.exiting(0).out().contains("certificate is valid"), live::all);
        assertTrue(lost.all().contains("revoked"), lost::all);
    }

    private static Finished nss(String... command) {
        return Tool.in(home).run(command);
    }

    @Test
    void mosquittoLetsInTheLiveOfEveryShardAndNoneOfTheRevoked() {
        try (Mosquitto broker = Mosquitto.start(
                folder,
                "certfile " + devpki.file("out/broker/chain.pem"),
                "keyfile " + devpki.file("out/broker/key.pem"),
                "cafile " + devpki.file("ca.pem"),
                "crlfile " + devpki.file(CRLS + "all.crl.pem"),
                "require_certificate true",
                "use_identity_as_username true",
                "allow_anonymous false")) {
            for (String kind : KINDS) {
                mqtt(broker, kind + "-live").exiting(0);
                assertNotEquals(0, mqtt(broker, kind + "-lost").exit());
                assertFalse(broker.log().contains("from " + kind + "-lost"), broker::log);
            }
        }
    }

    private static Finished mqtt(Mosquitto broker, String id) {
        return Tool.in(home)
                .run(
                        "mosquitto_pub",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(broker.port()),
                        "-i",
                        id,
                        "--cafile",
                        "out/" + id + "/server_root_ca.pem",
                        "--cert",
                        "out/" + id + "/client_crt.pem",
                        "--key",
                        "out/" + id + "/client_key.pem",
                        "-t",
                        "t",
                        "-m",
                        "m",
                        "-q",
                        "1");
    }

    @Test
    void nginxAnswersTheLiveOfEveryShardAndNoneOfTheRevoked() throws IOException {
        int port = Mosquitto.freePort();
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log stderr info;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  server {
                    listen 127.0.0.1:%2$d ssl;
                    ssl_certificate %3$s/out/broker/chain.pem;
                    ssl_certificate_key %3$s/out/broker/key.pem;
                    ssl_client_certificate %3$s/ca.pem;
                    ssl_verify_client on;
                    ssl_verify_depth 2;
                    ssl_crl %3$s/%4$sall.crl.pem;
                    location / { return 200 "you are $ssl_client_s_dn\\n"; }
                  }
                }
                """.formatted(folder, port, home, CRLS));
        Path log = folder.resolve("log");
        Process nginx = Tool.in(folder).start(log, "nginx", "-p", folder.toString(), "-c", configuration.toString());
        try {
            Waiting.until(() -> get(port, "main-live").out().contains("you are"), () -> Waiting.read(log));
            for (String kind : KINDS) {
                assertTrue(get(port, kind + "-live").out().contains("you are CN=" + kind + "-live"), kind);
                Finished refused = get(port, kind + "-lost");
                assertTrue(refused.out().contains("The SSL certificate error"), refused::all);
            }
            assertTrue(Waiting.read(log).contains("client SSL certificate verify error: (23:certificate revoked)"));
        } finally {
            nginx.destroy();
            Waiting.until(() -> !nginx.isAlive(), () -> "nginx does not end");
        }
    }

    private static Finished get(int port, String id) {
        String device = "out/" + id + "/";
        return Tool.in(home)
                .feed(
                        "GET / HTTP/1.0\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        "openssl",
                        "s_client",
                        "-quiet",
                        "-ign_eof",
                        "-connect",
                        "127.0.0.1:" + port,
                        "-CAfile",
                        device + "ca.pem",
                        "-cert",
                        device + "cert.pem",
                        "-cert_chain",
                        device + "chain.pem",
                        "-key",
                        device + "key.pem");
    }
}
