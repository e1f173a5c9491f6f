package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL's OCSP client asks a running {@code devpki ocsp serve}, trusting the root alone. */
@Tag("long")
class OpensslOcspIT {
    @TempDir
    private static Path home;

    private static Devpki devpki;
    private static Process server;
    private static URI address;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startAResponder() throws IOException {
        devpki = Devpki.withStore(home);
        issue(devpki, "plant-1");
        Path log = Files.createFile(home.resolve("ocsp.log"));
        server = Tool.in(home)
                .with("DEVPKI_PASSPHRASE_FILE", "passphrase")
                .start(log, Devpki.command("ocsp", "serve", "--listen", "127.0.0.1:0"));
        Waiting.forText("/\n", log, server);
        address = Files.readAllLines(log).stream()
                .filter(line -> line.matches("listening on http://127\\.0\\.0\\.1:[0-9]+/"))
                .map(line -> URI.create(line.replace("listening on ", "")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(Waiting.read(log)));
    }

    @AfterAll
    static void stopTheResponder() throws InterruptedException {
        server.destroy();
        if (!server.waitFor(20, TimeUnit.SECONDS)) {
            server.destroyForcibly();
            throw new AssertionError("devpki ocsp serve does not end when told to");
        }
    }

    private static void issue(Devpki store, String id) {
        store.run("issue", id, "--format", "pem", "--out", "out").exiting(0);
    }

    /** {@code openssl ocsp} about one certificate, which checks the answer's signature up to the root. */
    private Finished ask(String id, String... more) {
        return openssl(id, "-url", address.toString(), more);
    }

    private Finished openssl(String id, String option, String value, String... more) {
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
        command.addAll(Arrays.asList(more));
        command.addAll(List.of("-cert", "out/" + id + "/cert.pem"));
        return Tool.in(home).run(command.toArray(String[]::new));
    }

    private static void assertSays(String id, String status, Finished answer) {
        answer.exiting(0);
        assertTrue(answer.all().contains("Response verify OK"), answer::all);
        assertTrue(answer.out().contains("out/" + id + "/cert.pem: " + status + "\n"), answer::all);
    }

    private byte[] request(String id, String... more) throws IOException {
        Path file = folder.resolve("request.der");
        openssl(id, "-reqout", file.toString(), more).exiting(0);
        return Files.readAllBytes(file);
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address.resolve(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String inPath(byte[] request) {
        return "/" + URLEncoder.encode(Base64.getEncoder().encodeToString(request), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({"-sha1, -nonce", "-sha1, -no_nonce", "-sha256, -nonce", "-sha256, -no_nonce"})
    void aLiveCertificateIsGood(String digest, String nonce) {
        // when
        Finished answer = openssl("plant-1", "-url", address.toString(), digest, nonce, "-resp_text");

        // then: and the answer names the responder that the CA delegated to
        assertSays("plant-1", "good", answer);
        assertFalse(answer.all().contains("no nonce in response"), answer::all);
        assertEquals(nonce.equals("-nonce"), answer.out().contains("OCSP Nonce:"), answer::all);
        assertTrue(answer.out().contains("Hash Algorithm: " + digest.substring(1)), answer::all);
        assertTrue(answer.out().contains("OCSP Signing"), answer::all);
    }

    @Test
    void aRevocationIsSeenAtOnceWithItsReason() {
        // given
        issue(devpki, "lost");
        assertSays("lost", "good", ask("lost"));

        // when
        devpki.run("revoke", "lost", "--reason", "key-compromise").exiting(0);
        Finished answer = ask("lost");

        // then
        assertSays("lost", "revoked", answer);
        assertTrue(answer.out().contains("Reason: keyCompromise\n"), answer::all);
        assertTrue(answer.out().contains("Revocation Time: "), answer::all);
        assertSays("plant-1", "good", ask("plant-1"));
    }

    @Test
    void aHoldIsSeenAtOnceAndSoIsItsRelease() {
        // given
        issue(devpki, "suspect");

        // when
        devpki.run("revoke", "suspect", "--reason", "certificate-hold").exiting(0);
        Finished held = ask("suspect");
        devpki.run("device", "release", "suspect").exiting(0);
        Finished released = ask("suspect");

        // then
        assertSays("suspect", "revoked", held);
        assertTrue(held.out().contains("Reason: certificateHold\n"), held::all);
        assertSays("suspect", "good", released);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x4f0102030405060708090a0b0c0d0e0f", "0x01", "0x7fffffffffffffffffffffffffffffffffffffff"})
    void aSerialThatWasNeverIssuedIsUnknown(String serial) {
        // when
        Finished answer = ask("plant-1", "-serial", serial);

        // then
        assertTrue(answer.all().contains("Response verify OK"), answer::all);
        assertTrue(answer.out().contains(serial + ": unknown\n"), answer::all);
        assertFalse(answer.out().contains(serial + ": good"), answer::all);
    }

    @Test
    void aCertificateOfAnotherCaGetsNoAnswer() throws IOException {
        // given
        Devpki stranger = Devpki.withStore(Files.createDirectory(folder.resolve("stranger")));
        issue(stranger, "plant-1");

        // when
        Finished answer = Tool.in(stranger.folder())
                .run(
                        "openssl",
                        "ocsp",
                        "-url",
                        address.toString(),
                        "-issuer",
                        "pki/publish/ca/issuing-ca.pem",
                        "-cert",
                        "out/plant-1/cert.pem");

        // then
        assertTrue(answer.all().contains("Responder Error: unauthorized (6)"), answer::all);
        assertFalse(answer.all().contains("good"), answer::all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-sha1", "-sha256"})
    void aGetRequestGetsACacheableAnswer(String digest) throws IOException, InterruptedException {
        // given: a certificate that nobody asked about yet, so that no answer is kept
        String id = "new" + digest;
        issue(devpki, id);
        byte[] request = request(id, digest, "-no_nonce");

        // when
        Instant before = Instant.now();
        HttpResponse<byte[]> answer = get(inPath(request));

        // then: RFC 5019 section 6.2
        assertEquals(200, answer.statusCode());
        assertEquals("application/ocsp-response", header(answer, "content-type"));
        String cacheControl = header(answer, "cache-control");
        assertTrue(cacheControl.matches("max-age=[0-9]+, public, no-transform, must-revalidate"), cacheControl);
        long maxAge = Long.parseLong(cacheControl.replaceAll("max-age=([0-9]+),.*", "$1"));
        assertTrue(maxAge > 3500 && maxAge <= 3600, cacheControl);
        assertTrue(header(answer, "etag").matches("\"[^\"]+\""), header(answer, "etag"));
        Instant modified = time(header(answer, "last-modified"));
        Instant expires = time(header(answer, "expires"));
        assertTrue(!modified.isBefore(before.minusSeconds(1)), modified::toString);
        assertTrue(!modified.isAfter(Instant.now()), modified::toString);
        assertEquals(modified.plusSeconds(3600), expires);

        Path file = Files.write(folder.resolve("response.der"), answer.body());
        assertSays(id, "good", openssl(id, "-respin", file.toString(), digest, "-no_nonce"));
    }

    @Test
    void anAnswerWithANonceIsNotForCaches() throws IOException, InterruptedException {
        // when
        HttpResponse<byte[]> answer = get(inPath(request("plant-1", "-nonce")));

        // then
        assertEquals(200, answer.statusCode());
        assertEquals("no-store", header(answer, "cache-control"));
    }

    private static String header(HttpResponse<byte[]> answer, String name) {
        return answer.headers()
                .firstValue(name)
                .orElseThrow(() -> new AssertionError("no " + name + " in " + answer.headers()));
    }

    private static Instant time(String httpDate) {
        return ZonedDateTime.parse(httpDate, DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant();
    }

    @Test
    void aRequestInAFileIsAnsweredWithoutAServer() throws IOException {
        // given
        issue(devpki, "offline");
        devpki.run("revoke", "offline", "--reason", "superseded").exiting(0);
        Path request = Files.write(folder.resolve("offline.der"), request("offline", "-sha256", "-no_nonce"));
        Path response = folder.resolve("response.der");

        // when
        devpki.run("ocsp", "respond", request.toString(), "--out", response.toString())
                .exiting(0);
        Finished piped =
                devpki.feed(Files.readAllBytes(request), "ocsp", "respond").exiting(0);

        // then
        Finished answer = openssl("offline", "-respin", response.toString(), "-sha256", "-no_nonce");
        assertSays("offline", "revoked", answer);
        assertTrue(answer.out().contains("Reason: superseded\n"), answer::all);
        Files.write(response, piped.outOctets().toArray());
        assertSays("offline", "revoked", openssl("offline", "-respin", response.toString(), "-sha256", "-no_nonce"));
    }
}
