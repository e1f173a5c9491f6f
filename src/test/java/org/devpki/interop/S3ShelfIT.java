package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CRLs in a bucket of a real server that speaks S3. */
@Tag("long")
class S3ShelfIT {
    private static final List<String> FILES =
            List.of("all.crl.pem", "issuing-ca.crl", "issuing-ca.crl.pem", "root-ca.crl", "root-ca.crl.pem");

    @TempDir
    private static Path home;

    private static S3Server server;
    private static int buckets;

    @TempDir
    Path folder;

    private String bucket;
    private InProcess inside;
    private StoreProof proof;

    @BeforeAll
    static void startAServerAndMakeOneStoreForAll() throws IOException {
        server = S3Server.start(home);
        Path template = Files.createDirectory(home.resolve("template"));
        Files.writeString(template.resolve("passphrase"), "correct horse battery staple\n");
        InProcess store = InProcess.in(template);
        store.run("init", "--org", "Acme", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        for (String device : List.of("d1", "d2")) {
            store.run("issue", device, "--out", template.resolve("out").toString())
                    .exiting(0);
        }
    }

    @AfterAll
    static void stopIt() {
        server.close();
    }

    @BeforeEach
    void copyStore() {
        StoreProof.copy(home.resolve("template"), folder);
        buckets++;
        bucket = "fleet-crls-" + buckets;
        server.makeBucket(bucket);
        inside = InProcess.in(folder);
        proof = StoreProof.of(folder);
        reach(server.url(), server.secret());
    }

    /** What the environment says to a process, said to this one, where a command takes a tenth of the time. */
    private static void reach(String url, String secret) {
        System.setProperty("aws.endpointUrlS3", url);
        System.setProperty("aws.accessKeyId", S3Server.ID);
        System.setProperty("aws.secretAccessKey", secret);
    }

    @AfterEach
    void forgetTheServer() {
        List.of("aws.endpointUrlS3", "aws.accessKeyId", "aws.secretAccessKey").forEach(System::clearProperty);
        StoreProof.nothingLeft(folder);
    }

    private String place() {
        return "s3://" + bucket + "/eu";
    }

    private Finished publish(InProcess devpki, String... more) {
        List<String> command = new ArrayList<>(List.of("crl", "publish", "--if-needed", "--dir", place()));
        command.addAll(List.of(more));
        return devpki.run(command.toArray(String[]::new));
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private Bytes inBucket(String file) {
        return server.objects(bucket).get("eu/" + file).octets();
    }

    /** The bucket as a folder, for the eyes that look at folders. */
    private Path mirror() throws IOException {
        Path mirror = Files.createTempDirectory(folder, "mirror");
        for (Map.Entry<String, S3Server.Found> object : server.objects(bucket).entrySet()) {
            assertTrue(object.getKey().startsWith("eu/"), object.getKey());
            Files.write(
                    mirror.resolve(object.getKey().substring(3)),
                    object.getValue().octets().toArray());
        }
        return mirror;
    }

    @Test
    void aProcessWithTheUsualEnvironmentPublishesEveryFileAsItIsOnTheOwnShelf() throws IOException {
        Devpki devpki = Devpki.in(folder)
                .with("AWS_ENDPOINT_URL_S3", server.url())
                .with("AWS_ACCESS_KEY_ID", S3Server.ID)
                .with("AWS_SECRET_ACCESS_KEY", server.secret());

        Finished published = devpki.run(
                        "crl", "publish", "--dir", place() + "/", "--hook", "printf '%s' \"$DEVPKI_SHELF\" > heard")
                .exiting(0);

        assertEquals("", published.err());
        Map<String, S3Server.Found> objects = server.objects(bucket);
        assertEquals(FILES.stream().map(file -> "eu/" + file).toList(), List.copyOf(objects.keySet()));
        for (String file : FILES) {
            S3Server.Found object = objects.get("eu/" + file);
            assertEquals(Bytes.of(Files.readAllBytes(proof.shelf().resolve(file))), object.octets(), file);
            assertEquals(
                    file.endsWith(".pem") ? "application/x-pem-file" : "application/pkix-crl",
                    object.answer().contentType());
            assertEquals("public, max-age=60", object.answer().cacheControl());
        }
        assertEquals(place(), Files.readString(path("heard")));
        assertTrue(inside.run("audit", "list").out().contains(place()));
        Finished check = devpki.run("crl", "check", "--dir", place()).exiting(0);
        assertEquals("", check.err());
    }

    /** A process, for the SDK reads this one's environment too. */
    @Test
    void aStoreUnderTlsIsReachedThroughTheProxyForTls() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Future<String> asked = thread.submit(() -> firstLine(proxy));
            Devpki devpki = Devpki.in(folder)
                    .with("AWS_ENDPOINT_URL_S3", "https://minio.example:9000")
                    .with("AWS_ACCESS_KEY_ID", S3Server.ID)
                    .with("AWS_SECRET_ACCESS_KEY", server.secret())
                    .with("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());

            Finished check = devpki.run("crl", "check", "--dir", place()).exiting(1);

            assertTrue(check.err().contains("at https://minio.example:9000: "), check::err);
            assertEquals("CONNECT minio.example:9000 HTTP/1.1", asked.get(1, TimeUnit.MINUTES));
        } finally {
            thread.shutdownNow();
        }
    }

    /** Of the first connection; those that come after it are refused. */
    private static String firstLine(ServerSocket listening) throws IOException {
        try (listening;
                Socket client = listening.accept();
                var lines =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            return lines.readLine();
        }
    }

    @Test
    void withoutNeedNothingIsWrittenAndARevocationArrivesWithTheNextRun() throws IOException {
        publish(inside).exiting(0);
        inside.run("revoke", "d2").exiting(0);
        try (CutWire wire = CutWire.to(server.port())) {
            reach(wire.url(), server.secret());

            String hook = "echo a >> " + folder.resolve("heard");
            publish(inside, "--hook", hook).exiting(0);
            int written = wire.count("PUT /");
            Finished idle = publish(inside, "--hook", hook).exiting(0);
            int writtenIdly = wire.count("PUT /") - written;

            assertEquals(3, written, "the issuing CA's two, and the one of all");
            assertEquals(0, writtenIdly);
            assertEquals("", idle.out());
            assertEquals("a\n", Files.readString(folder.resolve("heard")), "the hook runs once a change");
        }
        assertTrue(proof.isRevokedIn(mirror(), proof.oneRevoked("d2").serial()));
        proof.shelfIsWhole(mirror());
    }

    @Test
    void anOldBackupCannotMakeABucketForgetARevocation() throws IOException {
        inside.run("store", "backup", path("old.zip").toString()).exiting(0);
        inside.run("revoke", "d2", "--reason", "key-compromise").exiting(0);
        publish(inside).exiting(0);
        Map<String, BigInteger> published = proof.numbersInAll(mirror());
        Path elsewhere = Files.createDirectory(path("elsewhere"));
        Files.copy(path("passphrase"), elsewhere.resolve("passphrase"));
        InProcess there = InProcess.in(elsewhere);
        there.run("store", "restore", path("old.zip").toString()).exiting(0);

        Finished made = publish(there).exiting(0);

        assertTrue(made.err().contains("which the ledger did not know: 1 revoked"), made::err);
        assertTrue(there.run("device", "show", "d2").exiting(0).out().contains("key-compromise"));
        Map<String, BigInteger> after = proof.numbersInAll(mirror());
        published.forEach((ca, number) -> assertTrue(after.get(ca).compareTo(number) > 0, ca));
        assertTrue(proof.isRevokedIn(mirror(), proof.oneRevoked("d2").serial()));
    }

    @Test
    void anOlderCrlThatSomebodyPutsBackIsReplacedByANewerOne() throws IOException {
        publish(inside).exiting(0);
        Bytes older = inBucket("issuing-ca.crl");
        inside.run("revoke", "d2").exiting(0);
        publish(inside).exiting(0);
        Map<String, BigInteger> published = proof.numbersInAll(mirror());
        server.put(bucket, "eu/issuing-ca.crl", older);

        publish(inside).exiting(0);

        Map<String, BigInteger> after = proof.numbersInAll(mirror());
        BigInteger number = after.remove("CN=Acme Issuing CA,O=Acme");
        assertEquals(1, number.compareTo(published.remove("CN=Acme Issuing CA,O=Acme")));
        assertEquals(published, after);
        proof.shelfIsWhole(mirror());
        assertTrue(proof.isRevokedIn(mirror(), proof.oneRevoked("d2").serial()));
    }

    @Test
    void aServerThatIsDownKeepsNobodyFromTheOwnShelfAndTheNextRunFinishes() throws IOException {
        publish(inside).exiting(0);
        inside.run("revoke", "d2").exiting(0);
        String down = "http://127.0.0.1:" + Mosquitto.freePort();
        reach(down, server.secret());
        Path metrics = path("devpki.prom");

        Finished failed = publish(inside, "--hook", "touch " + path("heard"), "--metrics", metrics.toString())
                .exiting(1);
        String serial = proof.oneRevoked("d2").serial();
        boolean isRevokedOnOwn = proof.isRevokedIn(proof.shelf(), serial);
        boolean isRevokedBefore = proof.isRevokedIn(mirror(), serial);
        boolean isHeardBefore = Files.exists(path("heard"));
        Finished forced = publish(inside, "--force", "--reason", "a test").exiting(1);
        reach(server.url(), server.secret());
        publish(inside, "--hook", "touch " + path("heard")).exiting(0);

        assertTrue(failed.err().startsWith("devpki: the metrics lack a CRL: cannot read root-ca.crl"), failed::err);
        assertTrue(forced.err().startsWith("devpki: error: cannot read root-ca.crl"), forced::err);
        assertTrue(
                failed.err()
                        .endsWith("devpki: error: cannot read root-ca.crl in " + place() + " at " + down
                                + ": connection refused\n"),
                failed::err);
        assertTrue(Files.readString(metrics).contains("devpki_crl_publish_success 0"));
        assertTrue(isRevokedOnOwn);
        assertFalse(isRevokedBefore);
        assertFalse(isHeardBefore);
        assertTrue(proof.isRevokedIn(mirror(), serial));
        assertTrue(Files.exists(path("heard")));
        proof.shelfIsWhole(mirror());
        proof.clean();
    }

    @Test
    void aWrongSecretAndABucketThatIsNotThereAreSaidWithoutTheSecret() {
        reach(server.url(), "not-" + server.secret());
        Finished wrong = publish(inside).exiting(1);
        reach(server.url(), server.secret());
        Finished missing =
                inside.run("crl", "publish", "--dir", "s3://no-such-bucket").exiting(1);
        Finished verbose = inside.run("crl", "check", "--dir", "s3://no-such-bucket", "--json", "--verbose")
                .exiting(1);
        Finished typo = inside.run("crl", "publish", "--dir", "s3:/fleet-crls").exiting(2);

        assertEquals(
                "devpki: error: cannot read root-ca.crl in " + place() + " at " + server.url()
                        + ": the credentials are not accepted (SignatureDoesNotMatch)\n"
                        + "hint: they are those of AWS_ACCESS_KEY_ID, or of AWS_PROFILE\n",
                wrong.err());
        assertEquals(
                "devpki: error: cannot read root-ca.crl in s3://no-such-bucket at " + server.url()
                        + ": there is no such bucket\n",
                missing.err());
        assertTrue(verbose.err().startsWith("{\"schema\":\"devpki/error/1\",\"code\":\"store-failed\","), verbose::err);
        assertTrue(typo.err().startsWith("devpki: error: shelf \"s3:/fleet-crls\" is neither"), typo::err);
        assertFalse(Files.exists(Path.of("s3:")));
        for (Finished finished : List.of(wrong, missing, verbose)) {
            assertFalse(finished.all().contains(server.secret()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200})
    void aPutThatBreaksOffIsSeenByNobody(int octets) throws IOException {
        publish(inside).exiting(0);
        Bytes before = inBucket("issuing-ca.crl");
        inside.run("revoke", "d2").exiting(0);
        try (CutWire wire = CutWire.to(server.port())) {
            reach(wire.url(), server.secret());
            wire.cutting("PUT /" + bucket + "/eu/issuing-ca.crl ", octets);

            Finished failed = publish(inside).exiting(1);

            assertTrue(
                    failed.err().startsWith("devpki: error: cannot write issuing-ca.crl in " + place()), failed::err);
            assertEquals(3, wire.count("PUT /" + bucket + "/eu/issuing-ca.crl "));
            assertEquals(before, inBucket("issuing-ca.crl"));
            proof.shelfIsWhole(mirror());
            wire.mended();
            publish(inside).exiting(0);
        }
        proof.shelfIsWhole(mirror());
        assertTrue(proof.isRevokedIn(mirror(), proof.oneRevoked("d2").serial()));
    }

    @Test
    void aRunThatIsKilledBetweenTwoObjectsIsFinishedByTheNext() throws IOException {
        publish(inside).exiting(0);
        inside.run("revoke", "d2").exiting(0);
        Devpki devpki = Devpki.in(folder)
                .with("AWS_ENDPOINT_URL", server.url())
                .with("AWS_ACCESS_KEY_ID", S3Server.ID)
                .with("AWS_SECRET_ACCESS_KEY", server.secret());

        // once on the own shelf, and once in the bucket, where its PEM is the old one still
        Victim.killedAt(
                devpki, Checkpoint.Step.PUBLISH_5_DER_SHELVED, 2, "crl", "publish", "--if-needed", "--dir", place());
        Path half = mirror();
        boolean isPemOlder =
                !proof.crls(half.resolve("issuing-ca.crl")).equals(proof.crls(half.resolve("issuing-ca.crl.pem")));
        publish(inside).exiting(0);

        assertTrue(isPemOlder);
        proof.shelfIsWhole(mirror());
        assertTrue(proof.isRevokedIn(mirror(), proof.oneRevoked("d2").serial()));
        proof.clean();
    }

    @Test
    void monitoringLooksAtTheBucket() {
        publish(inside).exiting(0);
        inside.run("crl", "check", "--dir", place()).exiting(0);
        inside.run("crl", "check", "--dir", place(), "--min-remaining", "30d").exiting(10);

        server.put(bucket, "eu/issuing-ca.crl", Bytes.utf8("not a CRL"));
        Finished damaged = inside.run("crl", "check", "--dir", place()).exiting(8);
        server.delete(bucket, "eu/issuing-ca.crl");
        Finished missing = inside.run("crl", "check", "--dir", place()).exiting(11);

        assertTrue(damaged.err().contains("CRL issuing-ca.crl in " + place() + " is damaged"), damaged::err);
        assertTrue(missing.out().contains("there is no CRL"), missing::out);
    }
}
