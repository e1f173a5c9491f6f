package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.Checkpoint.Step;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Tool;
import org.devpki.testing.Victim;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reference scripts for a line PC with the real station, and stand-ins for esptool and espefuse that keep what they are
 * asked, flash into files and know which chip is connected. There is no chip here.
 */
@Tag("long")
class LineStationIT {
    private static final List<String> MACS = List.of("60:55:f9:00:00:01", "60:55:f9:00:00:02", "60:55:f9:00:00:03");

    /** The chips in the file {@code chips} are connected one after the other; the one in {@code loose} loses its cable. */
    private static final String ESPTOOL = """
            #!/bin/sh
            echo "$*" >> asked
            shift 4
            case $1 in
                read-mac)
                    head -n 1 chips > connected
                    sed -i 1d chips
                    echo "Chip type: ESP32-H2"
                    echo "MAC: $(cat connected | sed 's/\\(..:..:..\\)/\\1:ff:fe/')"
                    echo "BASE MAC: $(cat connected)"
                    ;;
                write-flash)
                    ! cmp -s connected loose || { echo "A fatal error occurred: device disconnected"; exit 2; }
                    cp "$3" "flash-$(cat connected)"
                    ;;
                verify-flash) cmp "$3" "flash-$(cat connected)" ;;
            esac
            """;

    private static final String ESPEFUSE = """
            #!/bin/sh
            case $* in *burn-key*) echo "$(cat "$OLDPWD/connected") $*" >> "$OLDPWD/burned" ;; esac
            """;

    @TempDir
    static Path template;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeOneStoreForAll() {
        Devpki.withStore(template, "--root-key", "P-256");
    }

    private void program(String name, String text) throws IOException {
        Path file = folder.resolve("bin").resolve(name);
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String exec(String... command) {
        return Stream.of(command).map(word -> "'" + word + "'").collect(Collectors.joining(" ", "exec ", " \"$@\"\n"));
    }

    private Finished line(String script, List<String> chips, List<String> scanned, String... options)
            throws IOException {
        Files.write(folder.resolve("chips"), chips);
        Files.deleteIfExists(folder.resolve("asked"));
        String[] station = {"--batch", "L1", "--name", "sensor-{mac}", "--key-home", "ecdsa", "--out", "out"};
        List<String> command = Stream.of(
                        Stream.of(Devpki.ROOT.resolve("scripts").resolve(script).toString(), "--chip", "esp32h2"),
                        Stream.of(options),
                        Stream.of("--"),
                        Stream.of(station))
                .flatMap(words -> words)
                .toList();
        return Tool.in(folder)
                .with("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"))
                .with("DEVPKI_PASSPHRASE_FILE", "passphrase")
                .with("PYTHONDONTWRITEBYTECODE", "1")
                .feed(
                        (String.join("\n", scanned) + "\n").getBytes(StandardCharsets.UTF_8),
                        command.toArray(String[]::new));
    }

    private long asked(String verb) throws IOException {
        return Files.readAllLines(folder.resolve("asked")).stream()
                .filter(line -> line.contains(" " + verb))
                .count();
    }

    private static String name(int chip) {
        return "sensor-" + MACS.get(chip).replace(":", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"line-station.sh", "line-station.py"})
    void threeChipsAreFlashedThoughTheStationDiesAndACableComesLooseOnce(String script) throws IOException {
        StoreProof.copy(template, folder);
        program("esptool", ESPTOOL);
        program("espefuse", ESPEFUSE);
        // the first station dies in the middle of the second order
        program(
                "devpki",
                "#!/bin/sh\nif mkdir died 2>/dev/null; then\n"
                        + exec(Victim.commandKilledAt(Step.ISSUE_5_RECORDED, 2)) + "fi\n"
                        + exec(Devpki.command()));
        Files.writeString(folder.resolve("loose"), MACS.get(1) + "\n");

        Finished first = line(
                script,
                List.of(MACS.get(0), MACS.get(1), MACS.get(2), MACS.get(2)),
                List.of(
                        MACS.get(0).replace(":", ""),
                        "",
                        MACS.get(0),
                        MACS.get(2).toUpperCase(Locale.ROOT)));
        Files.delete(folder.resolve("loose"));
        long firstWrites = asked("write-flash");
        List<String> orders = Files.readAllLines(folder.resolve("asked"));
        StoreProof proof = StoreProof.of(folder);
        Files.writeString( // as a power cut leaves it
                folder.resolve("line-station.journal"),
                name(2) + " " + proof.oneValid(name(2)).sha256() + " burning\n",
                StandardOpenOption.APPEND);
        Finished second = line(
                script,
                List.of(MACS.get(0), MACS.get(1), MACS.get(2), MACS.get(0)),
                List.of("", MACS.get(1), "", ""),
                "--burn");

        first.exiting(1);
        assertTrue(first.err().contains("the same order again"), first.err());
        assertTrue(first.err().contains(MACS.get(0) + " was scanned, but " + MACS.get(2)), first.err());
        assertTrue(first.err().contains("2 failed"), first.err());
        String image = "out/" + name(0) + "/esp_secure_cert.bin";
        assertEquals(
                List.of(
                        "--chip esp32h2 --port /dev/ttyUSB0 read-mac",
                        "--chip esp32h2 --port /dev/ttyUSB0 write-flash 0xD000 " + image,
                        "--chip esp32h2 --port /dev/ttyUSB0 verify-flash 0xD000 " + image),
                orders.subList(0, 3));
        assertEquals(3, firstWrites);
        second.exiting(1);
        assertTrue(second.err().contains("1 failed"), second.err());
        assertTrue(second.err().contains(name(2) + ": was cut off while it was burned"), second.err());
        assertTrue(second.err().contains(name(0) + ": burned before"), second.err());
        assertEquals(1, asked("write-flash"), second::err);
        assertEquals(
                MACS.subList(0, 2),
                Files.readAllLines(folder.resolve("burned")).stream()
                        .map(line -> line.substring(0, 17))
                        .toList());
        for (int chip = 0; chip < MACS.size(); chip++) {
            proof.oneValid(name(chip));
            assertEquals(
                    -1,
                    Files.mismatch(
                            folder.resolve("flash-" + MACS.get(chip)),
                            folder.resolve("out").resolve(name(chip)).resolve("esp_secure_cert.bin")));
        }
        Finished verified = Devpki.in(folder).run("device", "list", "--life", "verified", "--jsonl");
        assertEquals(3, verified.exiting(0).out().lines().count());
        proof.cleanOncePublished();
    }

    @ParameterizedTest
    @ValueSource(strings = {"line-station.sh", "line-station.py"})
    void aStationThatDoesNotStartStopsTheLine(String script) throws IOException {
        program("esptool", ESPTOOL);
        program("devpki", "#!/bin/sh\necho 'devpki: error: no' >&2\nexit 9\n");

        Finished stopped = line(script, MACS, List.of("", ""));

        stopped.exiting(1);
        assertTrue(stopped.err().contains("does not stay up"), stopped.err());
        assertEquals(1, asked("read-mac"));
    }

    @Test
    void theShellScriptIsClean() {
        Tool.in(Devpki.ROOT).run("shellcheck", "scripts/line-station.sh").exiting(0);
    }
}
