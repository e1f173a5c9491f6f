package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.devpki.model.BrokerAddress;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.MqttVersion;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.FixedClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the probe makes of answers that real brokers give rarely: every CONNACK that refuses, silence, and a hang-up. */
@Timeout(30)
class ProbeBrokerTest {
    private static final int CONNECT = 0x10;

    @TempDir
    private Path folder;

    private Path password;

    @BeforeEach
    void aPassword() throws IOException {
        password = Files.writeString(folder.resolve("password"), "secret\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    }

    /** Answers each CONNECT with these octets, or hangs up when there are none. */
    private static ServerSocket answering(int... answer) throws IOException {
        return answeringAsTheyCome(answer, answer);
    }

    /** Who is let in gets no other answer. */
    private static ServerSocket answeringAsTheyCome(int[] first, int[] others) throws IOException {
        ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            List<Socket> open = new ArrayList<>();
            try {
                for (int[] answer = first; ; answer = others) {
                    Socket client = server.accept();
                    open.add(client);
                    client.setSoTimeout(20_000);
                    assertEquals(CONNECT, client.getInputStream().read());
                    for (int octet : answer) {
                        client.getOutputStream().write(octet);
                    }
                    if (answer.length == 0 || answer[3] != 0) {
                        client.shutdownOutput();
                    }
                }
            } catch (IOException e) {
                for (Socket client : open) { // the test is over
                    close(client);
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void close(Socket client) {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Probed probe(int port, MqttVersion version, Duration timeout) {
        return new ProbeBroker(new CountingRandom(), FixedClock.at("2026-03-01T12:00:00Z"))
                .run(order(port, version, timeout));
    }

    private ProbeBroker.Order order(int port, MqttVersion version, Duration timeout) {
        return new ProbeBroker.Order(
                new BrokerAddress("127.0.0.1", port),
                new ProbeBroker.Device(
                        new DeviceId("sensor-1"), Optional.empty(), Optional.of(password), Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                true,
                version,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                timeout);
    }

    private static Probed.Row login(Probed probed) {
        return probed.rows().stream()
                .filter(row -> row.name().equals("login"))
                .findFirst()
                .orElseThrow();
    }

    private void assertExplains(MqttVersion version, int code, int... answer) throws IOException {
        try (ServerSocket server = answering(answer)) {
            Probed probed = probe(server.getLocalPort(), version, Duration.ofSeconds(10));

            Probed.Row login = login(probed);
            assertEquals(Probed.Verdict.WRONG, probed.verdict());
            assertEquals(Probed.Verdict.WRONG, login.verdict());
            assertTrue(login.seen().startsWith("refused, CONNACK code "), login::seen);
            assertEquals(code, login.code().orElseThrow().number().orElseThrow());
            assertEquals(version.codes(), login.code().orElseThrow().source());
            assertTrue(login.fix().orElseThrow().contains("devpki password check"), login::toString);
        }
    }

    /** MQTT 3.1.1 section 3.2.2.3. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void everyReturnCodeOfMqtt311IsExplained(int code) throws IOException {
        assertExplains(MqttVersion.V3_1_1, code, 0x20, 2, 0, code);
    }

    /** Those of MQTT 5 section 3.2.2.2 that refuse. */
    private static IntStream reasonCodes() {
        return IntStream.of(
                0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a,
                0x9b, 0x9c, 0x9d, 0x9f);
    }

    @ParameterizedTest
    @MethodSource("reasonCodes")
    void everyReasonCodeOfMqtt5IsExplained(int code) throws IOException {
        assertExplains(MqttVersion.V5, code, 0x20, 3, 0, code, 0);
    }

    @Test
    void theBrokersOwnWordsAreTold() throws IOException {
        try (ServerSocket server = answering(0x20, 9, 0, 0x87, 6, 0x1f, 0, 3, 'n', 'o', 't')) {
            assertEquals(
                    "refused, CONNACK code 0x87 \"not\"",
                    login(probe(server.getLocalPort(), MqttVersion.V5, Duration.ofSeconds(10)))
                            .seen());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.1.1", "5"})
    void aBrokerThatHangsUpHasRefused(String version) throws IOException {
        try (ServerSocket server = answering()) {
            Probed.Row login = login(probe(server.getLocalPort(), MqttVersion.parse(version), Duration.ofSeconds(10)));

            assertEquals(Probed.Verdict.WRONG, login.verdict());
            assertTrue(login.seen().startsWith("refused in TLS or by hanging up: "), login::seen);
        }
    }

    @Test
    void aBrokerThatSaysNothingIsWaitedForAsLongAsWasSaid() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Probed.Row login = login(probe(server.getLocalPort(), MqttVersion.V5, Duration.ofSeconds(1)));

            assertEquals(Probed.Verdict.WRONG, login.verdict());
            assertTrue(login.seen().startsWith("no answer within 1 s"), login::seen);
        }
    }

    @Test
    void thatABrokerIsBusySaysNothingAboutWhoIsLetIn() throws IOException {
        int[] in = {0x20, 2, 0, 0};
        int[] unavailable = {0x20, 2, 0, 3};
        try (ServerSocket server = answeringAsTheyCome(in, unavailable)) {
            ProbeBroker.Order order = order(server.getLocalPort(), MqttVersion.V3_1_1, Duration.ofSeconds(1));

            Probed probed = new ProbeBroker(new CountingRandom(), FixedClock.at("2026-03-01T12:00:00Z")).run(order);

            for (String name : List.of("client-id", "wrong-password", "no-password", "nobody")) {
                Probed.Row row = probed.rows().stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow();
                assertEquals(Probed.Verdict.WEAK, row.verdict(), row::toString);
                assertTrue(row.seen().contains("CONNACK code 3"), row::seen);
            }
        }
    }

    @Test
    void anAddressIsHostAndPort() {
        assertEquals(new BrokerAddress("::1", 8883), BrokerAddress.parse("[::1]:8883"));
        assertEquals("[::1]:8883", new BrokerAddress("::1", 8883).toString());
        assertThrows(DevpkiException.class, () -> BrokerAddress.parse("mqtt.acme.example"));
        assertThrows(DevpkiException.class, () -> BrokerAddress.parse("mqtts://mqtt.acme.example:8883"));
        assertThrows(DevpkiException.class, () -> BrokerAddress.parse("mqtt.acme.example:0"));
    }
}
