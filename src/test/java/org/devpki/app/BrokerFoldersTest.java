package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.devpki.model.Checkpoint;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.TestStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A broker's folder, from its making through what changes: never a file that would let somebody in or lock all out. */
class BrokerFoldersTest {
    private static final String START = "2026-03-01T12:00:00Z";

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private InProcess devpki;

    @BeforeEach
    void aStoreAndABrokersCertificate() throws IOException {
        TestStore.copied(folder, clock);
        devpki = InProcess.in(folder).at(clock);
        Path server = Files.createDirectories(folder.resolve("out/localhost"));
        Files.writeString(server.resolve("chain.pem"), "the chain");
        Files.writeString(server.resolve("key.pem"), "the key");
        run("crl publish").exiting(0);
    }

    private Finished run(String command, String... more) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of(more));
        return devpki.run(words.toArray(String[]::new));
    }

    private Finished config(String broker, String... more) {
        return run("broker config " + broker + " --server " + folder.resolve("out/localhost") + " --out " + at(), more);
    }

    private Path at() {
        return folder.resolve("broker");
    }

    private Finished install(String... more) {
        return run("broker install mosquitto --config " + at(), more);
    }

    private String there(String file) throws IOException {
        return Files.readString(at().resolve(file));
    }

    @Test
    void theSameAgainChangesNothingAndWhatSomebodyChangedIsKept() throws IOException {
        config("mosquitto", "--auth", "certificate,password").exiting(0);
        assertTrue(config("mosquitto", "--auth", "certificate,password", "--json")
                .exiting(0)
                .out()
                .contains("\"changed\" : false"));
        Files.writeString(at().resolve("acl"), "mine");

        assertTrue(config("mosquitto", "--auth", "certificate,password")
                .exiting(4)
                .err()
                .contains("has another acl"));
        install().exiting(0);
        assertEquals("mine", there("acl"));
        config("mosquitto", "--auth", "certificate,password", "--force").exiting(0);
        assertTrue(there("acl").contains("pattern readwrite devices/%u/#"));
    }

    @Test
    void aFolderNamesOnlyFilesThatAreInIt() throws IOException {
        config("mosquitto", "--auth", "certificate,password").exiting(0);

        for (String line : there("mosquitto.conf").lines().toList()) {
            int path = line.indexOf(at() + "/");
            assertTrue(line.startsWith("#") || path < 0 || Files.exists(Path.of(line.substring(path))), line);
        }
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(at().resolve("server.key"))));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(at().resolve("passwords"))));
    }

    @Test
    void aHookRunsAfterAChangeAndAgainOnlyWhereItFailed() throws IOException {
        config("mosquitto", "--auth", "password").exiting(0);
        Path ran = folder.resolve("ran");
        assertEquals("", install("--hook", "touch " + ran).exiting(0).err());
        assertFalse(Files.exists(ran));
        run("password issue d1 --out " + folder.resolve("out")).exiting(0);

        assertTrue(install("--hook", "exit 3")
                .exiting(1)
                .err()
                .contains("the files are in place, but hook \"exit 3\" failed"));
        assertTrue(there("passwords").startsWith("d1:$7$"));
        assertFalse(Files.exists(ran));
        install("--hook", "touch " + ran).exiting(0);
        assertTrue(Files.exists(ran));
        Files.delete(ran);
        install("--hook", "touch " + ran).exiting(0);
        assertFalse(Files.exists(ran));
    }

    @Test
    void whatIsCutShortBetweenFilesAndHooksIsEndedByTheNextRun() {
        config("mosquitto", "--auth", "password").exiting(0);
        run("password issue d1 --out " + folder.resolve("out")).exiting(0);
        Path ran = folder.resolve("ran");

        int cut = devpki.at(Checkpoint.Step.INSTALL_2_REPLACED, () -> {
                    throw new IllegalStateException("cut");
                })
                .run("broker", "install", "mosquitto", "--config", at().toString(), "--hook", "touch " + ran)
                .exit();
        boolean hadRun = Files.exists(ran);
        install("--hook", "touch " + ran).exiting(0);

        assertEquals(1, cut);
        assertFalse(hadRun);
        assertTrue(Files.exists(ran));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aCrlThatIsCutOrGoneIsNotInstalled(boolean isThere) throws IOException {
        config("mosquitto").exiting(0);
        String before = there("crl.pem");
        Path shelved = folder.resolve("pki/publish/crl/issuing-ca.crl");
        if (isThere) {
            Files.write(shelved, Arrays.copyOf(Files.readAllBytes(shelved), 100));
        } else {
            Files.delete(shelved);
        }

        install("--hook", "touch " + folder.resolve("ran")).exiting(8);

        assertEquals(before, there("crl.pem"));
        assertFalse(Files.exists(folder.resolve("ran")));
    }

    @Test
    void aCrlThatExpiredOrWentBackIsNotInstalled() throws IOException {
        config("mosquitto").exiting(0);
        Path shelf = folder.resolve("pki/publish/crl/issuing-ca.crl");
        byte[] first = Files.readAllBytes(shelf);
        clock.advance(Duration.ofHours(1));
        run("crl publish").exiting(0);
        install().exiting(0);
        String before = there("crl.pem");

        Files.write(shelf, first);
        assertTrue(install().exiting(8).err().contains("is below"));
        run("crl publish").exiting(0);
        clock.advance(Duration.ofDays(60));
        assertTrue(install().exiting(8).err().contains("it expired, and the broker would refuse everybody"));
        assertEquals(before, there("crl.pem"));
    }

    @Test
    void anEmptyCrlFileIsReplaced() throws IOException {
        config("mosquitto").exiting(0);
        String good = there("crl.pem");
        Files.writeString(at().resolve("crl.pem"), "");

        install().exiting(0);

        assertEquals(good, there("crl.pem"));
    }

    @Test
    void aReplacedFileKeepsItsPermissions() throws IOException {
        config("mosquitto", "--auth", "password").exiting(0);
        Files.setPosixFilePermissions(at().resolve("passwords"), PosixFilePermissions.fromString("rw-r-----"));
        run("password issue d1 --out " + folder.resolve("out")).exiting(0);

        install().exiting(0);

        assertEquals(
                "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(at().resolve("passwords"))));
    }

    @Test
    void hivemqsFilesParseAndHoldNoPassword() throws Exception {
        config("hivemq", "--auth", "certificate,password").exiting(0);

        for (String file : List.of("config.xml", "extension-config.xml", "credentials.xml")) {
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(at().resolve(file).toFile());
        }
        assertTrue(there("config.xml").contains("<password>${HIVEMQ_KEYSTORE_PASSWORD}</password>"));
        assertTrue(there("config.xml").contains("<client-authentication-mode>REQUIRED</client-authentication-mode>"));
    }

    @Test
    void emqxIsToldToWantAnIssuingDistributionPoint() throws IOException {
        assertTrue(config("emqx").exiting(0).err().contains("crl.idp: always"));

        assertTrue(there("emqx.conf").contains("fail_if_no_peer_cert = true"));
        assertEquals(
                0,
                there("emqx.conf")
                        .chars()
                        .map(c -> c == '{' ? 1 : c == '}' ? -1 : 0)
                        .sum());
        assertFalse(Files.exists(at().resolve("crl.pem")));
    }

    @Test
    void nanomqsGapsAreToldLoudly() {
        String err = config("nanomq").exiting(0).err();

        assertTrue(err.contains("WARNING: NanoMQ looks at no CRL"), err);
        assertTrue(err.contains("WARNING: NanoMQ does not tie user names to certificates"), err);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mosquitto|--auth token|by a plugin or extension of others",
                "vernemq|--auth password|SHA-512",
                "nanomq|--auth password|passwords themselves",
                "hivemq|--auth certificate|a password is needed too",
                "emqx|--auth token|--jwks-url",
                "emqx|--auth token --jwks-url x|is not like https://",
                "mosquitto|--auth magic|is not one of certificate, password, token",
                "mosquitto|--listen 70000|is not one of 1 to 65534",
                "mosquitto|--at C:\\\\mosquitto|is no absolute path",
                "rabbitmq|--auth password|is not one of mosquitto, emqx"
            })
    void whatABrokerCannotDoIsRefusedBeforeAFileIsWritten(String broker, String options, String why) {
        Finished refused = config(broker, options.split(" ")).exiting(2);

        assertTrue(refused.err().contains(why), refused::toString);
        assertFalse(Files.exists(at()));
    }

    @Test
    void aBrokerWithoutACertificateIsToldHowToGetOne() {
        Finished refused =
                run("broker config mosquitto --server out/mqtt --out " + at()).exiting(3);

        assertTrue(refused.err().contains("hint: devpki issue NAME --profile broker-server"), refused::toString);
        run("broker install mosquitto --config " + folder).exiting(3);
    }
}
