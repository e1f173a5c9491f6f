package org.devpki.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Bytes;
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
import org.junit.jupiter.params.provider.EnumSource;

/** A device's password from its making to its end, by commands. */
class PasswordStoriesTest {
    private static final String START = "2026-03-01T12:00:00Z";

    /** Of the password "y", by mosquitto_passwd 2.0.11. */
    private static final String FOREIGN = "$7$101$bzSQ/GbWjqq4gQzz$"
            + "8tU+IIW6reDQ6abex4IeifAQrJwKRWCf2kQubWYtSnhG99Jgj3w5d+jrkwzjQ+RshAFlCyDf06F+GkP0YMvoQQ==";

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private InProcess devpki;

    @BeforeEach
    void aStore() throws IOException {
        TestStore.copied(folder, clock);
        devpki = InProcess.in(folder).at(clock);
    }

    private Finished run(String command, String... more) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of(more));
        return devpki.run(words.toArray(String[]::new));
    }

    private Finished issue(String... more) {
        return run("password issue d1 --out " + out(), more);
    }

    private Path out() {
        return folder.resolve("out");
    }

    private String password() throws IOException {
        return Files.readString(out().resolve("d1+password/password.txt"));
    }

    private Finished check(String password) {
        return devpki.feeding(Bytes.utf8(password)).run("password", "check", "d1", "--password-file", "-");
    }

    private String mosquitto() {
        return run("password file mosquitto").exiting(0).out();
    }

    @Test
    void aPasswordIsWrittenOnceAndOnlyItsHashIsKept() throws IOException {
        issue("--format", "values", "--format", "sdkconfig", "--format", "header")
                .exiting(0);

        String password = password().strip();
        assertTrue(password.matches("[A-Za-z0-9]{24}"));
        for (String secret : List.of("password.txt", "password.values", "sdkconfig.password", "devpki_password.h")) {
            Path file = out().resolve("d1+password").resolve(secret);
            assertTrue(Files.readString(file).contains(password), secret);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), secret);
        }
        assertFalse(
                Files.readString(folder.resolve("pki/ledger.db"), ISO_8859_1).contains(password));
        check(password).exiting(0);
        check("another").exiting(5);
        run("audit verify").exiting(0);
    }

    @Test
    void theSameOrderAgainChangesNothingAndShowsNothing() throws IOException {
        issue().exiting(0);
        String password = password();

        Finished again = issue("--json").exiting(0);

        assertTrue(again.out().contains("\"changed\" : false"), again::toString);
        assertEquals(password, password());
        assertFalse(again.out().contains(password.strip()));
    }

    /** Whatever is cut short: no broker is told of a password that nobody has, and the same order again makes it whole. */
    @ParameterizedTest
    @EnumSource(
            names = {"PASSWORD_1_PREPARED", "PASSWORD_2_DELIVERED"},
            value = Checkpoint.Step.class)
    void anOrderThatIsCutShortIsEndedByTheSameOrder(Checkpoint.Step step) throws IOException {
        assertEquals(1, cutAt(step, "password", "issue", "d1", "--out", out().toString()));
        assertEquals("", mosquitto());
        assertTrue(run("doctor").exiting(10).out().contains("d1: a password was made"));

        issue().exiting(0);

        check(password()).exiting(0);
        assertTrue(mosquitto().startsWith("d1:$7$1000$"));
        run("doctor").exiting(0);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"PASSWORD_1_PREPARED", "PASSWORD_2_DELIVERED"},
            value = Checkpoint.Step.class)
    void whileARotationIsCutShortTheOldPasswordCounts(Checkpoint.Step step) throws IOException {
        issue().exiting(0);
        String old = password();
        String file = mosquitto();

        assertEquals(1, cutAt(step, "password", "rotate", "d1", "--out", out().toString()));
        assertEquals(file, mosquitto());
        check(old).exiting(0);

        run("password rotate d1 --out " + out()).exiting(0);
        assertNotEquals(old, password());
        check(password()).exiting(0);
        check(old).exiting(5);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"PASSWORD_1_PREPARED", "PASSWORD_2_DELIVERED"},
            value = Checkpoint.Step.class)
    void aListThatIsCutShortIsEndedByTheSameOrderAndNoPasswordIsLost(Checkpoint.Step step) throws IOException {
        Path list = Files.writeString(folder.resolve("list"), "d1\nd2\n");
        Path sheet = folder.resolve("sheet.csv");
        String[] order = {"password", "issue", "--from", list.toString(), "--out", sheet.toString()};
        assertEquals(1, cutAt(step, order));

        devpki.run(order).exiting(0);

        List<String> rows = Files.readString(sheet).lines().toList();
        assertEquals(3, rows.size());
        check(rows.get(1).substring("d1,d1,".length())).exiting(0);
        assertEquals(2, mosquitto().lines().count());
        run("doctor").exiting(0);
    }

    @Test
    void aFileBehindALinkIsReplacedAndADeviceIsNot() throws IOException {
        issue().exiting(0);
        Path file = Files.writeString(folder.resolve("passwd"), "");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);

        run("password file mosquitto --out " + link).exiting(0);
        run("password file mosquitto --out /dev/null").exiting(2);

        assertTrue(Files.isSymbolicLink(link));
        assertEquals(mosquitto(), Files.readString(file));
    }

    private int cutAt(Checkpoint.Step step, String... command) {
        return devpki.at(step, () -> {
                    throw new IllegalStateException("cut");
                })
                .run(command)
                .exit();
    }

    @Test
    void aRevokedDeviceGetsNoPasswordAndTheOneThatItHasIsNotTold() throws IOException {
        run("issue d1 --out " + out()).exiting(0);
        issue().exiting(0);
        String password = password();

        Finished revoked = run("revoke d1").exiting(0);

        assertTrue(revoked.err().contains("d1 has a password, which the broker takes until"), revoked::toString);
        assertEquals("", mosquitto());
        check(password).exiting(5);
        issue("--force").exiting(5);
        assertTrue(run("password list").exiting(0).out().contains("locked-out"));
    }

    @Test
    void whoHasAStolenDeviceHasNoPasswordEvenWhenItsNameGetsACertificateAgain() throws IOException {
        run("issue d1 --out " + out()).exiting(0);
        issue().exiting(0);
        String stolen = password();
        clock.advance(Duration.ofHours(1));
        run("revoke d1 --reason key-compromise").exiting(0);

        run("issue d1 --out " + folder.resolve("again")).exiting(0);

        assertEquals("", mosquitto());
        check(stolen).exiting(5);
        clock.advance(Duration.ofHours(1));
        issue().exiting(0);
        assertNotEquals(stolen, password());
        assertTrue(mosquitto().startsWith("d1:"));
        check(password()).exiting(0);
    }

    @Test
    void aDeviceThatIsRenewedOrHeldForAWhileKeepsItsPassword() throws IOException {
        run("issue d1 --out " + out()).exiting(0);
        issue().exiting(0);
        String file = mosquitto();
        clock.advance(Duration.ofHours(1));

        run("revoke d1 --reason certificate-hold").exiting(0);
        String held = mosquitto();
        run("device release d1").exiting(0);
        String released = mosquitto();
        run("device replace d1 --reason superseded --out " + folder.resolve("again"))
                .exiting(0);

        assertEquals("", held);
        assertEquals(file, released);
        assertEquals(file, mosquitto());
    }

    @Test
    void aPasswordThatIsRevokedIsForgotten() throws IOException {
        issue().exiting(0);

        run("password revoke d1").exiting(0);

        assertEquals("", mosquitto());
        check(password()).exiting(3);
        assertTrue(run("password revoke d1").exiting(0).out().contains("nothing to do"));
        run("password revoke d2").exiting(3);
        issue().exiting(4);
        issue("--force").exiting(0);
        check(password()).exiting(0);
    }

    @Test
    void aListIsMadeIntoASheetWhichStaysWholeWhenItIsMadeAgain() throws IOException {
        Path sheet = folder.resolve("sheet.csv");
        run("issue d3 --out " + out()).exiting(0);
        run("revoke d3").exiting(0);

        Finished first = devpki.feeding(Bytes.utf8("name,site\nd1,a\nd2,b\nd3,c\n"))
                .run("password", "issue", "--from", "-", "--out", sheet.toString());
        String rows = Files.readString(sheet);
        Finished again = devpki.feeding(Bytes.utf8("d1\nd2\n"))
                .run("password", "issue", "--from", "-", "--out", sheet.toString(), "--json");

        assertEquals(6, first.exit(), first::toString);
        assertTrue(first.err().contains("d3 gets none: its certificate was revoked"), first::toString);
        assertEquals(3, rows.lines().count());
        assertTrue(rows.startsWith("name,mqtt_username,mqtt_password\r\nd1,d1,"), rows);
        assertTrue(again.exiting(0).out().contains("\"changed\" : false"));
        assertEquals(rows, Files.readString(sheet));
    }

    @Test
    void anNvsImageGetsThePasswordFromTheSheetAndAUriWithoutTlsIsWarnedOf() throws IOException {
        Path sheet = folder.resolve("sheet.csv");
        run("password issue d1 --out " + sheet).exiting(0);
        Files.writeString(
                Files.createDirectories(folder.resolve("pki/profiles")).resolve("login.yaml"),
                run("profile show device-mqtt").out() + """
                        nvs:
                          keys:
                            mqtt.uri: "mqtt://mqtt.acme.example"
                            mqtt.user: "{value.mqtt_username}"
                            mqtt.password: "{secret.mqtt_password}"
                        """);

        Finished issued = run("issue d1 --profile login --format nvs --out " + out() + " --nvs-values " + sheet)
                .exiting(0);

        String password = Files.readString(sheet).strip().split(",", -1)[4];
        String image = Files.readString(out().resolve("d1/nvs.bin"), ISO_8859_1);
        assertTrue(image.contains(password));
        assertTrue(issued.err().contains("WARNING: a broker's URI begins with mqtt://"), issued::toString);
        assertFalse(issued.err().contains(password));
    }

    @Test
    void whatMosquittoPasswdWroteIsTakenOverAndNotLost() throws IOException {
        Path file = Files.writeString(folder.resolve("passwd"), "d1:" + FOREIGN + "\n");

        run("password import mosquitto " + file).exiting(0);

        check("y").exiting(0);
        assertEquals("d1:" + FOREIGN + "\n", mosquitto());
        assertTrue(run("password file emqx").exiting(0).err().contains("d1 is left out: EMQX takes"));
        assertTrue(run("password import mosquitto " + file + " --json").out().contains("\"changed\" : false"));
        run("password rotate d1 --out " + out()).exiting(0);
        run("password import mosquitto " + file).exiting(4);
    }

    @ParameterizedTest
    @CsvSource({"d1, is not NAME:HASH", "d1:hunter2, a password hash is", "a+b:$7$, characters other than"})
    void aFileThatIsNotOfMosquittoPasswdIsRefusedLineByLine(String line, String why) throws IOException {
        Path file = Files.writeString(folder.resolve("passwd"), "# a comment\n" + line + "\n");

        Finished refused = run("password import mosquitto " + file).exiting(2);

        assertTrue(refused.err().contains(why) && refused.err().contains("line 2"), refused::toString);
        assertFalse(refused.err().contains("hunter2"));
    }

    @Test
    void whatIsInTheWayIsNotReplacedWithoutForce() throws IOException {
        Files.createDirectories(out().resolve("d1+password"));
        Files.writeString(out().resolve("d1+password/password.txt"), "somebody's\n");

        issue().exiting(4);
        assertEquals("somebody's\n", password());
        issue("--force").exiting(0);

        check(password()).exiting(0);
    }

    @Test
    void aUriWithoutTlsIsWarnedOf() {
        Finished warned = issue("--format", "sdkconfig", "--uri", "mqtt://mqtt.acme.example")
                .exiting(0);

        assertTrue(warned.err().contains("WARNING: a broker's URI begins with mqtt://"), warned::toString);
    }
}
