package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Mosquitto as `broker config` sets it up, for devices with certificates and with passwords, kept up to date by `broker
 * install`. One broker for all tests; each has devices of its own.
 */
@Tag("broker")
class LoginsIT {
    @TempDir
    private static Path home;

    private static InProcess devpki;
    private static Mosquitto broker;
    private static int reloads;

    @BeforeAll
    static void startAsConfigured() throws IOException {
        Files.writeString(home.resolve("passphrase"), "correct horse battery staple");
        devpki = InProcess.in(home);
        run("init --org Acme --crl-url http://crl.acme.example --ocsp-url http://ocsp.acme.example");
        run("issue localhost --profile broker-server --san dns:localhost --san ip:127.0.0.1 --format pem --out "
                + out());
        for (String device : List.of("plant-1", "plant-2", "both-1")) {
            run("issue " + device + " --out " + out());
        }
        Files.writeString(home.resolve("devices"), "sensor-1\nsensor-2\nsensor-3\nsensor-4\nboth-1\n");
        run("password issue --from " + home.resolve("devices") + " --out " + out());
        int port = Mosquitto.freePorts();
        run("broker config mosquitto --auth certificate,password --listen 127.0.0.1:" + port + " --server "
                + out().resolve("localhost") + " --out " + folder());
        broker = Mosquitto.startWith(home, folder(), port);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Path out() {
        return home.resolve("out");
    }

    private static Path folder() {
        return home.resolve("mosquitto");
    }

    private static Finished run(String command) {
        return devpki.run(command.split(" ")).exiting(0);
    }

    private static String password(String device) {
        try {
            return Files.readString(out().resolve(device + "+password/password.txt"))
                    .strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** After a change of which the broker must hear. */
    private static void install() {
        Finished installed = devpki.run(
                "broker",
                "install",
                "mosquitto",
                "--config",
                folder().toString(),
                "--hook",
                "kill -HUP " + broker.pid());
        installed.exiting(0);
        broker.awaitReload(++reloads);
    }

    private static Finished publish(int port, String topic, String... login) {
        List<String> command = new ArrayList<>(List.of(
                "mosquitto_pub",
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "--cafile",
                out().resolve("plant-1/server_root_ca.pem").toString(),
                "-V",
                "mqttv5",
                "-q",
                "1",
                "-t",
                topic,
                "-m",
                "hello"));
        command.addAll(Arrays.asList(login));
        return Tool.in(home).run(command.toArray(String[]::new));
    }

    private static Finished withPassword(String device, String password, String topic) {
        return publish(broker.port() + 1, topic, "-u", device, "-P", password);
    }

    private static Finished withPassword(String device, String password) {
        return withPassword(device, password, "devices/" + device + "/up");
    }

    private static Finished withCertificate(String device) {
        return publish(
                broker.port(),
                "devices/" + device + "/up",
                "--cert",
                out().resolve(device + "/client_crt.pem").toString(),
                "--key",
                out().resolve(device + "/client_key.pem").toString());
    }

    private static void assertRefused(Finished attempt) {
        assertNotEquals(0, attempt.exit(), attempt::toString);
    }

    @Test
    void aDeviceLogsInByItsPasswordAndHasItsOwnTopics() {
        withPassword("sensor-1", password("sensor-1")).exiting(0);

        Finished foreign = withPassword("sensor-1", password("sensor-1"), "devices/sensor-2/up");
        assertTrue(foreign.err().contains("Not authorized"), foreign::toString);
        assertRefused(withPassword("sensor-1", "wrong"));
        assertRefused(withPassword("sensor-2", password("sensor-1")));
        assertRefused(publish(broker.port() + 1, "devices/sensor-1/up"));
        assertRefused(publish(broker.port() + 1, "devices/sensor-1/up", "-u", "sensor-1"));
        assertRefused(Tool.in(home)
                .run(
                        "mosquitto_pub",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(broker.port() + 1),
                        "-u",
                        "sensor-1",
                        "-P",
                        password("sensor-1"),
                        "-t",
                        "devices/sensor-1/up",
                        "-m",
                        "hello"));
    }

    @Test
    void aDeviceLogsInByItsCertificateAndNobodyThereByAPassword() {
        withCertificate("plant-1").exiting(0);

        assertRefused(publish(broker.port(), "devices/sensor-1/up", "-u", "sensor-1", "-P", password("sensor-1")));
    }

    @Test
    void aRotatedPasswordCountsFromTheInstallationOn() {
        String old = password("sensor-2");
        run("password rotate sensor-2 --out " + out());
        withPassword("sensor-2", old).exiting(0);
        assertRefused(withPassword("sensor-2", password("sensor-2")));

        install();

        withPassword("sensor-2", password("sensor-2")).exiting(0);
        assertRefused(withPassword("sensor-2", old));
    }

    @Test
    void aSessionEndsWhenItsPasswordIsRevoked() {
        Path log = home.resolve("session.log");
        Process session = Tool.in(home)
                .start(
                        log,
                        "mosquitto_sub",
                        "-V",
                        "mqttv5",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(broker.port() + 1),
                        "--cafile",
                        out().resolve("plant-1/server_root_ca.pem").toString(),
                        "-u",
                        "sensor-4",
                        "-P",
                        password("sensor-4"),
                        "-t",
                        "devices/sensor-4/down");
        try {
            broker.awaitLog("Sending SUBACK to sensor-4");
            run("password revoke sensor-4");

            install();

            broker.awaitLog("Client sensor-4 disconnected.");
            Waiting.forText("Not authorized", log, session); // it tries to come back
        } finally {
            session.destroy();
        }
    }

    @Test
    void aRevokedCertificateClosesBothWays() {
        withCertificate("both-1").exiting(0);
        withPassword("both-1", password("both-1")).exiting(0);

        run("revoke both-1");
        run("crl publish --if-needed");
        install();

        assertRefused(withCertificate("both-1"));
        assertRefused(withPassword("both-1", password("both-1")));
        withCertificate("plant-2").exiting(0);
        withPassword("sensor-3", password("sensor-3")).exiting(0);
    }

    @Test
    void whatMosquittoPasswdWroteLogsInAsBefore() {
        Path file = home.resolve("passwd");
        Tool.in(home)
                .run("mosquitto_passwd", "-b", "-c", file.toString(), "old-1", "hunter2")
                .exiting(0);
        Tool.in(home)
                .run("mosquitto_passwd", "-H", "sha512", "-b", file.toString(), "old-2", "hunter2")
                .exiting(0);

        run("password import mosquitto " + file);
        install();

        withPassword("old-1", "hunter2").exiting(0);
        withPassword("old-2", "hunter2").exiting(0);
        assertRefused(withPassword("old-1", "hunter3"));
    }
}
