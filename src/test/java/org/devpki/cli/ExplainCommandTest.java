package org.devpki.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.app.ExplainCodes;
import org.devpki.model.Explanation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    @TempDir
    Path folder;

    private Terminal.Result explain(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "explain";
        System.arraycopy(words, 0, all, 1, words.length);
        return new Terminal(folder).run(all);
    }

    @Test
    void noExplanationNamesACommandThatDoesNotExist() {
        Cli cli = new Cli(new Terminal(folder).streams());
        for (String check : new ExplainCodes()
                .list(Optional.empty()).stream().map(Explanation::check).collect(Collectors.toSet())) {
            String[] words = Words.of(check.substring("devpki ".length()));
            assertDoesNotThrow(() -> cli.line(true).parseArgs(words), check);
        }
    }

    @Test
    void aCodeWithItsSignIsNoOption() {
        Terminal.Result result = explain("mbedtls", "-0x2700", "--json");

        assertEquals(0, result.exit(), result::all);
        assertTrue(result.out().contains("\"text\" : \"-0x2700\""), result.out());
        assertTrue(result.out().contains("\"schema\" : \"devpki/explain/1\""), result.out());
        assertTrue(result.out().contains("\"number\" : -9984"), result.out());
        assertTrue(explain("-9984").out().startsWith("mbedTLS: -0x2700 MBEDTLS_ERR_X509_CERT_VERIFY_FAILED\n"));
    }

    @Test
    void anOptionThatIsNoneIsStillWrongUsage() {
        for (String option : List.of("--lsit", "-q")) {
            Terminal.Result result = explain("-0x2700", option);

            assertEquals(2, result.exit(), result::all);
            assertEquals(
                    "devpki: error: unknown option: \"" + option + "\"\nhint: devpki explain --help\n", result.err());
        }
    }

    @Test
    void aLogComesByStandardInput() throws Exception {
        Files.writeString(folder.resolve("log"), "E (1) x: returned -0x7F00\n");

        Terminal.Result result = explain("-", "<", "log");

        assertEquals(0, result.exit(), result::all);
        assertTrue(result.out().startsWith("mbedTLS: -0x7F00 "), result.out());
    }

    @Test
    void aListNamesOneSourceOrAll() {
        Terminal.Result exit = explain("--list", "exit");
        Terminal.Result wrong = explain("--list", "wolfssl");

        assertEquals(13, exit.out().lines().count());
        assertTrue(exit.out().contains("devpki exit          5 refused\n"), exit.out());
        assertTrue(explain("--list").out().lines().count() > 350);
        assertTrue(explain("--list", "--json").out().contains("\"schema\" : \"devpki/explain-list/1\""));
        assertEquals(2, wrong.exit());
        assertTrue(wrong.err().contains("source \"wolfssl\" is not one of mbedtls, "), wrong.err());
    }

    @Test
    void controlCharactersOfALogAreNotPrinted() {
        Terminal.Result known = explain("\u001b[31mE (1) returned -0x2700\u001b[0m CRL \u001b[2J has expired");
        Terminal.Result unknown = explain("\u001b[31mhello");

        assertEquals(0, known.exit());
        assertEquals(3, unknown.exit());
        for (String text : List.of(known.all(), unknown.all())) {
            assertTrue(text.chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)), text);
        }
    }
}
