package org.devpki.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.devpki.app.AnswerOcsp;
import org.devpki.app.Workshop;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.OcspResponse;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.testing.FixedClock;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestStore;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.TestOcsp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The responder over real sockets, with a real store behind it. */
@Timeout(60)
class OcspServerTest {
    private static final String START = "2026-03-01T12:00:00Z";
    private static final int PATIENCE_MILLIS = 1500;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final FixedClock CLOCK = FixedClock.at(START);

    @TempDir
    static Path folder;

    private static TestStore store;
    private static Workshop shop;
    private static OcspServer server;
    private static ParsedTbs issuer;
    private static LedgerCertificate good;
    private static LedgerCertificate revoked;

    @BeforeAll
    static void startsAServer() {
        store = TestStore.in(folder, CLOCK);
        shop = store.open();
        good = store.issue(shop, "good");
        revoked = store.issue(shop, "revoked");
        shop.revokeCertificate().run(revoked, RevocationReason.KEY_COMPROMISE);
        issuer = issuerOf(shop);
        server = OcspServer.start(
                shop.answerOcsp(),
                CLOCK,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "/ocsp",
                new ClientBounds(PATIENCE_MILLIS, 60_000, 500));
    }

    @AfterAll
    static void stops() {
        server.close();
        shop.close();
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) {
        HttpRequest built = request.timeout(Duration.ofSeconds(20)).build();
        try {
            return CLIENT.send(built, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<byte[]> post(Bytes request) {
        return send(HttpRequest.newBuilder(uri("/ocsp"))
                .header("Content-Type", "application/ocsp-request")
                .POST(HttpRequest.BodyPublishers.ofByteArray(request.toArray())));
    }

    private static Bytes ask(SerialNumber serial) {
        return TestOcsp.request(issuer, "SHA-256", serial, Optional.empty());
    }

    private static String status(Bytes request) {
        return TestOcsp.read(post(request).body()).certStatus();
    }

    private static String header(HttpResponse<byte[]> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    // What it answers.

    @Test
    void aGoodARevokedAndAnUnknownSerialAreToldApart() {
        assertEquals("good", status(ask(good.serial())));
        assertEquals("revoked 1", status(ask(revoked.serial())));
        assertEquals("unknown", status(ask(SerialNumber.parse("4f00"))));
    }

    @Test
    void bothKindsOfCertIdAreAnswered() {
        assertEquals("good", status(TestOcsp.request(issuer, "SHA-1", good.serial(), Optional.empty())));
        assertEquals("revoked 1", status(TestOcsp.request(issuer, "SHA-1", revoked.serial(), Optional.empty())));
    }

    @Test
    void aSerialThatNoCertificateCanHaveIsUnknown() {
        for (BigInteger serial : List.of(BigInteger.ZERO, BigInteger.valueOf(-5), BigInteger.ONE.shiftLeft(200))) {
            assertEquals("unknown", status(TestOcsp.request(issuer, "SHA-256", serial, Optional.empty())));
        }
    }

    @Test
    void aReservedSerialIsNeverGood() throws Exception {
        LedgerCertificate reserved = store.issue(shop, "reserved");
        try (Connection ledger = DriverManager.getConnection(
                        "jdbc:sqlite:" + store.folder().resolve("ledger.db"));
                Statement sql = ledger.createStatement()) { // as it stands after a power cut before it was recorded
            sql.execute("UPDATE certificate SET state = 'reserved', der = NULL WHERE name = 'reserved'");
        }

        assertEquals("unknown", status(ask(reserved.serial())));
    }

    @Test
    void aRevocationIsSeenAtOnce() {
        LedgerCertificate row = store.issue(shop, "seen-at-once");
        assertEquals("good", status(ask(row.serial())));

        shop.revokeCertificate().run(row, RevocationReason.CERTIFICATE_HOLD);

        assertEquals("revoked 6", status(ask(row.serial())));
    }

    @Test
    void anotherIssuersCertificateIsUnauthorized() {
        ParsedTbs stranger = TestAuthority.root("stranger").tbs();

        HttpResponse<byte[]> response = post(TestOcsp.request(stranger, "SHA-256", good.serial(), Optional.empty()));

        assertEquals(200, response.statusCode());
        assertEquals(6, TestOcsp.read(response.body()).responseStatus());
    }

    @Test
    void aCertIdByAHashThatNobodyUsesIsUnauthorized() {
        assertEquals(
                6,
                TestOcsp.read(post(TestOcsp.request(issuer, "MD5", good.serial(), Optional.empty()))
                                .body())
                        .responseStatus());
    }

    @Test
    void anAnswerIsSignedByTheDelegatedResponderOfTheCa() {
        byte[] answer = post(ask(good.serial())).body();
        ParsedTbs responder = Certificates.parse(
                        TestOcsp.read(answer).responder().orElseThrow())
                .tbs();

        assertTrue(TestOcsp.isSigned(answer));
        assertEquals(issuer.subject(), responder.issuer());
        assertEquals(List.of("1.3.6.1.5.5.7.3.9"), responder.extendedKeyUsage().orElseThrow());
        assertEquals(Optional.of(Keys.subjectKeyId(issuer.publicKey())), responder.authorityKeyId());
    }

    // Nonces and caches.

    @Test
    void aNonceIsEchoedAndItsAnswerIsNotKept() {
        Bytes nonce = Bytes.utf8("0123456789abcdef0123456789abcdef");

        HttpResponse<byte[]> response = post(TestOcsp.request(issuer, "SHA-256", good.serial(), Optional.of(nonce)));

        assertEquals(Optional.of(nonce), TestOcsp.read(response.body()).nonce());
        assertEquals("no-store", header(response, "Cache-Control"));
        assertEquals("", header(response, "ETag"));
    }

    @Test
    void aNonceHasOneTo128Octets() {
        assertEquals(0, responseStatus(nonce(1)));
        assertEquals(0, responseStatus(nonce(128)));
        assertEquals(1, responseStatus(nonce(129)));
        assertEquals(1, responseStatus(nonce(0)));
    }

    private static Bytes nonce(int octets) {
        return TestOcsp.request(issuer, "SHA-256", good.serial(), Optional.of(Bytes.of(new byte[octets])));
    }

    private static int responseStatus(Bytes request) {
        return TestOcsp.read(post(request).body()).responseStatus();
    }

    @Test
    void anAnswerWithoutNonceSaysHowLongItMayBeKept() {
        HttpResponse<byte[]> response = post(ask(good.serial()));

        assertEquals("application/ocsp-response", header(response, "Content-Type"));
        assertEquals("max-age=3600, public, no-transform, must-revalidate", header(response, "Cache-Control"));
        assertEquals("Sun, 01 Mar 2026 12:00:00 GMT", header(response, "Last-Modified"));
        assertEquals("Sun, 01 Mar 2026 13:00:00 GMT", header(response, "Expires"));
        assertEquals('"' + Bytes.of(response.body()).sha256().hex() + '"', header(response, "ETag"));
    }

    @Test
    void anAnswerIsSaidAgainOctetForOctetUntilHalfItsLifeIsOver(@TempDir Path another) {
        FixedClock clock = FixedClock.at(START);
        TestStore own = TestStore.in(another, clock);
        try (Workshop open = own.open()) {
            AnswerOcsp answers = open.answerOcsp();
            Bytes request = TestOcsp.request(
                    issuerOf(open), "SHA-1", own.issue(open, "d1").serial(), Optional.empty());
            OcspResponse first = answers.run(request);
            clock.advance(Duration.ofMinutes(29)); // of 60
            assertEquals(first, answers.run(request));

            clock.advance(Duration.ofMinutes(1));
            OcspResponse second = answers.run(request);

            assertNotEquals(first, second);
            assertEquals(clock.instant(), second.freshness().orElseThrow().thisUpdate());
            clock.set("2026-03-01T12:00:01Z"); // it was ahead
            assertNotEquals(second, answers.run(request));
        }
    }

    private static HttpResponse<byte[]> getAgain(String header, String value) {
        String base64 = Base64.getEncoder().encodeToString(ask(good.serial()).toArray());
        return send(HttpRequest.newBuilder(uri("/" + URLEncoder.encode(base64, US_ASCII)))
                .header(header, value)
                .GET());
    }

    @Test
    void aClientThatHoldsTheAnswerIsToldSoInAFewOctets() {
        HttpResponse<byte[]> whole = getAgain("Accept", "*/*");
        String tag = header(whole, "ETag");

        for (HttpResponse<byte[]> again : List.of(
                getAgain("If-None-Match", tag),
                getAgain("If-None-Match", "\"another\", " + tag),
                getAgain("If-Modified-Since", header(whole, "Last-Modified")))) {
            assertEquals(304, again.statusCode());
            assertEquals(0, again.body().length);
            assertEquals(tag, header(again, "ETag"));
            assertEquals(header(whole, "Cache-Control"), header(again, "Cache-Control"));
        }
    }

    @Test
    void aClientThatHoldsAnotherAnswerGetsTheWholeOne() {
        for (HttpResponse<byte[]> whole : List.of(
                getAgain("If-None-Match", "\"another\""),
                getAgain("If-None-Match", "\""),
                getAgain("If-Modified-Since", "Sun, 01 Mar 2026 11:59:59 GMT"),
                getAgain("If-Modified-Since", "yesterday"))) {
            assertEquals(200, whole.statusCode());
            assertEquals("good", TestOcsp.read(whole.body()).certStatus());
        }
    }

    @Test
    void anErrorIsNotKept() {
        assertEquals("no-store", header(post(Bytes.utf8("junk")), "Cache-Control"));
    }

    @Test
    void aResponderIsRenewedWhenHalfItsLifeIsOver(@TempDir Path another) {
        FixedClock clock = FixedClock.at(START);
        TestStore own = TestStore.in(another, clock);
        try (Workshop open = own.open()) {
            AnswerOcsp answers = open.answerOcsp();
            ParsedTbs ca = issuerOf(open);
            Bytes request =
                    TestOcsp.request(ca, "SHA-256", own.issue(open, "d1").serial(), Optional.empty());
            Bytes first = responder(answers, request);
            clock.advance(Duration.ofDays(6));
            assertEquals(first, responder(answers, request));

            clock.advance(Duration.ofDays(2)); // of 14
            Bytes second = responder(answers, request);

            assertNotEquals(first, second);
            assertEquals(second, responder(answers, request));
            assertTrue(TestOcsp.isSigned(answers.run(request).der().toArray()));
            try (Workshop afresh = own.open()) {
                assertEquals(second, responder(afresh.answerOcsp(), request));
            }
        }
    }

    @Test
    void aResponderThatIsRevokedWhileItServesSignsNoMore(@TempDir Path another) {
        TestStore own = TestStore.in(another, FixedClock.at(START));
        try (Workshop open = own.open()) {
            AnswerOcsp answers = open.answerOcsp();
            Bytes request = TestOcsp.request(
                    issuerOf(open), "SHA-256", own.issue(open, "d1").serial(), Optional.empty());
            Bytes first = responder(answers, request);

            open.revokeCertificate()
                    .run(open.revokeCertificate().named("issuing-ca-ocsp"), RevocationReason.KEY_COMPROMISE);

            assertNotEquals(first, responder(answers, request));
        }
    }

    private static Bytes responder(AnswerOcsp answers, Bytes request) {
        TestOcsp.Read read = TestOcsp.read(answers.run(request).der().toArray());
        assertEquals("good", read.certStatus());
        return read.responder().orElseThrow().octets();
    }

    private static ParsedTbs issuerOf(Workshop open) {
        return Certificates.parse(open.showLedger().ca(CaName.ISSUING).chain().get(0))
                .tbs();
    }

    // What it refuses.

    @Test
    void octetsThatAreNoRequestAreMalformedInTheProtocolsOwnWords() {
        for (Bytes junk : List.of(
                Bytes.utf8(""),
                Bytes.utf8("junk"),
                Bytes.of(new byte[1000]),
                Bytes.fromHex("3000"),
                Bytes.fromHex("30840fffffff"))) {
            HttpResponse<byte[]> response = post(junk);

            assertEquals(200, response.statusCode());
            assertEquals("30030a0101", Bytes.of(response.body()).hex());
        }
    }

    @Test
    void anotherContentTypeIsUnsupported() {
        HttpResponse<byte[]> response = send(HttpRequest.newBuilder(uri("/"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(ask(good.serial()).toArray())));

        assertEquals(415, response.statusCode());
        assertEquals(
                415,
                send(HttpRequest.newBuilder(uri("/")).POST(HttpRequest.BodyPublishers.ofString("x")))
                        .statusCode());
    }

    @Test
    void aBodyOf70KilobytesIsTooLarge() {
        HttpResponse<byte[]> response = post(Bytes.of(new byte[70_000]));

        assertEquals(413, response.statusCode());
    }

    @Test
    void otherMethodsAreToldWhichAreAllowed() {
        for (String method : List.of("PUT", "DELETE", "OPTIONS", "PATCH")) {
            HttpResponse<byte[]> response =
                    send(HttpRequest.newBuilder(uri("/")).method(method, HttpRequest.BodyPublishers.noBody()));

            assertEquals(405, response.statusCode(), method);
            assertEquals("GET, POST", header(response, "Allow"));
        }
    }

    @Test
    void aRequestByGetIsReadInEveryEncodingThatClientsUse() {
        String base64 = Base64.getEncoder().encodeToString(ask(revoked.serial()).toArray());
        String encoded = URLEncoder.encode(base64, US_ASCII);

        for (String path : List.of("/" + base64, "/" + encoded, "/ocsp/" + base64, "/ocsp/" + encoded)) {
            HttpResponse<byte[]> response =
                    send(HttpRequest.newBuilder(uri(path)).GET());
            assertEquals("revoked 1", TestOcsp.read(response.body()).certStatus(), path);
        }
    }

    @Test
    void aPathThatIsNoRequestIsBad() {
        assertEquals(
                400, send(HttpRequest.newBuilder(uri("/favicon.ico")).GET()).statusCode());
        assertEquals(400, send(HttpRequest.newBuilder(uri("/%25zz")).GET()).statusCode());
        assertEquals(
                "30030a0101",
                Bytes.of(send(HttpRequest.newBuilder(uri("/AAAA")).GET()).body())
                        .hex());
    }

    @Test
    void rawRequestsThatNoLibraryWouldSendGetAnErrorAndHurtNobody() throws Exception {
        for (String request : List.of(
                "GET ? HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%8 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /" + "A".repeat(200_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ;\r\nContent-Length: 0\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n")) {
            String answer = raw(request);
            assertTrue(
                    answer.isEmpty() || answer.matches("(?s)HTTP/1\\.1 4\\d\\d .*"),
                    request.length() + " octets: " + answer);
        }
        assertEquals("good", status(ask(good.serial())));
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            try {
                socket.getOutputStream().write(request.getBytes(US_ASCII));
                socket.shutdownOutput();
                return new String(socket.getInputStream().readAllBytes(), US_ASCII);
            } catch (java.net.SocketException e) { // closed in our face, which is an answer too
                return "";
            }
        }
    }

    // Who hinders whom.

    @Test
    void slowClientsHinderNobodyAndAreClosedInBoundedTime() throws Exception {
        long start = System.nanoTime();
        try (Socket drips = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Socket dripsBody = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Socket dripsRefused = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Socket stalls = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            stalls.getOutputStream()
                    .write(("POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\n"
                                    + "Content-Length: 500\r\n\r\n0")
                            .getBytes(US_ASCII));
            String body = "Content-Length: 5000\r\n\r\n";
            List<Thread> dripping = List.of(
                    dripping(drips, "GET / HTTP/1.1\r\nX: "),
                    dripping(
                            dripsBody,
                            "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\n" + body),
                    dripping(dripsRefused, "PUT / HTTP/1.1\r\nHost: x\r\n" + body));

            for (int i = 0; i < 50; i++) {
                assertEquals("good", status(ask(good.serial())));
            }
            Duration fifty = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(fifty.compareTo(Duration.ofSeconds(20)) < 0, fifty::toString);

            assertClosed(stalls);
            for (Socket socket : List.of(drips, dripsBody, dripsRefused)) {
                assertClosed(socket);
            }
            for (Thread thread : dripping) {
                thread.interrupt();
                thread.join();
            }
        }
    }

    private static Thread dripping(Socket socket, String start) {
        Thread thread = new Thread(() -> drip(socket, start));
        thread.start();
        return thread;
    }

    /** An octet every 100 ms, for ever. */
    private static void drip(Socket socket, String start) {
        try {
            socket.getOutputStream().write(start.getBytes(US_ASCII));
            while (!Thread.currentThread().isInterrupted()) {
                socket.getOutputStream().write('x');
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt(); // closed, as it should be
        }
    }

    private static void assertClosed(Socket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS + 8000);
        try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                // an error may come first
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (java.net.SocketException e) {
            assertFalse(String.valueOf(e.getMessage()).isEmpty()); // reset is closed too
        }
    }

    @Test
    void anIdleConnectionIsKeptLongerThanARequestMayTakeAndThenClosed() throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ClientBounds bounds = new ClientBounds(100, 2000, 500);
        try (OcspServer patient = OcspServer.start(shop.answerOcsp(), CLOCK, anyPort, "", bounds);
                Socket mute = new Socket(InetAddress.getLoopbackAddress(), patient.port());
                Socket kept = new Socket(InetAddress.getLoopbackAddress(), patient.port())) {
            kept.setSoTimeout(10_000);
            assertAnswers(kept);
            TimeUnit.MILLISECONDS.sleep(500);
            assertAnswers(kept);

            assertClosed(kept);
            assertClosed(mute);
        }
    }

    private static void assertAnswers(Socket socket) throws IOException {
        socket.getOutputStream().write("GET /AAAA HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
        String malformed = "0\u0003\n\u0001\u0001"; // which ends the answer
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf(malformed) < 0) {
            int octet = socket.getInputStream().read();
            assertTrue(octet >= 0, () -> "closed after " + answer);
            answer.append((char) octet);
        }
    }

    @Test
    void moreConnectionsThanAllowedWaitUntilOthersAreClosed() throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        List<Socket> idle = new ArrayList<>();
        try (OcspServer small =
                OcspServer.start(shop.answerOcsp(), CLOCK, anyPort, "", new ClientBounds(10_000, 60_000, 4))) {
            for (int i = 0; i < 40; i++) {
                idle.add(new Socket(InetAddress.getLoopbackAddress(), small.port()));
            }
            TimeUnit.MILLISECONDS.sleep(200);
            try (Socket last = new Socket(InetAddress.getLoopbackAddress(), small.port())) {
                last.getOutputStream().write("GET /AAAA HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
                last.setSoTimeout(500);
                assertThrows(
                        java.net.SocketTimeoutException.class,
                        () -> last.getInputStream().read());

                for (Socket socket : idle) {
                    socket.close();
                }

                last.setSoTimeout(10_000);
                assertEquals('H', last.getInputStream().read());
            }
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void manyAtOnceAreAllAnswered() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                SerialNumber serial = i % 2 == 0 ? good.serial() : revoked.serial();
                Callable<String> question = () -> status(ask(serial));
                answers.add(threads.submit(question));
            }
            for (int i = 0; i < 80; i++) {
                assertEquals(i % 2 == 0 ? "good" : "revoked 1", answers.get(i).get(30, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void everyAnswerIsRightWhileManyAskAndCertificatesAreRevoked() throws Exception {
        List<LedgerCertificate> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rows.add(store.issue(shop, "load-" + i));
        }
        Set<SerialNumber> begun = ConcurrentHashMap.newKeySet();
        Set<SerialNumber> done = ConcurrentHashMap.newKeySet();
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> askers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                askers.add(threads.submit(() -> {
                    while (!isOver.get()) {
                        SerialNumber serial =
                                rows.get(asked.getAndIncrement() % rows.size()).serial();
                        boolean wasRevoked = done.contains(serial);
                        byte[] answer = getAnswer(serial);
                        String status = TestOcsp.read(answer).certStatus();
                        boolean mayBeRevoked = begun.contains(serial);
                        assertTrue(status.equals("good") ? !wasRevoked : status.equals("revoked 1") && mayBeRevoked);
                    }
                    return true;
                }));
            }
            for (LedgerCertificate row : rows) {
                int before = asked.get();
                while (asked.get() < before + 2 * rows.size()) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                begun.add(row.serial());
                shop.revokeCertificate().run(row, RevocationReason.KEY_COMPROMISE);
                done.add(row.serial());
            }
            isOver.set(true);
            for (Future<Boolean> asker : askers) {
                assertTrue(asker.get(30, TimeUnit.SECONDS));
            }
        } finally {
            isOver.set(true);
            threads.shutdownNow();
        }
        for (LedgerCertificate row : rows) {
            assertEquals("revoked 1", TestOcsp.read(getAnswer(row.serial())).certStatus());
        }
    }

    private static byte[] getAnswer(SerialNumber serial) {
        String base64 = Base64.getEncoder().encodeToString(ask(serial).toArray());
        return send(HttpRequest.newBuilder(uri("/" + URLEncoder.encode(base64, US_ASCII)))
                        .GET())
                .body();
    }
}
