package org.devpki.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.devpki.app.ExchangeCertificate;
import org.devpki.app.ServerIdentity;
import org.devpki.app.Surroundings;
import org.devpki.app.Workshop;
import org.devpki.model.Actor;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.Crypto;
import org.devpki.model.SecretBytes;
import org.devpki.testing.InProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The token endpoint over real TLS, with a real store behind it. */
@Timeout(60)
class TokenServerTest {
    @TempDir
    static Path folder;

    private static InProcess devpki;
    private static Workshop shop;
    private static ExchangeCertificate exchanges;
    private static TokenServer server;

    @BeforeAll
    static void startsAServer() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        devpki = InProcess.in(folder);
        devpki.run("init", "--root-key", "P-256", "--crl-url", "http://c.example", "--ocsp-url", "http://o.example")
                .exiting(0);
        devpki.run("token", "key", "create").exiting(0);
        issue("server", "--profile", "broker-server", "--san", "ip:127.0.0.1");
        issue("good");
        shop = Workshop.open(surroundings());
        exchanges = shop.exchangeCertificate();
        server = TokenServer.start(
                exchanges,
                identity("server"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ClientBounds(2000, 60_000, 100));
    }

    @AfterAll
    static void stops() {
        server.close();
        exchanges.close();
        shop.close();
    }

    private static Surroundings surroundings() {
        return new Surroundings(
                folder.resolve("pki"),
                Duration.ofSeconds(10),
                Clock.systemUTC(),
                new SecureRandom(),
                new Actor("tester@bench"),
                purpose -> SecretBytes.taking("correct horse".getBytes(StandardCharsets.UTF_8)),
                Checkpoint.NONE,
                words -> {},
                Crypto.JAVA);
    }

    private static void issue(String name, String... more) {
        String[] order = {
            "issue", name, "--format", "pem", "--out", folder.resolve("out").toString()
        };
        devpki.run(Stream.of(order, more).flatMap(Arrays::stream).toArray(String[]::new))
                .exiting(0);
    }

    private static ServerIdentity identity(String name) throws IOException {
        Path out = folder.resolve("out").resolve(name);
        return ServerIdentity.read(
                Bytes.of(Files.readAllBytes(out.resolve("chain.pem"))),
                "chain",
                SecretBytes.taking(Files.readAllBytes(out.resolve("key.pem"))),
                "key");
    }

    /** A client that believes the store's CAs and shows what it is given. */
    private static HttpClient client(Optional<ServerIdentity> shown) {
        return HttpClient.newBuilder()
                .sslContext(TestTls.client(shown, exchanges.trusted()))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    private static HttpResponse<String> post(HttpClient client, String body) throws IOException {
        return send(
                client,
                HttpRequest.newBuilder(uri("/token"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static URI uri(String path) {
        return URI.create("https://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String token(HttpResponse<String> response) {
        assertEquals(200, response.statusCode(), response.body());
        return response.body().replaceAll("(?s).*\"access_token\":\"([^\"]+)\".*", "$1");
    }

    private static long issued(String name) {
        return devpki.run("audit", "list")
                .out()
                .lines()
                .filter(line -> line.contains("jwt.issue") && line.contains(" " + name + " "))
                .count();
    }

    @Test
    void aGoodCertificateIsExchangedAsTheRfcSays() throws IOException {
        HttpResponse<String> response =
                post(client(Optional.of(identity("good"))), "grant_type=client_credentials&client_id=good");

        Path file = Files.writeString(folder.resolve("good.jwt"), token(response));
        assertTrue(response.body().matches("(?s).*\"token_type\":\"Bearer\",\"expires_in\":3[56][0-9]{2}}\n"));
        assertEquals("no-store", response.headers().firstValue("Cache-Control").orElse(""));
        devpki.run("token", "verify", file.toString(), "--client-id", "good").exiting(0);
    }

    @Test
    void aDeviceThatAsksAgainAtOnceGetsTheSameAndTheAuditDoesNotGrow() throws IOException {
        issue("eager");
        HttpClient client = client(Optional.of(identity("eager")));

        String first = token(post(client, ""));

        for (int i = 0; i < 5; i++) {
            assertEquals(first, token(post(client, "")));
        }
        assertEquals(1, issued("eager"));
    }

    @Test
    void aRevokedDeviceGetsNoneFromThenOn() throws IOException {
        issue("victim");
        HttpClient client = client(Optional.of(identity("victim")));
        token(post(client, ""));

        devpki.run("revoke", "victim", "--reason", "key-compromise").exiting(0);

        HttpResponse<String> refused = post(client, "");
        assertEquals(401, refused.statusCode());
        assertEquals(
                "{\"error\":\"invalid_client\",\"error_description\":\"the certificate is revoked\"}\n",
                refused.body());
    }

    @Test
    void aHeldDeviceGetsNoneUntilItIsReleased() throws IOException {
        issue("held");
        HttpClient client = client(Optional.of(identity("held")));

        devpki.run("revoke", "held", "--reason", "certificate-hold").exiting(0);
        assertEquals(401, post(client, "").statusCode());
        devpki.run("device", "release", "held").exiting(0);

        token(post(client, ""));
    }

    @Test
    void whoShowsNoCertificateGetsNone() throws IOException {
        HttpResponse<String> refused = post(client(Optional.empty()), "");

        assertEquals(401, refused.statusCode());
        assertTrue(refused.body().contains("no client certificate was shown"), refused.body());
    }

    @Test
    void aServersCertificateIsNoDevices() throws IOException {
        assertThrows(
                IOException.class, () -> post(client(Optional.of(identity("server"))), "")); // TLS: not for clients
    }

    @Test
    void aCertificateOfAnotherCaDoesNotGetThroughTls() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("passphrase"), "correct horse\n");
        InProcess other = InProcess.in(elsewhere);
        other.run("init", "--root-key", "P-256", "--crl-url", "http://c.example", "--ocsp-url", "http://o.example")
                .exiting(0);
        other.run(
                        "issue",
                        "good",
                        "--format",
                        "pem",
                        "--out",
                        folder.resolve("out/foreign").toString())
                .exiting(0);

        assertThrows(IOException.class, () -> post(client(Optional.of(identity("foreign/good"))), ""));
    }

    @Test
    void aCertificateThatTheLedgerDoesNotHaveCountsForNothing() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        devpki.run("store", "backup", copy.resolve("b.zip").toString()).exiting(0);
        Files.writeString(copy.resolve("passphrase"), "correct horse\n");
        InProcess twin = InProcess.in(copy);
        twin.run("store", "restore", copy.resolve("b.zip").toString()).exiting(0);
        twin.run(
                        "issue",
                        "twin",
                        "--format",
                        "pem",
                        "--out",
                        folder.resolve("out").toString())
                .exiting(0);

        HttpResponse<String> refused = post(client(Optional.of(identity("twin"))), "");

        assertEquals(401, refused.statusCode());
        assertTrue(refused.body().contains("not on the ledger"), refused.body());
    }

    @Test
    void anotherDevicesNameAndAnotherGrantAreRefused() throws IOException {
        HttpClient client = client(Optional.of(identity("good")));
        Map<String, Integer> expected = new TreeMap<>(Map.of(
                "client_id=plant-2",
                401,
                "grant_type=password",
                400,
                "grant_type=client_credentials&grant_type=client_credentials",
                400,
                "client_id=%zz",
                400,
                "x=" + "y".repeat(5000),
                413));

        for (Map.Entry<String, Integer> body : expected.entrySet()) {
            HttpResponse<String> refused = post(client, body.getKey());
            assertEquals(body.getValue(), refused.statusCode(), refused.body());
        }
    }

    @Test
    void theKeySetIsForEverybody() throws IOException {
        HttpClient nobody = client(Optional.empty());

        String set = send(nobody, HttpRequest.newBuilder(uri("/jwks.json"))).body();

        assertEquals(Files.readString(folder.resolve("pki/publish/token/jwks.json")), set);
        assertEquals(
                set,
                send(nobody, HttpRequest.newBuilder(uri("/.well-known/jwks.json")))
                        .body());
        assertEquals(404, send(nobody, HttpRequest.newBuilder(uri("/x"))).statusCode());
        assertEquals(405, send(nobody, HttpRequest.newBuilder(uri("/token"))).statusCode());
    }

    @Test
    void aCaThatComesWhileItRunsIsBelieved() throws IOException {
        devpki.run("ca", "create", "lab-root", "--root", "--key", "P-256", "--cn", "Lab Root")
                .exiting(0);
        devpki.run("ca", "create", "line-ca", "--parent", "lab-root").exiting(0);
        issue("of-line-ca", "--ca", "line-ca");

        token(post(client(Optional.of(identity("of-line-ca"))), ""));
    }
}
