package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code broker probe} says of a HiveMQ that verifies access tokens, and of an aedes for each of the three methods. */
@Tag("broker")
class BrokerProbeTokensIT {
    private static final List<String> TOKEN_ROWS = List.of(
            "server",
            "login",
            "own-topic",
            "publish-other",
            "subscribe-other",
            "client-id",
            "forged-token",
            "expired-token",
            "nobody");

    @TempDir
    private static Path home;

    private static InProcess devpki;

    @TempDir
    private Path folder;

    @BeforeAll
    static void aFleet() throws IOException, InterruptedException {
        Files.writeString(home.resolve("passphrase"), "correct horse battery staple");
        devpki = InProcess.in(home);
        run("init --org Acme --crl-url http://crl.acme.example --ocsp-url http://ocsp.acme.example");
        run("issue localhost --profile broker-server --san dns:localhost --format pem --out " + home.resolve("out"));
        run("issue plant-1 --format pem --out " + home.resolve("out"));
        run("issue plant-2 --format pem --out " + home.resolve("out"));
        run("issue plant-9 --format pem --out " + home.resolve("out"));
        run("ca export --bundle --out " + home.resolve("ca.pem"));
        run("token key create");
        secret("expired", token("--validity", "1s"));
        secret("token", token());
        secret(
                "other-token",
                devpki.run("token", "issue", "plant-2").exiting(0).out().strip());
        secret("password", "hunter2");
        secret("other-password", "hunter3");
        Files.writeString(home.resolve("passwords"), "plant-1:hunter2\nplant-2:hunter3\n");
        run("revoke plant-9");
        run("crl publish --if-needed");
        Thread.sleep(2100); // the token's second, and the one that clocks may differ by
    }

    private static void run(String command) {
        devpki.run(command.split(" ")).exiting(0);
    }

    private static String token(String... more) {
        List<String> order = new ArrayList<>(List.of("token", "issue", "plant-1"));
        order.addAll(Arrays.asList(more));
        return devpki.run(order.toArray(String[]::new)).exiting(0).out().strip();
    }

    private static void secret(String name, String content) throws IOException {
        Path file = Files.writeString(home.resolve(name), content + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String file(String name) {
        return home.resolve(name).toString();
    }

    private static Path server(String name) {
        return home.resolve("out/localhost/" + name);
    }

    private static Finished probe(int port, String version, String... more) {
        List<String> order = new ArrayList<>(List.of(
                "broker",
                "probe",
                "localhost:" + port,
                "--as",
                "plant-1",
                "--timeout",
                "5s",
                "--trust",
                file("ca.pem")));
        order.addAll(List.of("--mqtt", version));
        order.addAll(Arrays.asList(more));
        return devpki.run(order.toArray(String[]::new));
    }

    private static Finished byToken(int port, String version, String token) {
        return probe(
                port,
                version,
                "--token-file",
                file(token),
                "--expired-token",
                file("expired"),
                "--other",
                "plant-2",
                "--other-token-file",
                file("other-token"));
    }

    private static void assertRight(List<String> rows, Finished probed) {
        probed.exiting(0);
        assertEquals(
                rows,
                probed.out()
                        .lines()
                        .filter(line -> line.startsWith("right "))
                        .map(line -> line.replaceAll("^right +(\\S+).*", "$1"))
                        .toList(),
                probed::all);
    }

    private Aedes aedes(Map<String, Path> more) {
        Map<String, Path> all = new TreeMap<>(more);
        all.put("cert", server("chain.pem"));
        all.put("key", server("key.pem"));
        return Aedes.start(folder, all);
    }

    @Test
    void aHiveMqThatVerifiesTokensIsRight() {
        try (HiveMq broker = HiveMq.start(
                folder, home.resolve("pki/publish/token/jwks.json"), server("chain.pem"), server("key.pem"))) {
            assertRight(TOKEN_ROWS, byToken(broker.port(), "5", "token"));
            assertRight(TOKEN_ROWS, byToken(broker.port(), "3.1.1", "token"));

            Finished late = byToken(broker.port(), "5", "expired");
            assertTrue(late.exiting(8).out().contains("wrong     login"), late::all);
            assertTrue(late.out().contains("refused, CONNACK code 0x"), late::all);
            assertFalse(late.all().contains("eyJ"), late::all); // as every token begins
        }
    }

    @Test
    void anAedesThatVerifiesTokensIsRightAndSaysThatItDoesNotSpeakMqtt5() {
        try (Aedes broker = aedes(Map.of("jwks", home.resolve("pki/publish/token/jwks.json")))) {
            assertRight(TOKEN_ROWS, byToken(broker.port(), "3.1.1", "token"));

            Finished late = byToken(broker.port(), "3.1.1", "expired");
            assertTrue(late.exiting(8).out().contains("refused, CONNACK code 5"), late::all);
            Finished current =
                    probe(broker.port(), "3.1.1", "--token-file", file("token"), "--expired-token", file("token"));
            assertTrue(current.exiting(2).err().contains("is not over; one that is, is right"), current::all);
            Finished five = byToken(broker.port(), "5", "token");
            assertTrue(five.exiting(8).out().contains("wrong     login"), five::all);
        }
    }

    @Test
    void anAedesThatBelievesEveryTokenIsWrong() {
        Path jwks = home.resolve("pki/publish/token/jwks.json");
        try (Aedes broker = aedes(Map.of("jwks", jwks, "credulous", jwks))) {
            Finished probed = byToken(broker.port(), "3.1.1", "token");

            probed.exiting(8);
            assertEquals(
                    List.of("wrong forged-token", "wrong expired-token"),
                    probed.out()
                            .lines()
                            .filter(line -> line.startsWith("wrong "))
                            .map(line -> line.replaceAll("^(wrong) +(\\S+).*", "$1 $2"))
                            .toList(),
                    probed::all);
        }
    }

    @Test
    void anAedesWithPasswordsIsRight() throws IOException {
        try (Aedes broker = aedes(Map.of("passwords", home.resolve("passwords")))) {
            assertRight(
                    List.of(
                            "server",
                            "login",
                            "own-topic",
                            "publish-other",
                            "subscribe-other",
                            "client-id",
                            "wrong-password",
                            "no-password",
                            "nobody"),
                    byPassword(broker.port(), "--other", "plant-2", "--other-password-file", file("other-password")));

            secret("old-password", "hunter1");
            Finished old = probe(broker.port(), "3.1.1", "--password-file", file("old-password"));
            assertTrue(old.exiting(8).out().contains("refused, CONNACK code 4"), old::all);
        }
    }

    private static Finished byPassword(int port, String... more) {
        List<String> order = new ArrayList<>(List.of("--password-file", file("password")));
        order.addAll(Arrays.asList(more));
        return probe(port, "3.1.1", order.toArray(String[]::new));
    }

    @Test
    void aRefusedSubscriptionAndAnEndedSessionNeedNoWitness() {
        try (Aedes broker = aedes(Map.of("passwords", home.resolve("passwords")))) {
            Finished probed = byPassword(broker.port());

            probed.exiting(0);
            assertTrue(
                    probed.out().contains("right     publish-other        the broker ended the session"), probed::all);
            assertTrue(
                    probed.out().contains("right     subscribe-other      the subscription was refused"), probed::all);
        }
    }

    @Test
    void aSessionThatEndsAtASubscriptionIsTakenUpAgain() {
        Path passwords = home.resolve("passwords");
        try (Aedes broker = aedes(Map.of("passwords", passwords, "quiet", passwords))) {
            Finished probed =
                    byPassword(broker.port(), "--other", "plant-2", "--other-password-file", file("other-password"));

            probed.exiting(0);
            assertTrue(probed.out().contains("right     publish-other        it came to nobody"), probed::all);
            assertTrue(
                    probed.out()
                            .contains(
                                    "right     subscribe-other      the broker ended the session at the subscription"),
                    probed::all);
        }
    }

    /** It would refuse everybody by now, and so the refusals of the last rows say nothing. */
    @Test
    void anAedesThatHasHadEnoughOfTheAddressIsWeak() {
        Path passwords = home.resolve("passwords");
        try (Aedes broker = aedes(Map.of("passwords", passwords, "patience", passwords))) {
            Finished probed = byPassword(broker.port());

            probed.exiting(10);
            assertTrue(probed.out().contains("weak      no-password"), probed::all);
            assertTrue(probed.out().contains("weak      nobody"), probed::all);
            assertTrue(probed.out().contains("fix: the device itself was let in no more afterwards"), probed::all);
        }
    }

    @Test
    void anAedesThatSaysNothingAfterwardsIsWeak() {
        Path passwords = home.resolve("passwords");
        try (Aedes broker = aedes(Map.of("passwords", passwords, "mute", passwords))) {
            Finished probed = byPassword(broker.port());

            probed.exiting(10);
            assertTrue(probed.out().contains("weak      publish-other        what was sent afterwards"), probed::all);
        }
    }

    @Test
    void anAedesWithCertificatesIsRight() {
        try (Aedes broker =
                aedes(Map.of("ca", home.resolve("ca.pem"), "crl", home.resolve("pki/publish/crl/all.crl.pem")))) {
            assertRight(
                    List.of(
                            "server",
                            "login",
                            "own-topic",
                            "publish-other",
                            "subscribe-other",
                            "client-id",
                            "no-certificate",
                            "strange-certificate",
                            "revoked-certificate"),
                    probe(
                            broker.port(),
                            "3.1.1",
                            "--bundle",
                            file("out/plant-1"),
                            "--revoked",
                            file("out/plant-9"),
                            "--other",
                            "plant-2",
                            "--other-bundle",
                            file("out/plant-2")));
        }
    }
}
