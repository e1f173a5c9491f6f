package org.devpki.publish;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.OctetSource;
import org.devpki.model.ShelfPlace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeParams;

/**
 * What a store may do that a well-kept one is not brought to do: its answers are written out here. {@code S3ShelfIT} has
 * a real one.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // nothing else ends a write to a deaf server
class S3ShelfTest {
    private static final ShelfPlace.Bucket BUCKET = new ShelfPlace.Bucket("fleet-crls", "eu/");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final ObjectStore.Patience UNTIL_SILENT =
            new ObjectStore.Patience(LONG, Duration.ofMillis(150), LONG);
    private static final ObjectStore.Patience ONE_SECOND = new ObjectStore.Patience(LONG, LONG, Duration.ofSeconds(1));

    /** Where the SDK looks, beside the environment, which a test cannot set. */
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "aws.accessKeyId", "AKIAEXAMPLE",
            "aws.secretAccessKey", "never-to-be-told",
            "aws.sharedCredentialsFile", "/nonexistent",
            "aws.configFile", "/nonexistent",
            "aws.disableEc2Metadata", "true");

    /** What the store answers to one request. */
    @FunctionalInterface
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @TempDir
    Path scratch;

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer store;
    private String url;
    private S3Shelf shelf;

    @BeforeEach
    void startAStore() throws IOException {
        store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store.setExecutor(threads);
        store.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            Answer answer = answers.size() > 1 ? answers.remove() : answers.element();
            answer.to(exchange);
            exchange.close();
        });
        store.start();
        url = "http://127.0.0.1:" + store.getAddress().getPort();
        ENVIRONMENT.forEach(System::setProperty);
        System.setProperty("aws.endpointUrlS3", url);
        shelf = new S3Shelf(BUCKET, scratch);
    }

    @AfterEach
    void stopIt() throws IOException {
        shelf.close();
        store.stop(0);
        threads.shutdownNow(); // also those that pause
        ENVIRONMENT.keySet().forEach(System::clearProperty);
        System.clearProperty("aws.endpointUrlS3");
        System.clearProperty("aws.region");
        try (var left = Files.list(scratch)) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static Answer octets(String eTag, String octets) {
        return exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("ETag", eTag);
            send(exchange, 200, octets);
        };
    }

    private static Answer error(int status, String code) {
        return exchange -> {
            exchange.getRequestBody().readAllBytes();
            send(exchange, status, "<Error><Code>" + code + "</Code><Message>never-to-be-told</Message></Error>");
        };
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
        exchange.getResponseBody().write(octets);
    }

    private Optional<String> read() {
        return shelf.read("issuing-ca.crl").map(octets -> octets.toBytes().asUtf8());
    }

    // Reading.

    @Test
    void anObjectIsFoundUnderThePrefixAndReadAgainAndAgain() throws IOException {
        answers.add(octets("\"1\"", "0123456789"));

        OctetSource octets = shelf.read("issuing-ca.crl").orElseThrow();

        assertEquals("s3://fleet-crls/eu", shelf.place());
        assertEquals(List.of("GET /fleet-crls/eu/issuing-ca.crl"), requests);
        assertEquals(10, octets.size());
        assertEquals("0123456789", octets.toBytes().asUtf8());
        assertEquals("456", octets.slice(4, 3).toBytes().asUtf8());
        try (InputStream in = octets.open()) {
            assertEquals('0', in.read());
        }
    }

    @Test
    void anObjectThatIsNotThereIsNone() {
        answers.add(error(404, "NoSuchKey"));

        assertEquals(Optional.empty(), read());
    }

    @Test
    void whatHasNotChangedIsNotFetchedAgain() {
        answers.add(octets("\"1\"", "first"));
        answers.add(exchange -> {
            requests.add(exchange.getRequestHeaders().getFirst("If-None-Match"));
            exchange.sendResponseHeaders(304, -1);
        });
        answers.add(octets("\"2\"", "second"));
        answers.add(error(404, "NoSuchKey"));

        assertEquals(Optional.of("first"), read());
        assertEquals(Optional.of("first"), read());
        assertEquals(Optional.of("second"), read());
        assertEquals(Optional.empty(), read());
        assertEquals("\"1\"", requests.get(2));
    }

    @Test
    void anAnswerThatBreaksOffIsAskedForAgainAndNeverTakenForWhole() {
        Answer broken = exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write(new byte[5]);
            exchange.getResponseBody().flush(); // newer JDKs would keep all of it back
        };
        answers.addAll(List.of(broken, broken, octets("\"1\"", "0123456789")));
        assertEquals(Optional.of("0123456789"), read());

        answers.clear();
        answers.add(broken);
        assertFault(
                Fault.STORE_FAILED,
                "cannot read issuing-ca.crl in s3://fleet-crls/eu at " + url + ": the answer broke off after 5 octets",
                this::read);
    }

    @Test
    void anAnswerWithoutLengthOrTagIsReadToItsEndAndAskedForInFull() {
        answers.add(exchange -> {
            exchange.sendResponseHeaders(200, 0); // in chunks
            exchange.getResponseBody().write(new byte[] {'o', 'n', 'e'});
        });

        assertEquals(Optional.of("one"), read());
        assertEquals(Optional.of("one"), read());
    }

    @Test
    void aStoreThatIsBusyForAMomentIsAskedAgain() {
        answers.addAll(List.of(error(500, "InternalError"), octets("\"1\"", "here")));

        assertEquals(Optional.of("here"), read());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 | AccessDenied | access is denied"
                        + " | the credentials need s3:GetObject, s3:PutObject and s3:ListBucket there",
                "403 | SignatureDoesNotMatch | the credentials are not accepted (SignatureDoesNotMatch)"
                        + " | they are those of AWS_ACCESS_KEY_ID, or of AWS_PROFILE",
                "404 | NoSuchBucket | there is no such bucket | ",
                "301 | PermanentRedirect | the bucket is in \"eu-north-1\" region | AWS_REGION names the region",
                "400 | AuthorizationHeaderMalformed | the bucket is in \"eu-north-1\" region | AWS_REGION names the region",
                "404 | '' | the answer is 404 | ",
                "418 | Teapot | the answer is 418 \"Teapot\" | ",
            })
    void whatAStoreRefusesIsOneSentenceWithoutItsOwnWords(int status, String code, String why, String hint) {
        answers.add(exchange -> {
            exchange.getResponseHeaders().set("x-amz-bucket-region", "eu-north-1");
            error(status, code).to(exchange);
        });

        DevpkiException told = assertFault(Fault.STORE_FAILED, why, this::read);

        assertEquals("cannot read issuing-ca.crl in s3://fleet-crls/eu at " + url + ": " + why, told.sentence());
        assertEquals(Optional.ofNullable(hint), told.hint());
        assertEquals(1, requests.size(), "it is no better the next time");
    }

    // Time.

    @Test
    void aStoreThatIsSilentIsGivenUp() {
        answers.add(exchange -> pause(5_000));
        shelf = new S3Shelf(BUCKET, scratch, UNTIL_SILENT);

        assertFault(Fault.STORE_FAILED, "at " + url + ": read timed out", this::read);
        assertEquals(3, requests.size());
    }

    @Test
    void aStoreThatDripsIsGivenUp() {
        answers.add(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            for (int i = 0; i < 1_000; i++) {
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                pause(50);
            }
        });
        shelf = new S3Shelf(BUCKET, scratch, ONE_SECOND);

        long start = System.nanoTime();
        assertFault(Fault.STORE_FAILED, "at " + url + ": it took more than 1 s", this::read);
        assertTrue(Duration.ofNanos(System.nanoTime() - start).compareTo(LONG.dividedBy(2)) < 0);
    }

    @Test
    void aStoreThatTakesNothingInIsGivenUp() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            System.setProperty("aws.endpointUrlS3", "http://127.0.0.1:" + deaf.getLocalPort());

            shelf = new S3Shelf(BUCKET, scratch, ONE_SECOND);

            long start = System.nanoTime();
            assertFault(
                    Fault.STORE_FAILED,
                    "it took more than 1 s",
                    () -> shelf.put("issuing-ca.crl", Bytes.of(new byte[1 << 24])));
            assertTrue(Duration.ofNanos(System.nanoTime() - start).compareTo(LONG.dividedBy(2)) < 0);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aStoreThatIsDownIsNamed() {
        store.stop(0);

        assertFault(
                Fault.STORE_FAILED,
                "cannot read issuing-ca.crl in s3://fleet-crls/eu at " + url + ": connection refused",
                this::read);
    }

    // Writing.

    @Test
    void whatWasPutIsReadBack() {
        answers.addAll(List.of(octets("\"2\"", ""), octets("\"2\"", "new")));

        shelf.put("issuing-ca.crl", Bytes.utf8("new"));

        assertEquals(List.of("PUT /fleet-crls/eu/issuing-ca.crl", "GET /fleet-crls/eu/issuing-ca.crl"), requests);
    }

    @Test
    void aStoreThatGivesBackSomethingElseIsNotBelieved() {
        answers.addAll(List.of(octets("\"2\"", ""), octets("\"1\"", "old")));

        assertFault(
                Fault.STORE_FAILED,
                "s3://fleet-crls/eu does not hold what was just written to issuing-ca.crl",
                () -> shelf.put("issuing-ca.crl", Bytes.utf8("new")));
    }

    /** So that the store can tell whether all has come before anybody sees it. */
    @Test
    void thePutIsSignedOverTheOctetsAndSaysWhatTheyAre() {
        answers.add(exchange -> {
            for (String name : List.of("x-amz-content-sha256", "Content-Type", "Cache-Control", "Content-Length")) {
                requests.add(exchange.getRequestHeaders().getFirst(name));
            }
            octets("\"1\"", "").to(exchange);
        });
        answers.add(octets("\"1\"", "new"));

        shelf.put("all.crl.pem", Bytes.utf8("new"));

        assertEquals(
                List.of(
                        "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437",
                        "application/x-pem-file",
                        "public, max-age=60",
                        "3"),
                requests.subList(1, 5));
    }

    /** The SDK would do so by itself without TLS, and not with it. */
    @Test
    void thePutIsSignedOverTheOctetsUnderTlsToo() {
        List<AuthSchemeOption> options = ObjectStore.overOctets(S3AuthSchemeParams.builder()
                .operation("PutObject")
                .region(Region.US_EAST_1)
                .build());

        assertFalse(options.isEmpty());
        options.forEach(option -> assertEquals(true, option.signerProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED)));
    }

    @Test
    void whatNoPutTakesIsRefusedBeforehand() {
        OctetSource huge = new OctetSource() {
            @Override
            public long size() {
                return (5L << 30) + 1;
            }

            @Override
            public InputStream open() {
                return InputStream.nullInputStream();
            }
        };

        assertFault(Fault.INVALID_INPUT, "a.crl has 5368709121 octets", () -> shelf.put("a.crl", huge));
        assertEquals(List.of(), requests);
    }

    // The environment.

    @Test
    void withoutCredentialsThatIsSaid() {
        System.clearProperty("aws.secretAccessKey");

        assertFault(Fault.STORE_FAILED, "there are no credentials for s3://fleet-crls/eu", this::read);
    }

    @Test
    void withoutEndpointARegionIsNeeded() {
        System.clearProperty("aws.endpointUrlS3");

        assertFault(Fault.STORE_FAILED, "there is no region for s3://fleet-crls/eu", this::read);
    }

    @Test
    void anEndpointThatIsNoUrlIsSaid() {
        System.setProperty("aws.endpointUrlS3", "minio:9000");

        assertFault(Fault.STORE_FAILED, "is no URL such as https://minio.example:9000", this::read);
    }

    @Test
    void theRegionIsTheEnvironmentsAlsoWithAnEndpoint() {
        answers.add(exchange -> {
            requests.add(exchange.getRequestHeaders().getFirst("Authorization"));
            octets("\"1\"", "x").to(exchange);
        });
        read();
        System.setProperty("aws.region", "garage");

        try (S3Shelf other = new S3Shelf(BUCKET, scratch)) {
            other.read("a.crl");
        }

        assertTrue(requests.get(1).contains("/us-east-1/s3/"), requests.get(1));
        assertTrue(requests.get(3).contains("/garage/s3/"), requests.get(3));
    }
}
