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
import java.util.stream.Stream;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code broker probe} says of a Mosquitto that is as {@code broker config} sets it up, and of others with one fault each.
 */
@Tag("broker")
class BrokerProbeIT {
    @TempDir
    private static Path home;

    private static InProcess devpki;
    private static Mosquitto good;

    @TempDir
    private Path folder;

    @BeforeAll
    static void aFleetAndABroker() throws IOException {
        Files.writeString(home.resolve("passphrase"), "correct horse battery staple");
        devpki = InProcess.in(home);
        run("init --org Acme --crl-url http://crl.acme.example --ocsp-url http://ocsp.acme.example");
        run("issue localhost --profile broker-server --san dns:localhost --san ip:127.0.0.1 --format pem --out "
                + out());
        run("issue elsewhere --profile broker-server --san dns:elsewhere.example --format pem --out " + out());
        run("issue plant-1 --format pem --out " + out());
        run("issue plant-2 --format pem --out " + out());
        run("issue plant-9 --format embed --out " + out());
        run("password issue plant-1 --out " + out());
        run("password issue sensor-1 --out " + out());
        run("password issue sensor-2 --out " + out());
        run("revoke plant-9");
        run("crl publish --if-needed");
        int port = Mosquitto.freePorts();
        run("broker config mosquitto --auth certificate,password --listen 127.0.0.1:" + port + " --server "
                + out().resolve("localhost") + " --out " + configuration());
        good = Mosquitto.startWith(home, configuration(), port);
    }

    @AfterAll
    static void stop() {
        good.close();
    }

    private static Path out() {
        return home.resolve("out");
    }

    private static Path configuration() {
        return home.resolve("mosquitto");
    }

    private static String ca() {
        return configuration().resolve("ca.pem").toString();
    }

    private static void run(String command) {
        devpki.run(command.split(" ")).exiting(0);
    }

    private static Finished probe(int port, String device, String... more) {
        List<String> order =
                new ArrayList<>(List.of("broker", "probe", "localhost:" + port, "--as", device, "--timeout", "5s"));
        order.addAll(Arrays.asList(more));
        return devpki.run(order.toArray(String[]::new));
    }

    private static Finished byCertificate(int port, String... more) {
        List<String> all =
                new ArrayList<>(List.of("--bundle", out().resolve("plant-1").toString()));
        all.addAll(List.of("--revoked", out().resolve("plant-9").toString()));
        if (Arrays.asList(more).contains("--revoked")) {
            all.subList(2, 4).clear();
        }
        if (!Arrays.asList(more).contains("--other")) {
            all.addAll(List.of(
                    "--other",
                    "plant-2",
                    "--other-bundle",
                    out().resolve("plant-2").toString()));
        }
        all.addAll(Arrays.asList(more));
        return probe(port, "plant-1", all.toArray(String[]::new));
    }

    private static Finished byPassword(int port, String... more) {
        List<String> all =
                new ArrayList<>(List.of("--other", "sensor-2", "--other-password-file", password("sensor-2")));
        all.addAll(Arrays.asList(more));
        return byPasswordAlone(port, all.toArray(String[]::new));
    }

    private static Finished byPasswordAlone(int port, String... more) {
        List<String> all = new ArrayList<>(List.of("--password-file", password("sensor-1"), "--trust", ca()));
        all.addAll(Arrays.asList(more));
        return probe(port, "sensor-1", all.toArray(String[]::new));
    }

    private static String password(String device) {
        return out().resolve(device + "+password/password.txt").toString();
    }

    /** A broker with TLS by the good server certificate, and these lines. */
    private Mosquitto broker(String... lines) {
        return brokerOf("localhost", lines);
    }

    private Mosquitto brokerOf(String server, String... lines) {
        List<String> all = new ArrayList<>(List.of(
                "certfile " + out().resolve(server + "/chain.pem"), "keyfile " + out().resolve(server + "/key.pem")));
        all.addAll(Arrays.asList(lines));
        return Mosquitto.start(folder, all.toArray(String[]::new));
    }

    /** One that knows devices by their certificates and the CRL, and these lines. */
    private Mosquitto mutual(String... lines) {
        List<String> all = new ArrayList<>(List.of(
                cafile(),
                crlfile(),
                "require_certificate true",
                "use_identity_as_username true",
                "allow_anonymous false"));
        all.addAll(Arrays.asList(lines));
        return broker(all.toArray(String[]::new));
    }

    private static String cafile() {
        return "cafile " + ca();
    }

    private static String crlfile() {
        return "crlfile " + configuration().resolve("crl.pem");
    }

    private static String acl() {
        return "acl_file " + configuration().resolve("acl");
    }

    /** The rows that have a verdict, in their order, with one blank between the two. */
    private static List<String> verdicts(Finished probed) {
        return probed.out()
                .lines()
                .filter(line -> line.matches("(right|weak|wrong|not-tried) .*"))
                .map(line -> line.replaceAll("^(\\S+) +(\\S+).*", "$1 $2"))
                .toList();
    }

    private static void assertOnly(String unlike, int exit, Finished probed) {
        assertUnlikeRight(List.of(unlike), exit, probed);
    }

    private static void assertUnlikeRight(List<String> unlike, int exit, Finished probed) {
        probed.exiting(exit);
        assertEquals(
                unlike,
                verdicts(probed).stream()
                        .filter(row -> !row.startsWith("right"))
                        .toList(),
                probed::all);
    }

    // A broker as it should be.

    @ParameterizedTest
    @ValueSource(strings = {"5", "3.1.1"})
    void aBrokerAsConfiguredIsRightForCertificates(String version) {
        Finished probed = byCertificate(good.port(), "--mqtt", version);

        probed.exiting(0);
        assertEquals(
                List.of(
                        "right server",
                        "right login",
                        "right own-topic",
                        "right publish-other",
                        "right subscribe-other",
                        "right client-id",
                        "right no-certificate",
                        "right strange-certificate",
                        "right revoked-certificate"),
                verdicts(probed),
                probed::all);
        assertTrue(probed.out().contains("TLS: TLSv1.3, TLS_AES_"), probed::all);
        assertTrue(probed.out().contains("broker's chain: cn=localhost"), probed::all);
        assertTrue(
                probed.out()
                        .contains(
                                "the broker takes the device for: plant-1, for it has its own topic and not another's"),
                probed::all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "3.1.1"})
    void aBrokerAsConfiguredIsRightForPasswords(String version) {
        Finished probed = byPassword(good.port() + 1, "--mqtt", version);

        probed.exiting(0);
        assertEquals(
                List.of(
                        "right server",
                        "right login",
                        "right own-topic",
                        "right publish-other",
                        "right subscribe-other",
                        "right client-id",
                        "right wrong-password",
                        "right no-password",
                        "right nobody"),
                verdicts(probed),
                probed::all);
    }

    @Test
    void aBrokerThatWantsBothCertificateAndPasswordIsRightForBoth() {
        try (Mosquitto broker = broker(
                cafile(),
                crlfile(),
                "require_certificate true",
                "allow_anonymous false",
                "use_username_as_clientid true",
                "password_file " + configuration().resolve("passwords"),
                acl())) {
            Finished probed = probe(
                    broker.port(),
                    "plant-1",
                    "--bundle",
                    out().resolve("plant-1").toString(),
                    "--password-file",
                    password("plant-1"),
                    "--revoked",
                    out().resolve("plant-9").toString());

            assertUnlikeRight(List.of("not-tried subscribe-other"), 0, probed);
            assertTrue(
                    verdicts(probed)
                            .containsAll(List.of(
                                    "right no-certificate",
                                    "right strange-certificate",
                                    "right revoked-certificate",
                                    "right wrong-password",
                                    "right no-password",
                                    "right nobody")),
                    probed::all);
        }
    }

    @Test
    void jsonHasEveryRow() {
        Finished probed = byCertificate(good.port(), "--json");

        probed.exiting(0);
        assertTrue(probed.out().contains("\"schema\" : \"devpki/broker-probe/1\""), probed::all);
        assertTrue(probed.out().contains("\"verdict\" : \"right\""), probed::all);
        assertTrue(probed.out().contains("\"name\" : \"revoked-certificate\""), probed::all);
        assertFalse(probed.out().contains("\"wrong\""), probed::all);
    }

    @Test
    void whatIsNotGivenIsNotTried() {
        Finished probed = probe(
                good.port(), "plant-1", "--bundle", out().resolve("plant-1").toString());

        assertUnlikeRight(List.of("not-tried subscribe-other", "not-tried revoked-certificate"), 0, probed);
    }

    // Brokers with a fault.

    @Test
    void aBrokerThatLetsEverybodyInIsWrong() {
        try (Mosquitto broker = broker(cafile(), "require_certificate false", "allow_anonymous true")) {
            Finished probed = byCertificate(broker.port());

            probed.exiting(8);
            assertEquals(
                    List.of(
                            "right server",
                            "right login",
                            "right own-topic",
                            "wrong publish-other",
                            "wrong subscribe-other",
                            "weak client-id",
                            "wrong no-certificate",
                            "wrong strange-certificate",
                            "wrong revoked-certificate"),
                    verdicts(probed),
                    probed::all);
            assertTrue(probed.out().contains("fix: let nobody unknown in: require_certificate true"), probed::all);
            assertTrue(probed.out().contains("takes the device for: anybody"), probed::all);
        }
    }

    @Test
    void aBrokerWithoutCrlLetsTheRevokedIn() {
        try (Mosquitto broker = broker(
                cafile(),
                "require_certificate true",
                "use_identity_as_username true",
                "use_username_as_clientid true",
                "allow_anonymous false",
                acl())) {
            assertOnly("wrong revoked-certificate", 8, byCertificate(broker.port()));
        }
    }

    /** Its refusal says nothing about a CRL, which this broker has not. */
    @Test
    void aRevokedCertificateThatIsRefusedForAnotherReasonProvesNothing() throws IOException {
        Path stranger = Files.createDirectory(folder.resolve("stranger"));
        Tool.in(stranger)
                .run(
                        "sh",
                        "-euc",
                        "umask 077; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=plant-8"
                                + " -keyout key.pem -out chain.pem")
                .exiting(0);
        try (Mosquitto broker = broker(
                cafile(),
                "require_certificate true",
                "use_identity_as_username true",
                "use_username_as_clientid true",
                "allow_anonymous false",
                acl())) {
            Finished probed = byCertificate(broker.port(), "--revoked", stranger.toString());

            assertOnly("weak revoked-certificate", 10, probed);
            assertTrue(probed.out().contains("unknown_ca"), probed::all);
        }
    }

    /** It refuses a name of nobody's, and not that of another device. */
    @Test
    void aBrokerThatKnowsPrefixesOfClientIdsOnlyIsWeak() {
        try (Mosquitto broker = mutual("clientid_prefixes plant-", acl())) {
            assertOnly("weak client-id", 10, byCertificate(broker.port()));
        }
    }

    @Test
    void aBrokerThatGivesTopicsByAClientIdOfOnesChoiceIsWrong() throws IOException {
        Path acl = Files.writeString(folder.resolve("acl"), "pattern readwrite devices/%c/#\n");
        try (Mosquitto broker = mutual("acl_file " + acl)) {
            Finished probed = byCertificate(broker.port());

            assertOnly("wrong client-id", 8, probed);
            assertTrue(
                    probed.out().contains("it is let in as plant-2, and has the topic devices/plant-2/probe"),
                    probed::all);
        }
    }

    /** It hangs up on the second connection, whoever that is. */
    @Test
    void aBrokerThatIsFullHasNotRefusedAClientId() {
        try (Mosquitto broker = mutual("max_connections 1", acl())) {
            Finished probed = probe(
                    broker.port(),
                    "plant-1",
                    "--bundle",
                    out().resolve("plant-1").toString());

            assertUnlikeRight(
                    List.of("not-tried subscribe-other", "weak client-id", "not-tried revoked-certificate"),
                    10,
                    probed);
        }
    }

    /** As one is right that gives devices a topic to send to and another one to read. */
    @Test
    void aBrokerThatTakesAMessageAndDeliversItToNobodyIsWeak() throws IOException {
        Path acl = Files.writeString(folder.resolve("acl"), "pattern write devices/%u/#\n");
        try (Mosquitto broker = mutual("use_username_as_clientid true", "acl_file " + acl)) {
            Finished probed = byCertificate(broker.port());

            assertUnlikeRight(
                    List.of("weak own-topic", "not-tried publish-other", "not-tried subscribe-other"), 10, probed);
            assertTrue(probed.out().contains("takes the device for: not seen"), probed::all);
        }
    }

    @Test
    void aBrokerThatTakesAnyClientIdIsWeak() {
        try (Mosquitto broker = mutual(acl())) {
            Finished probed = byCertificate(broker.port());

            assertOnly("weak client-id", 10, probed);
            assertTrue(probed.out().contains("its client ID is what it says"), probed::all);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "3.1.1"})
    void aBrokerWithoutAclGivesEachDeviceTheOthersTopics(String version) {
        try (Mosquitto broker = mutual("use_username_as_clientid true")) {
            Finished probed = byCertificate(broker.port(), "--mqtt", version);

            assertUnlikeRight(List.of("wrong publish-other", "wrong subscribe-other"), 8, probed);
        }
    }

    /** What is seen of another's topic under each ACL, and what only with a second device. */
    @ParameterizedTest
    @CsvSource({
        // every device reads what all others send
        "pattern read devices/#,  5,     true,  right publish-other,     wrong subscribe-other,     8",
        "pattern read devices/#,  3.1.1, true,  right publish-other,     wrong subscribe-other,     8",
        "pattern read devices/#,  5,     false, right publish-other,     not-tried subscribe-other, 0",
        "pattern read devices/#,  3.1.1, false, not-tried publish-other, not-tried subscribe-other, 0",
        // every device sends in the name of all others
        "pattern write devices/#, 5,     true,  wrong publish-other,     right subscribe-other,     8",
        "pattern write devices/#, 3.1.1, true,  wrong publish-other,     right subscribe-other,     8",
        "pattern write devices/#, 5,     false, wrong publish-other,     not-tried subscribe-other, 8",
        "pattern write devices/#, 3.1.1, false, not-tried publish-other, not-tried subscribe-other, 0",
        // both, which the device sees by itself
        "pattern readwrite devices/#, 3.1.1, false, wrong publish-other, wrong subscribe-other, 8",
    })
    void anAclThatGivesMoreIsSeenByASecondDevice(
            String more, String version, boolean isWitnessed, String publishes, String subscribes, int exit)
            throws IOException {
        Path acl = Files.writeString(folder.resolve("acl"), "pattern readwrite devices/%u/#\n" + more + "\n");
        try (Mosquitto broker = broker(
                "allow_anonymous false",
                "use_username_as_clientid true",
                "password_file " + configuration().resolve("passwords"),
                "acl_file " + acl)) {
            Finished probed = isWitnessed
                    ? byPassword(broker.port(), "--mqtt", version)
                    : byPasswordAlone(broker.port(), "--mqtt", version);

            assertUnlikeRight(
                    Stream.of(publishes, subscribes)
                            .filter(row -> !row.startsWith("right"))
                            .toList(),
                    exit,
                    probed);
            assertEquals(exit == 8, probed.out().contains("takes the device for: anybody"), probed::all);
            assertFalse(probed.out().contains("for it has its own topic and not another's"), probed::all);
        }
    }

    @Test
    void aSecondDeviceThatIsNoWitnessLeavesItOpen() {
        Finished revoked = byCertificate(
                good.port(),
                "--other",
                "plant-9",
                "--other-bundle",
                out().resolve("plant-9").toString());
        Finished elsewhere = byPassword(good.port() + 1, "--other-topic", "devices/nobody/probe");

        List<String> open = List.of("weak publish-other", "weak subscribe-other");
        assertUnlikeRight(open, 10, revoked);
        assertTrue(revoked.out().contains("plant-9 is not let in: refused in TLS"), revoked::all);
        assertUnlikeRight(open, 10, elsewhere);
        assertTrue(elsewhere.out().contains("sensor-2 has not the topic devices/nobody/probe"), elsewhere::all);
        assertTrue(elsewhere.out().contains("whether it has another's as well was not seen"), elsewhere::all);
    }

    @Test
    void aBrokerThatGivesADeviceOtherTopicsIsWrong() throws IOException {
        Path acl = Files.writeString(folder.resolve("acl"), "pattern readwrite elsewhere/%u/#\n");
        try (Mosquitto broker = mutual("use_username_as_clientid true", "acl_file " + acl)) {
            Finished probed = byCertificate(broker.port());

            assertUnlikeRight(
                    List.of("wrong own-topic", "not-tried publish-other", "not-tried subscribe-other"), 8, probed);
            assertTrue(probed.out().contains("the message was refused, code 0x87"), probed::all);
            byCertificate(
                            broker.port(),
                            "--topic",
                            "elsewhere/plant-1/probe",
                            "--other-topic",
                            "elsewhere/plant-2/probe")
                    .exiting(0);
        }
    }

    @Test
    void aBrokerThatTakesNoNameFromTheCertificateSaysSoByItsCode() {
        try (Mosquitto broker =
                broker(cafile(), crlfile(), "require_certificate true", "allow_anonymous false", acl())) {
            Finished probed = byCertificate(broker.port());

            probed.exiting(8);
            assertTrue(verdicts(probed).contains("wrong login"), probed::all);
            assertTrue(verdicts(probed).contains("not-tried no-certificate"), probed::all);
            assertTrue(probed.out().contains("refused, CONNACK code 0x87"), probed::all);
            assertTrue(probed.out().contains("use_identity_as_username"), probed::all);
            assertTrue(byCertificate(broker.port(), "--mqtt", "3.1.1").out().contains("CONNACK code 5"));
        }
    }

    @Test
    void aBrokerOfAnotherNameOrAStrangersIsHungUpOn() {
        try (Mosquitto broker = brokerOf("elsewhere", cafile(), "allow_anonymous true")) {
            Finished misnamed = byCertificate(broker.port());
            Finished strange = byCertificate(
                    good.port(), "--trust", out().resolve("plant-1/cert.pem").toString());

            assertTrue(misnamed.exiting(8).out().contains("its certificate is not for localhost"), misnamed::all);
            assertTrue(
                    strange.exiting(8).out().contains("no CA that is trusted here issued its certificate"),
                    strange::all);
            assertEquals("wrong server", verdicts(strange).get(0));
            assertTrue(strange.out().contains("broker's chain: "), strange::all);
        }
    }

    @Test
    void aRevokedDeviceIsKeptOut() {
        Finished probed = probe(
                good.port(), "plant-9", "--bundle", out().resolve("plant-9").toString());

        probed.exiting(8);
        assertTrue(verdicts(probed).contains("wrong login"), probed::all);
        assertTrue(probed.out().contains("refused in TLS or by hanging up"), probed::all);
    }

    @Test
    void aBrokerThatAsksForNoPasswordIsWrongAndSoIsAWrongPassword() throws IOException {
        try (Mosquitto broker = broker("allow_anonymous true")) {
            Finished open = byPassword(broker.port());

            open.exiting(8);
            assertTrue(
                    verdicts(open).containsAll(List.of("wrong wrong-password", "wrong no-password", "wrong nobody")),
                    open::all);
        }
        Path wrong = Files.writeString(folder.resolve("wrong"), "not it\n");
        Files.setPosixFilePermissions(wrong, PosixFilePermissions.fromString("rw-------"));
        Finished kept = probe(good.port() + 1, "sensor-1", "--password-file", wrong.toString(), "--trust", ca());
        assertTrue(kept.exiting(8).out().contains("wrong     login"), kept::all);
        assertFalse(kept.all().contains("not it"), kept::all);
    }

    @Test
    void withoutTlsItWarnsAloud() {
        try (Mosquitto broker = Mosquitto.start(folder, "allow_anonymous true")) {
            Finished plain = probe(broker.port(), "sensor-1", "--plain", "--password-file", password("sensor-1"));

            plain.exiting(8);
            assertTrue(plain.err().contains("WARNING: a broker's URI begins with mqtt://"), plain::all);
            assertTrue(verdicts(plain).contains("weak server"), plain::all);
        }
    }

    @Test
    void whereNothingListensItSaysSo() {
        Finished probed = byCertificate(Mosquitto.freePort());

        assertTrue(probed.exiting(1).err().contains("cannot be reached: Connection refused"), probed::all);
    }

    @Test
    void whatIsAskedWrongIsExitTwoOrThree() {
        assertTrue(devpki.run("broker", "probe", "localhost", "--as", "plant-1", "--bundle", "x")
                .exiting(2)
                .err()
                .contains("is not HOST:PORT"));
        assertTrue(probe(good.port(), "plant-1")
                .exiting(2)
                .err()
                .contains("give its bundle, its password file or its token file"));
        assertTrue(byCertificate(good.port(), "--other", "plant-1", "--other-bundle", "x")
                .exiting(2)
                .err()
                .contains("the other device is plant-1 itself"));
        assertTrue(byCertificate(good.port(), "--topic", "one", "--other-topic", "one")
                .exiting(2)
                .err()
                .contains("topic \"one\" would be both the device's own and another's"));
        assertTrue(byCertificate(good.port(), "--other-topic", "devices/#")
                .exiting(2)
                .err()
                .contains("topic \"devices/#\" cannot be published to"));
        assertTrue(probe(
                        good.port(),
                        "plant-1",
                        "--bundle",
                        out().resolve("plant-1").toString(),
                        "--other-bundle",
                        "x")
                .exiting(2)
                .err()
                .contains("give --other DEVICE"));
        assertTrue(probe(
                        good.port(),
                        "plant-2",
                        "--bundle",
                        out().resolve("plant-1").toString())
                .exiting(2)
                .err()
                .contains("is of plant-1, not of plant-2"));
        assertTrue(probe(good.port(), "plant-1", "--bundle", folder.toString())
                .exiting(3)
                .err()
                .contains("has none of chain.pem, client_crt.pem"));
    }
}
