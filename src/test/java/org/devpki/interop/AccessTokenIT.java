package org.devpki.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.devpki.jose.Jwks;
import org.devpki.model.Bytes;
import org.devpki.model.PublicKeyDer;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Access tokens where they are shown: a HiveMQ that verifies them by the published key set, OpenSSL over the octets that were
 * signed, and curl with a device's certificate at the token endpoint.
 */
@Tag("broker")
class AccessTokenIT {
    @TempDir
    private static Path home;

    private static Devpki devpki;
    private static InProcess quick;
    private static HiveMq broker;
    private static Process endpoint;
    private static int endpointPort;

    @BeforeAll
    static void startBrokerAndEndpoint() {
        devpki = Devpki.withStore(home);
        quick = InProcess.in(home);
        issue("localhost", "--profile", "broker-server", "--san", "dns:localhost", "--san", "ip:127.0.0.1");
        quick.run("ca", "export", "--bundle", "--out", file("ca.pem")).exiting(0);
        quick.run("token", "key", "create").exiting(0);
        broker = HiveMq.start(
                home,
                home.resolve("pki/publish/token/jwks.json"),
                home.resolve("out/localhost/chain.pem"),
                home.resolve("out/localhost/key.pem"));
        Path log = home.resolve("endpoint.log");
        endpoint = devpki.start(
                log,
                "token",
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--cert",
                "out/localhost/chain.pem",
                "--key",
                "out/localhost/key.pem");
        Waiting.forText("listening on https://127.0.0.1:", log, endpoint);
        endpointPort = Integer.parseInt(Waiting.read(log).replaceAll("(?s).*https://127.0.0.1:([0-9]+)/.*", "$1"));
    }

    @AfterAll
    static void stopThem() throws InterruptedException {
        broker.close();
        endpoint.destroy();
        assertTrue(endpoint.waitFor(10, TimeUnit.SECONDS), "SIGTERM ends the endpoint");
        assertEquals(143, endpoint.exitValue());
    }

    private static String file(String name) {
        return home.resolve(name).toString();
    }

    private static void issue(String name, String... more) {
        List<String> order = new ArrayList<>(List.of("issue", name, "--format", "pem", "--out", file("out")));
        order.addAll(List.of(more));
        quick.run(order.toArray(String[]::new)).exiting(0);
    }

    private static String token(String device, String... more) {
        List<String> order = new ArrayList<>(List.of("token", "issue", device));
        order.addAll(List.of(more));
        return quick.run(order.toArray(String[]::new)).exiting(0).out().strip();
    }

    private static Finished publish(String clientId, String user, String token, String topic) {
        return Tool.in(home)
                .run(
                        "mosquitto_pub",
                        "-h",
                        "localhost",
                        "-p",
                        String.valueOf(broker.port()),
                        "--cafile",
                        file("ca.pem"),
                        "-V",
                        "5",
                        "-q",
                        "1",
                        "-i",
                        clientId,
                        "-u",
                        user,
                        "-P",
                        token,
                        "-t",
                        topic,
                        "-m",
                        "21.5");
    }

    private static void assertRefused(Finished told, String clientId, String why) {
        assertFalse(told.exit() == 0, told::all);
        broker.awaitLog("refused " + clientId + ": " + why);
    }

    // At the broker.

    @Test
    void theBrokerTakesATokenAndKeepsTheDeviceToItsTopics() {
        String token = token("plant-1");

        publish("plant-1", "plant-1", token, "devices/plant-1/up").exiting(0);
        Finished elsewhere = publish("plant-1", "plant-1", token, "devices/plant-2/up");

        broker.awaitLog("accepted plant-1");
        assertTrue(elsewhere.all().contains("Not authorized"), elsewhere::all);
    }

    @Test
    void theBrokerRefusesATokenThatHasExpired() throws InterruptedException {
        String token = token("plant-2", "--validity", "1s");

        Thread.sleep(2100);

        assertRefused(publish("plant-2", "plant-2", token, "devices/plant-2/up"), "plant-2", "it has expired");
    }

    @Test
    void theBrokerRefusesAnotherStoresTokenAndAnotherDevices(@TempDir Path elsewhere) {
        Devpki.withStore(elsewhere);
        InProcess foreign = InProcess.in(elsewhere);
        foreign.run("token", "key", "create").exiting(0);
        String forged =
                foreign.run("token", "issue", "plant-3").exiting(0).out().strip();

        assertRefused(
                publish("plant-3", "plant-3", forged, "devices/plant-3/up"),
                "plant-3",
                "its key is not in the key set");
        assertRefused(
                publish("plant-4", "plant-5", token("plant-5"), "devices/plant-5/up"),
                "plant-4",
                "its client ID is another");
    }

    @Test
    void eachKindOfKeyIsVerifiedByTheBrokerAndByOpenssl(@TempDir Path folder) throws Exception {
        assertVerifiedByOpenssl(folder, token("plant-6"));
        for (String kind : List.of("RSA-2048", "Ed25519", "P-256")) {
            String from = Instant.now()
                    .plusMillis(1500)
                    .truncatedTo(ChronoUnit.MILLIS)
                    .toString();
            quick.run("token", "key", "rotate", "--key", kind, "--from", from).exiting(0);
            Thread.sleep(Math.max(
                    0, Duration.between(Instant.now(), Instant.parse(from)).toMillis() + 20));
            String token = token("plant-6");

            publish("plant-6", "plant-6", token, "devices/plant-6/up").exiting(0);
            assertVerifiedByOpenssl(folder, token);
        }
    }

    /** The key's numbers are read by the JDK, and a signature of two numbers is put into DER here. */
    private static void assertVerifiedByOpenssl(Path folder, String token) throws Exception {
        String[] parts = token.split("\\.", -1);
        String header = new String(Base64.getUrlDecoder().decode(parts[0]), UTF_8);
        String id = header.replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1");
        Map<String, PublicKeyDer> keys =
                Jwks.read(Bytes.of(Files.readAllBytes(home.resolve("pki/publish/token/jwks.json"))), "it");
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        boolean isEc = header.contains("\"ES256\"");
        boolean isEd = header.contains("\"EdDSA\"");
        Files.write(
                folder.resolve("key.der"),
                new X509EncodedKeySpec(keys.get(id).octets().toArray()).getEncoded());
        Files.writeString(folder.resolve("input"), parts[0] + "." + parts[1]);
        Files.write(folder.resolve("signature"), isEc ? der(signature) : signature);
        Tool tool = Tool.in(folder);
        tool.run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", "key.der", "-out", "key.pem")
                .exiting(0);
        Finished told = isEd
                ? tool.run(
                        "openssl",
                        "pkeyutl",
                        "-verify",
                        "-pubin",
                        "-inkey",
                        "key.pem",
                        "-rawin",
                        "-in",
                        "input",
                        "-sigfile",
                        "signature")
                : tool.run("openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "input");
        told.exiting(0);
        assertTrue(told.out().contains("Verified"), told::all);
    }

    private static byte[] der(byte[] two) {
        byte[] r = new BigInteger(1, Arrays.copyOf(two, 32)).toByteArray();
        byte[] s = new BigInteger(1, Arrays.copyOfRange(two, 32, 64)).toByteArray();
        ByteBuffer der = ByteBuffer.allocate(6 + r.length + s.length);
        der.put((byte) 0x30).put((byte) (4 + r.length + s.length));
        der.put((byte) 2)
                .put((byte) r.length)
                .put(r)
                .put((byte) 2)
                .put((byte) s.length)
                .put(s);
        return der.array();
    }

    // At the endpoint.

    private static Finished curl(String... more) {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "-sS",
                "--cacert",
                file("ca.pem"),
                "-d",
                "grant_type=client_credentials",
                "-w",
                "\n%{http_code}"));
        command.addAll(List.of(more));
        command.add("https://localhost:" + endpointPort + "/token");
        return Tool.in(home).run(command.toArray(String[]::new));
    }

    private static Finished curlAs(Path device) {
        return curl(
                "--cert",
                device.resolve("chain.pem").toString(),
                "--key",
                device.resolve("key.pem").toString());
    }

    private static String accessToken(Finished told) {
        assertTrue(told.exiting(0).out().endsWith("\n200"), told::all);
        return told.out().replaceAll("(?s).*\"access_token\":\"([^\"]+)\".*", "$1");
    }

    /** What firmware does: a token for the certificate, a connection, another token before the first one ends. */
    @Test
    void aDeviceTakesATokenConnectsAndComesBackWithAFreshOne() throws Exception {
        issue("walker");
        Path walker = home.resolve("out/walker");

        String first = accessToken(curlAs(walker));
        publish("walker", "walker", first, "devices/walker/up").exiting(0);
        assertEquals(first, accessToken(curlAs(walker)), "not for the asking");
        quick.run("device", "renew", "walker", "--rekey", "--format", "pem", "--out", file("renewed"))
                .exiting(0);
        String second = accessToken(curlAs(home.resolve("renewed/walker")));

        assertFalse(first.equals(second), "another certificate, another token");
        publish("walker", "walker", second, "devices/walker/up").exiting(0);
    }

    @Test
    void aRevokedDeviceGetsNoFreshToken() {
        issue("thief");
        accessToken(curlAs(home.resolve("out/thief")));

        quick.run("revoke", "thief", "--reason", "key-compromise").exiting(0);

        Finished refused = curlAs(home.resolve("out/thief")).exiting(0);
        assertTrue(refused.out().endsWith("\n401"), refused::all);
        assertTrue(refused.out().contains("the certificate is revoked"), refused::all);
        quick.run("token", "issue", "thief").exiting(5);
    }

    @Test
    void withoutCertificateThereIsNoTokenAndAnotherCasIsNotSpokenTo(@TempDir Path elsewhere) throws Exception {
        Finished none = curl().exiting(0);
        Devpki.withStore(elsewhere);
        InProcess.in(elsewhere)
                .run(
                        "issue",
                        "plant-1",
                        "--format",
                        "pem",
                        "--out",
                        elsewhere.resolve("out").toString())
                .exiting(0);
        Finished foreign = curlAs(elsewhere.resolve("out/plant-1"));
        String end =
                Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS).toString();
        issue("brief", "--not-after", end);
        Thread.sleep(
                Math.max(0, Duration.between(Instant.now(), Instant.parse(end)).toMillis() + 1100));
        Finished expired = curlAs(home.resolve("out/brief"));

        assertTrue(none.out().endsWith("\n401"), none::all);
        assertTrue(foreign.exit() != 0 && foreign.all().contains("alert"), foreign::all);
        assertTrue(expired.exit() != 0 && expired.all().contains("alert"), expired::all);
    }

    // The page.

    @Test
    void thePagePastesFromNothingToAnAcceptedConnection(@TempDir Path folder) throws IOException {
        String page = Files.readString(Devpki.ROOT.resolve("docs/token.md"));
        StringBuilder script = new StringBuilder("set -eu\n");
        String[] blocks = page.split("```", -1);
        for (int i = 1; i < blocks.length; i += 2) {
            if (blocks[i].startsWith("sh\n")) {
                script.append(blocks[i].substring(3));
            }
        }

        String pastable = script.toString()
                .replace("lab-token", folder.toString())
                .replace("18883", String.valueOf(Mosquitto.freePort()))
                .replace("8444", String.valueOf(Mosquitto.freePort()));
        Finished pasted = Tool.in(Devpki.ROOT).run("bash", "-c", pastable).exiting(0);

        assertTrue(pasted.out().contains("accepted sensor-7"), pasted::all);
        assertTrue(pasted.out().contains("the access token is valid"), pasted::all);
    }
}
