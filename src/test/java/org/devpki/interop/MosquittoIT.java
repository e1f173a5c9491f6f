package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The main job at a real broker: Mosquitto with mutual TLS, an ACL by client name and a CRL, all of it from files that
 * devpki exported, and devices that bring their {@code embed} folder. A refusal counts only with the alert that tells
 * why, and while another device still connects.
 */
@Tag("broker")
class MosquittoIT {
    /** TLS alerts (RFC 8446 section 6.2). */
    private static final int CERTIFICATE_REVOKED = 44;

    private static final int CERTIFICATE_EXPIRED = 45;
    private static final int UNKNOWN_CA = 48;
    private static final int CERTIFICATE_REQUIRED = 116;

    @TempDir
    private static Path home;

    private static Devpki devpki;

    @TempDir
    private Path folder;

    private Mosquitto broker;

    @BeforeAll
    static void makeAStoreWithABrokerAndTwoDevices() {
        devpki = Devpki.withStore(home);
        devpki.run(
                        "issue",
                        "broker",
                        "--profile",
                        "broker-server",
                        "--format",
                        "pem",
                        "--san",
                        "ip:127.0.0.1",
                        "--san",
                        "dns:localhost",
                        "--out",
                        "out")
                .exiting(0);
        devpki.run("ca", "export", "--bundle", "--out", "ca.pem").exiting(0);
        issue("plant-1");
        issue("plant-2");
        issue("backend");
    }

    @BeforeEach
    void startBroker() throws IOException {
        broker = startBroker("all.crl.pem");
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    private Mosquitto startBroker(String crlFile) throws IOException {
        Path acl = Files.write(
                folder.resolve("acl"),
                List.of("user backend", "topic readwrite devices/#", "", "pattern readwrite devices/%u/#"));
        return Mosquitto.start(
                folder,
                "certfile " + devpki.file("out/broker/chain.pem"),
                "keyfile " + devpki.file("out/broker/key.pem"),
                "cafile " + devpki.file("ca.pem"),
                "crlfile " + devpki.file("pki/publish/crl").resolve(crlFile),
                "require_certificate true",
                "use_identity_as_username true",
                "use_username_as_clientid true",
                "allow_anonymous false",
                "acl_file " + acl);
    }

    private static void issue(String id, String... more) {
        List<String> command = new ArrayList<>(List.of("issue", id, "--out", "out"));
        command.addAll(Arrays.asList(more));
        devpki.run(command.toArray(String[]::new)).exiting(0);
    }

    private void publishCrls() {
        devpki.run("crl", "publish", "--if-needed", "--hook", "kill -HUP " + broker.pid())
                .exiting(0);
    }

    /** The command line of a client program with a device's embedded files. */
    private String[] as(Path device, String program, String... more) {
        List<String> command = new ArrayList<>(List.of(
                program,
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(broker.port()),
                "--cafile",
                devpki.file("out/plant-1/server_root_ca.pem").toString(),
                "--cert",
                device.resolve("client_crt.pem").toString(),
                "--key",
                device.resolve("client_key.pem").toString()));
        command.addAll(Arrays.asList(more));
        return command.toArray(String[]::new);
    }

    private Finished run(String id, String program, String... more) {
        return Tool.in(folder).run(as(devpki.file("out/" + id), program, more));
    }

    private void publish(String id, String topic, String message) {
        run(id, "mosquitto_pub", "-t", topic, "-m", message, "-q", "1").exiting(0);
    }

    private void assertConnects(String id) {
        publish(id, "devices/" + id + "/up", "hello");
    }

    /** It is refused with this alert, another device is not. */
    private void assertRefused(Path device, int alert) {
        Finished client = Tool.in(folder).run(as(device, "mosquitto_pub", "-t", "devices/x/up", "-m", "hello"));
        assertNotEquals(0, client.exit(), client::all);
        assertFalse(broker.log().contains("devices/x/up"), broker::log);
        Finished handshake = Tool.in(folder)
                .run(
                        "openssl",
                        "s_client",
                        "-ign_eof",
                        "-connect",
                        "127.0.0.1:" + broker.port(),
                        "-cert",
                        device.resolve("client_crt.pem").toString(),
                        "-cert_chain",
                        device.resolve("client_crt.pem").toString(),
                        "-key",
                        device.resolve("client_key.pem").toString());
        assertTrue(handshake.all().contains("SSL alert number " + alert + "\n"), handshake::all);
        assertConnects("plant-2");
    }

    @Test
    void aDevicePublishesAndReceivesOnItsOwnTopics() {
        // given: nothing but the embedded files

        // when: one connection subscribes, publishes and waits for what it published
        Finished echo = run(
                "plant-1",
                "mosquitto_rr",
                "-t",
                "devices/plant-1/state",
                "-e",
                "devices/plant-1/state",
                "-m",
                "42 degrees",
                "-W",
                "20");

        // then
        assertEquals("42 degrees\n", echo.exiting(0).out());
        assertTrue(broker.log().contains("as plant-1 (p5, c1, k60, u'plant-1')"), broker::log);
    }

    @Test
    void whatADevicePublishesOnAnothersTopicReachesNobody() throws IOException {
        // given a backend that may read every device's topics
        Path received = Files.createFile(folder.resolve("received"));
        Process backend = Tool.in(folder)
                .start(
                        received,
                        as(
                                devpki.file("out/backend"),
                                "mosquitto_sub",
                                "-t",
                                "devices/#",
                                "-v",
                                "-C",
                                "1",
                                "-W",
                                "30"));
        try {
            broker.awaitLog("Sending SUBACK to backend");

            // when
            Finished foreign =
                    run("plant-1", "mosquitto_pub", "-t", "devices/plant-2/up", "-m", "lie", "-q", "1", "-V", "5");
            publish("plant-1", "devices/plant-1/up", "truth");
            Waiting.forEnd(backend);

            // then
            assertTrue(foreign.all().contains("Not authorized"), foreign::all);
            assertTrue(broker.log().contains("Denied PUBLISH from plant-1"), broker::log);
            assertEquals("devices/plant-1/up truth\n", Files.readString(received));
        } finally {
            backend.destroy();
        }
    }

    @Test
    void aDeviceHearsNothingOfAnothersTopicsWhateverItSubscribesTo() throws IOException {
        // given: Mosquitto 2.0 grants every subscription and asks the ACL file at delivery
        Path received = Files.createFile(folder.resolve("received"));
        Process device = Tool.in(folder)
                .start(
                        received,
                        as(
                                devpki.file("out/plant-1"),
                                "mosquitto_sub",
                                "-t",
                                "devices/plant-2/#",
                                "-t",
                                "#",
                                "-v",
                                "-C",
                                "1",
                                "-W",
                                "30"));
        try {
            broker.awaitLog("Sending SUBACK to plant-1");

            // when
            publish("plant-2", "devices/plant-2/up", "a secret of plant-2");
            publish("backend", "devices/plant-2/command", "a command to plant-2");
            publish("backend", "devices/plant-1/command", "a command to plant-1");
            Waiting.forEnd(device);

            // then
            assertEquals("devices/plant-1/command a command to plant-1\n", Files.readString(received));
        } finally {
            device.destroy();
        }
    }

    @Test
    void aDeviceCannotTakeOverAnothersSession() throws IOException {
        // given
        Path received = Files.createFile(folder.resolve("received"));
        Process victim = Tool.in(folder)
                .start(
                        received,
                        as(
                                devpki.file("out/plant-1"),
                                "mosquitto_sub",
                                "-t",
                                "devices/plant-1/#",
                                "-C",
                                "1",
                                "-W",
                                "30"));
        try {
            broker.awaitLog("Sending SUBACK to plant-1");

            // when another names itself like it
            run("plant-2", "mosquitto_pub", "-i", "plant-1", "-t", "devices/plant-2/up", "-m", "x")
                    .exiting(0);
            publish("backend", "devices/plant-1/command", "still there?");
            Waiting.forEnd(victim);

            // then
            assertTrue(broker.log().contains("as plant-2 ("), broker::log);
            assertFalse(broker.log().contains("already connected"), broker::log);
            assertEquals("still there?\n", Files.readString(received));
        } finally {
            victim.destroy();
        }
    }

    @Test
    void aClientWithoutACertificateIsRefused() {
        // when
        Finished client = Tool.in(folder)
                .run(
                        "mosquitto_pub",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(broker.port()),
                        "--cafile",
                        devpki.file("out/plant-1/server_root_ca.pem").toString(),
                        "-t",
                        "devices/x/up",
                        "-m",
                        "hello");
        Finished handshake = Tool.in(folder)
                .run("openssl", "s_client", "-ign_eof", "-tls1_3", "-connect", "127.0.0.1:" + broker.port());

        // then
        assertNotEquals(0, client.exit(), client::all);
        assertTrue(handshake.all().contains("SSL alert number " + CERTIFICATE_REQUIRED + "\n"), handshake::all);
        assertTrue(broker.log().contains("peer did not return a certificate"), broker::log);
        assertConnects("plant-2");
    }

    @Test
    void aDeviceOfAnotherCaWithTheSameNamesIsRefused() throws IOException {
        // given a second CA whose names are the same to the letter
        Devpki stranger = Devpki.withStore(Files.createDirectory(folder.resolve("stranger")));
        stranger.run("issue", "plant-1", "--out", "out").exiting(0);

        // then
        assertRefused(stranger.file("out/plant-1"), UNKNOWN_CA);
    }

    @Test
    void anExpiredDeviceIsRefused() {
        // given
        Instant end = Instant.now().plusSeconds(12).truncatedTo(ChronoUnit.SECONDS);
        issue("short-lived", "--not-after", end.toString());

        // when
        Waiting.pause(Duration.between(Instant.now(), end.plusSeconds(1)));

        // then
        assertRefused(devpki.file("out/short-lived"), CERTIFICATE_EXPIRED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all.crl.pem", "issuing-ca.crl.pem"})
    void aDeviceIsRefusedFromTheReloadAfterItsRevocationOn(String crlFile) throws IOException {
        // given
        broker.close();
        broker = startBroker(crlFile);
        String id = "lost-by-" + crlFile;
        issue(id);
        assertConnects(id);

        // when
        devpki.run("revoke", id, "--reason", "key-compromise").exiting(0);
        assertConnects(id); // a broker knows what its CRL knows
        publishCrls();
        broker.awaitReload(1);

        // then
        assertRefused(devpki.file("out/" + id), CERTIFICATE_REVOKED);
    }

    @Test
    void aRevokedDeviceIsRefusedByABrokerThatStartsLater() throws IOException {
        // given
        issue("lost-before");
        broker.close();
        devpki.run("revoke", "lost-before").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // when
        broker = startBroker("all.crl.pem");

        // then
        assertRefused(devpki.file("out/lost-before"), CERTIFICATE_REVOKED);
    }

    @Test
    void aHeldDeviceIsRefusedUntilItsRelease() {
        // given
        issue("suspect");
        devpki.run("revoke", "suspect", "--reason", "certificate-hold").exiting(0);
        publishCrls();
        broker.awaitReload(1);
        assertRefused(devpki.file("out/suspect"), CERTIFICATE_REVOKED);

        // when
        devpki.run("device", "release", "suspect").exiting(0);
        publishCrls();
        broker.awaitReload(2);

        // then
        assertConnects("suspect");
    }

    @Test
    void nothingIsReloadedWhenNothingHasChanged() {
        // given
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // when
        publishCrls();
        assertConnects("plant-1");

        // then
        assertFalse(broker.log().contains("Reloading config."), broker::log);
    }
}
