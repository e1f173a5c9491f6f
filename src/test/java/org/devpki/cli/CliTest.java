package org.devpki.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.x509.Cms;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class CliTest {
    @TempDir
    Path folder;

    private Terminal terminal() {
        return new Terminal(folder);
    }

    // Help.

    /** All commands by their full names, without those that are there twice. */
    private static Map<String, CommandLine> commands(CommandLine root) {
        Map<String, CommandLine> all = new TreeMap<>();
        all.put(root.getCommandSpec().qualifiedName(), root);
        root.getSubcommands().values().forEach(command -> all.putAll(commands(command)));
        return all;
    }

    private CommandLine line() {
        return new Cli(terminal().streams()).line(true);
    }

    @TestFactory
    Stream<DynamicTest> everyCommandsHelpShowsTwoExamplesThatParse() {
        return commands(line()).keySet().stream()
                .map(name -> dynamicTest(name, () -> {
                    List<String> words = new ArrayList<>(Arrays.asList(name.split(" ", -1)));
                    words.remove(0);
                    words.add("--help");

                    Terminal.Result result = terminal().run(words.toArray(String[]::new));

                    assertEquals(0, result.exit(), result::all);
                    assertEquals("", result.err());
                    assertTrue(result.out().startsWith("Usage: " + name), result.out());
                    List<String> examples = result.out()
                            .lines()
                            .dropWhile(text -> !text.equals("Examples:"))
                            .filter(text -> text.startsWith("  devpki "))
                            .toList();
                    assertTrue(examples.size() >= 2, result.out());
                    for (String example : commands(line())
                            .get(name)
                            .getCommandSpec()
                            .usageMessage()
                            .footer()) {
                        assertTrue(examples.contains(example.replace("%%", "%")), "whole, to be pasted: " + example);
                    }
                    examples.forEach(this::assertParses);
                }));
    }

    private void assertParses(String example) {
        for (String part : example.strip().split(" \\| ", -1)) {
            String command = part.replaceAll(" [<>] \\S+", "").replaceAll("\\$\\([^)]*\\)", "word");
            if (command.startsWith("source ") || !command.startsWith("devpki ")) {
                continue;
            }
            String[] words = Words.of(command.substring("devpki ".length()));
            assertDoesNotThrow(() -> line().parseArgs(words), command);
        }
    }

    @Test
    void theListOfCommandsIsTheOneInTheHouseStyle() {
        List<String> verbs = commands(line()).keySet().stream()
                .filter(name -> name.split(" ", -1).length < 3)
                .toList();

        assertTrue(
                verbs.containsAll(List.of(
                        "devpki init",
                        "devpki issue",
                        "devpki revoke",
                        "devpki status",
                        "devpki doctor",
                        "devpki ca",
                        "devpki device",
                        "devpki profile",
                        "devpki crl",
                        "devpki ocsp",
                        "devpki store",
                        "devpki audit",
                        "devpki verify",
                        "devpki lint",
                        "devpki explain",
                        "devpki nvs",
                        "devpki completion")),
                verbs::toString);
    }

    @Test
    void aSecretIsNeverAnArgument() {
        commands(line())
                .forEach((name, command) -> command.getCommandSpec().options().forEach(option -> {
                    String all = String.join(" ", option.names());
                    if (all.contains("pass")) {
                        assertTrue(all.endsWith("-file") || all.endsWith("-fd"), name + " " + all);
                    }
                }));
    }

    // Exit codes.

    @ParameterizedTest
    @CsvSource({
        "INVALID_INPUT, 2",
        "NOT_FOUND, 3",
        "CONFLICT, 4",
        "REFUSED, 5",
        "BUSY, 7",
        "INTEGRITY, 8",
        "KEY_UNAVAILABLE, 9",
        "STORE_FAILED, 1",
        "INTERNAL, 1"
    })
    void everyFaultHasTheDocumentedExitCode(Fault fault, int code) {
        assertEquals(code, ExitCodes.of(fault));
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void everyFaultHasAWordForMachines(Fault fault) {
        assertTrue(fault.word().matches("[a-z]+(-[a-z]+)*"), fault.word());
    }

    // Usage.

    @Test
    void anUnknownOptionIsWrongUsageWithAHint() {
        Terminal.Result result = terminal().run("status", "--colour");

        assertEquals(2, result.exit());
        assertEquals("", result.out());
        assertEquals("devpki: error: unknown option: '--colour'\nhint: devpki status --help\n", result.err());
    }

    @Test
    void aMissingCommandIsWrongUsage() {
        assertEquals(
                "devpki: error: a command is missing\nhint: devpki --help\n",
                terminal().run().err());
        Terminal.Result noun = terminal().run("crl");
        assertEquals(2, noun.exit());
        assertTrue(noun.err().startsWith("devpki: error: a command is missing after crl: "), noun.err());
    }

    @Test
    void aCommandThatIsNoneIsWrongUsage() {
        Terminal.Result result = terminal().run("frobnicate");

        assertEquals(2, result.exit());
        assertTrue(result.err().startsWith("devpki: error: unmatched argument"), result.err());
    }

    @Test
    void controlCharactersOfAnArgumentDoNotReachTheTerminal() {
        for (String[] command : new String[][] {
            {"status", "--\u001b[31mred"},
            {"issue", "a\u001b[2Jb"},
            {"revoke", "--serial", "\u001b[2J"},
            {"ca", "show", "x\u0007"},
            {"profile", "show", "\u001b]0;x"},
            {"device", "list", "--expires-within", "\u001b[2J"},
            {"crl", "check", "--min-remaining", "\u009b2J"}
        }) {
            Terminal.Result result = terminal().withStore().run(command);

            assertEquals(2, result.exit(), result.err());
            assertTrue(
                    result.err().chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)),
                    () -> String.join(" ", command));
        }
    }

    @Test
    void theVersionIsOneLine() {
        Terminal.Result result = terminal().run("--version");

        assertEquals(0, result.exit());
        assertTrue(result.out().matches("devpki \\S+\n"), result.out());
    }

    @Test
    void noColourIsPrintedWhereNobodyCanSeeIt() {
        for (String[] command : new String[][] {{"--help"}, {"issue", "--help"}, {"issue", "--help", "--no-color"}}) {
            assertFalse(terminal().run(command).all().contains("\u001b"));
        }
    }

    @Test
    void noColorInTheEnvironmentIsHeeded() {
        String before = System.getProperty("picocli.ansi");
        System.setProperty("picocli.ansi", "true"); // as on a terminal
        try {
            assertTrue(terminal().run("--help").out().contains("\u001b["));
            assertFalse(terminal().with("NO_COLOR", "1").run("--help").out().contains("\u001b["));
            assertFalse(terminal().run("issue", "--help", "--no-color").out().contains("\u001b["));
        } finally {
            if (before == null) {
                System.clearProperty("picocli.ansi");
            } else {
                System.setProperty("picocli.ansi", before);
            }
        }
    }

    // JSON.

    @Test
    void anErrorWithJsonIsOneObjectOnStandardError() throws IOException {
        Terminal.Result missing = terminal().run("status", "--json");
        Terminal.Result usage = terminal().run("device", "list", "--json", "--frob");

        assertEquals(3, missing.exit());
        assertEquals("", missing.out());
        assertEquals(
                Map.of(
                        "schema", "devpki/error/1",
                        "code", "not-found",
                        "exit", "3",
                        "message", "there is no store in pki",
                        "hint", "devpki init makes one; --store or DEVPKI_STORE points to another"),
                object(missing.err()));
        assertEquals("invalid-input", object(usage.err()).get("code"));
        assertEquals("2", object(usage.err()).get("exit"));
        assertEquals(1, usage.err().lines().count());
    }

    /** The members of the one flat object that the text is. */
    private static Map<String, String> object(String text) throws IOException {
        Map<String, String> members = new TreeMap<>();
        try (JsonParser json = new JsonFactory().createParser(text)) {
            assertEquals(JsonToken.START_OBJECT, json.nextToken());
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                members.put(name, json.getText());
            }
            assertEquals(null, json.nextToken(), "nothing after the object");
        }
        return members;
    }

    @Test
    void everyListingWithJsonNamesItsSchema() throws IOException {
        Terminal terminal = terminal().withStore();
        Map<String, String> schemas = Map.of(
                "status", "devpki/status/1",
                "ca list", "devpki/ca-list/1",
                "ca show root-ca", "devpki/ca/1",
                "device list", "devpki/device-list/1",
                "profile list", "devpki/profile-list/1",
                "profile show device-mqtt", "devpki/profile/1",
                "audit list", "devpki/audit-list/1",
                "audit verify", "devpki/audit-verify/1",
                "crl forecast", "devpki/crl-forecast/1",
                "doctor", "devpki/doctor/1");
        for (Map.Entry<String, String> expected : schemas.entrySet()) {
            Terminal.Result result = terminal.run(Words.of(expected.getKey() + " --json"));

            assertEquals(0, result.exit(), result::all);
            try (JsonParser json = new JsonFactory().createParser(result.out())) {
                assertEquals(JsonToken.START_OBJECT, json.nextToken());
                assertEquals("schema", json.nextFieldName());
                assertEquals(expected.getValue(), json.nextTextValue());
                while (json.nextToken() != null) {
                    assertTrue(json.getParsingContext().getNestingDepth() < 9);
                }
            }
        }
    }

    // Secrets and questions.

    @Test
    void aMissingPassphraseIsAnErrorAndNeverAHang() throws IOException {
        Terminal terminal = terminal();
        Files.delete(folder.resolve("passphrase"));

        Terminal.Result none = terminal.with("DEVPKI_PASSPHRASE_FILE", "").run("init", "--org", "Acme");
        Terminal.Result unreadable =
                terminal.with("DEVPKI_PASSPHRASE_FILE", "passphrase").run("init", "--org", "Acme");

        assertEquals(9, none.exit());
        assertTrue(none.err().contains("no terminal to ask on\nhint: --passphrase-file FILE"), none.err());
        assertEquals(9, unreadable.exit());
        assertFalse(Files.exists(folder.resolve("pki")));
    }

    @Test
    void aWrongPassphraseIsNotTold() throws IOException {
        Terminal terminal = terminal().withStore();
        Files.writeString(folder.resolve("passphrase"), "hunter2\n");

        Terminal.Result result = terminal.run("issue", "d1", "--verbose");

        assertEquals(9, result.exit());
        assertFalse(result.all().contains("hunter2"), result.all());
        assertFalse(Files.exists(folder.resolve("d1")));
    }

    @Test
    void aPrivateKeyNeverGoesToATerminal() {
        Terminal terminal = terminal().withStore();

        Terminal.Result shown = terminal.onTerminal().run("issue", "d1", "--out", "-");

        assertEquals(2, shown.exit());
        assertEquals("", shown.out());
        assertTrue(shown.err().contains("a private key never goes to a terminal"), shown.err());
        assertTrue(terminal.run("issue", "d1", "--out", "-").out().startsWith("-----BEGIN PRIVATE KEY-----\n"));
    }

    @Test
    void whatWasSealedIsNotOpenedToATerminal() throws IOException {
        Path sealed = folder.resolve("key.pem.cms");
        SecretBytes secret = SecretBytes.taking("a secret".getBytes(StandardCharsets.UTF_8));
        Files.write(
                sealed,
                Cms.seal(secret, TestAuthority.root("line").certificate(), new CountingRandom())
                        .toArray());
        Path key = folder.resolve("line.key");
        Files.write(key, TestKeys.key(TestKeys.P_256, "line").pkcs8().lend(byte[]::clone));
        String[] open = {"bundle", "open", sealed.toString(), "--key", key.toString(), "--out", "-"};
        Terminal terminal = terminal();

        Terminal.Result shown = terminal.onTerminal().run(open);

        assertEquals(2, shown.exit());
        assertEquals("", shown.out());
        assertTrue(shown.err().contains("a secret never goes to a terminal"), shown.err());
        assertEquals("a secret", terminal.run(open).out());
    }

    @Test
    void revokingACaIsAskedForAndWithoutTerminalRefused() {
        Terminal terminal = terminal().withStore();

        Terminal.Result unasked = terminal.run("revoke", "issuing-ca", "--reason", "ca-compromise");
        Terminal.Result sure = terminal.run("revoke", "issuing-ca", "--reason", "ca-compromise", "--yes");

        assertEquals(2, unasked.exit());
        assertTrue(unasked.err().contains("hint: --yes answers it"), unasked.err());
        assertEquals(0, sure.exit(), sure::all);
    }
}
