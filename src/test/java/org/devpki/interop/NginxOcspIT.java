package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers of {@code devpki ocsp publish} given out by a real nginx with the configuration of docs/ocsp.md, and read by
 * {@code openssl ocsp}.
 */
@Tag("broker")
class NginxOcspIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private static Path home;

    private static Devpki devpki;
    private static Process responder;
    private static Process nginx;
    private static int port;
    private static int portWithResponder;

    @BeforeAll
    static void publishesAndStartsAnNginx() throws IOException {
        devpki = Devpki.withStore(home);
        for (String id : List.of("live", "lost", "held")) {
            devpki.run("issue", id, "--format", "pem", "--out", "out").exiting(0);
        }
        devpki.run("revoke", "lost", "--reason", "key-compromise").exiting(0);
        devpki.run("revoke", "held", "--reason", "certificate-hold").exiting(0);
        devpki.run("ocsp", "publish", "--dir", "www").exiting(0);
        Path serving = Files.createFile(home.resolve("ocsp.log"));
        responder = devpki.start(serving, "ocsp", "serve", "--listen", "127.0.0.1:0");
        Waiting.forText("/\n", serving, responder);
        String listening = Waiting.read(serving).replaceAll("(?s).*http://(127\\.0\\.0\\.1:[0-9]+)/.*", "$1");
        String manual = Files.readString(Devpki.ROOT.resolve("docs/ocsp.md"));
        String files = block(manual, "    location / {", "\n    }");
        String rest = block(manual, "        error_page ", "\n    }\n```").replace("127.0.0.1:8888", listening);
        port = Mosquitto.freePort();
        portWithResponder = Mosquitto.freePort();
        Path configuration = Files.writeString(home.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                user root;
                pid %1$s/nginx.pid;
                error_log stderr notice;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/nginx-body;
                    proxy_temp_path %1$s/nginx-proxy;
                    fastcgi_temp_path %1$s/nginx-fastcgi;
                    uwsgi_temp_path %1$s/nginx-uwsgi;
                    scgi_temp_path %1$s/nginx-scgi;
                    server {
                        listen 127.0.0.1:%2$d;
                        root %1$s/www;
                    %3$s
                    }
                    server {
                        listen 127.0.0.1:%4$d;
                        root %1$s/www;
                    %5$s
                    }
                }
                """.formatted(
                        home, port, files + "\n    }", portWithResponder, files + "\n" + rest + "\n    }"));
        Path log = Files.createFile(home.resolve("nginx.log"));
        nginx = Tool.in(home).start(log, "/usr/sbin/nginx", "-c", configuration.toString());
        Waiting.until(() -> isListening() || !nginx.isAlive(), () -> Waiting.read(log));
        assertTrue(nginx.isAlive(), () -> Waiting.read(log));
    }

    /** What the manual tells operators to paste. */
    private static String block(String manual, String start, String end) {
        int from = manual.indexOf(start);
        return manual.substring(from, manual.indexOf(end, from));
    }

    private static boolean isListening() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @AfterAll
    static void stopsBoth() throws InterruptedException {
        for (Process process : List.of(nginx, responder)) {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static Finished openssl(String id, String option, String value, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "ocsp",
                "-CAfile",
                "out/" + id + "/ca.pem",
                "-verify_other",
                "pki/publish/ca/issuing-ca.pem",
                "-issuer",
                "pki/publish/ca/issuing-ca.pem",
                option,
                value));
        command.addAll(List.of(more));
        command.addAll(List.of("-cert", "out/" + id + "/cert.pem"));
        return Tool.in(home).run(command.toArray(String[]::new));
    }

    private static String base64(String id) throws IOException {
        Path file = home.resolve(id + "-request.der");
        openssl(id, "-reqout", file.toString(), "-no_nonce").exiting(0);
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }

    private static HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + path))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String encoded(String base64) {
        return URLEncoder.encode(base64, StandardCharsets.US_ASCII);
    }

    @Test
    void opensslReadsEveryKindOfAnswerThatNginxGivesOut() throws IOException, InterruptedException {
        for (String[] kind : List.of(
                new String[] {"live", "good", ""},
                new String[] {"lost", "revoked", "Reason: keyCompromise\n"},
                new String[] {"held", "revoked", "Reason: certificateHold\n"})) {
            HttpResponse<byte[]> response = get(encoded(base64(kind[0])));

            assertEquals(200, response.statusCode());
            Path file = Files.write(home.resolve("response.der"), response.body());
            Finished answer =
                    openssl(kind[0], "-respin", file.toString(), "-no_nonce").exiting(0);
            assertTrue(answer.all().contains("Response verify OK"), answer::all);
            assertTrue(answer.out().contains("cert.pem: " + kind[1] + "\n"), answer::all);
            assertTrue(answer.out().contains(kind[2]), answer::all);
        }
    }

    @Test
    void everySpellingOfThePathLeadsToTheAnswer() throws IOException, InterruptedException {
        String base64 = base64("live");
        assertTrue(base64.contains("/") || base64.contains("+") || base64.endsWith("="), base64);
        byte[] answer = get(encoded(base64)).body();

        for (String path : List.of(
                base64,
                encoded(base64).replace("%2F", "%2f").replace("%3D", "%3d"),
                base64.replace("/", "//"), // as a request with two slashes in a row is found
                encoded(base64).replace("%2F", "%2F%2F"))) {
            HttpResponse<byte[]> response = get(path);
            assertEquals(200, response.statusCode(), path);
            assertEquals(
                    List.of("application/ocsp-response"), response.headers().allValues("content-type"));
            assertEquals(-1, java.util.Arrays.mismatch(answer, response.body()));
        }
    }

    @Test
    void anAnswerMayBeKeptAndAnUnknownSerialHasNone() throws IOException, InterruptedException {
        HttpResponse<byte[]> response = get(encoded(base64("live")));

        assertTrue(
                response.headers().allValues("cache-control").toString().contains("max-age=3600"),
                () -> response.headers().toString());
        assertTrue(response.headers().firstValue("etag").isPresent());
        assertTrue(response.headers().firstValue("last-modified").isPresent());
        assertEquals(404, get("MEowSDBGMEQwQjAK").statusCode());
    }

    @Test
    void aResponderBehindNginxAnswersWhatNoFileDoes() throws IOException, InterruptedException {
        String url = "http://127.0.0.1:" + portWithResponder + "/";

        Finished posted = openssl("lost", "-url", url, "-nonce").exiting(0);
        Finished unknown = openssl("live", "-url", url, "-serial", "0x4f00");

        assertTrue(posted.all().contains("Response verify OK"), posted::all);
        assertTrue(posted.out().contains("cert.pem: revoked\n"), posted::all);
        assertFalse(posted.all().contains("no nonce in response"), posted::all);
        assertTrue(unknown.out().contains("0x4f00: unknown\n"), unknown::all);
        Path file = home.resolve("sha256-request.der");
        openssl("live", "-reqout", file.toString(), "-sha256", "-no_nonce").exiting(0);
        String base64 = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        HttpResponse<byte[]> response = CLIENT.send(
                HttpRequest.newBuilder(URI.create(url + encoded(base64))).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(200, response.statusCode());
        assertEquals(404, get(encoded(base64)).statusCode());
    }

    @Test
    void monitoringAsksNginxAsItAsksAResponder() throws IOException {
        String url = "http://127.0.0.1:" + port + "/";
        Finished good = devpki.run("ocsp", "check", "--url", url).exiting(0);
        assertTrue(good.out().contains("issuing-ca     good     revoked "), good::all);

        Path unpublished = Files.createDirectory(home.resolve("unpublished"));
        devpki.run("ocsp", "check", "--dir", unpublished.toString()).exiting(11);
        devpki.run("ocsp", "check", "--url", url, "--min-remaining", "8d").exiting(10);
    }
}
