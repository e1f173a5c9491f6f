package org.devpki.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.model.Durations;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The transcripts: {@code $ devpki …} and what it prints (standard output, then standard error), {@code ! $ devpki …} for
 * a command that fails, with {@code exit N} as its last line. {@code $ write FILE TEXT}, {@code $ wait TIME} and
 * {@code $ clock-back TIME} set the stage; each command takes a second. With {@code -Ddevpki.golden=true} what is printed becomes what is expected.
 */
class TranscriptsTest {
    private static final Path TRANSCRIPTS =
            Path.of(System.getProperty("devpki.root", ""), "src", "test", "transcripts");

    static Stream<String> transcripts() {
        try (Stream<Path> files = Files.list(TRANSCRIPTS)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void aTranscriptIsWhatTheProgramPrints(String name, @TempDir Path folder) throws IOException {
        String expected = Files.readString(TRANSCRIPTS.resolve(name));

        String printed = play(expected.lines().toList(), new Stage(folder));

        if (Boolean.getBoolean("devpki.golden")) {
            Files.writeString(TRANSCRIPTS.resolve(name), printed);
        } else {
            assertEquals(expected, printed);
        }
    }

    private record Stage(Path folder, Terminal terminal) {
        Stage(Path folder) {
            this(folder, new Terminal(folder));
        }
    }

    /** The transcript again, with what the commands print now. */
    private static String play(List<String> lines, Stage stage) throws IOException {
        List<String> played = new ArrayList<>();
        boolean isOutput = false;
        for (String line : lines) {
            boolean isFailing = line.startsWith("! $ ");
            if (isFailing || line.startsWith("$ ")) {
                played.add(line);
                played.addAll(run(line.substring(isFailing ? 4 : 2), isFailing, stage));
                isOutput = true;
            } else if (!isOutput || line.isEmpty() || line.startsWith("# ")) {
                isOutput = false;
                played.add(line);
            }
        }
        return String.join("\n", played) + "\n";
    }

    private static List<String> run(String command, boolean isFailing, Stage stage) throws IOException {
        String[] words = Words.of(command);
        switch (words[0]) {
            case "write" -> {
                Path file = stage.folder().resolve(words[1]);
                Files.createDirectories(file.getParent());
                Files.writeString(file, words[2].replace("\\n", "\n"));
                return List.of();
            }
            case "wait" -> {
                Duration time = Durations.parse(words[1]);
                stage.terminal().clock().advance(time);
                return List.of();
            }
            case "clock-back" -> {
                stage.terminal().clock().advance(Durations.parse(words[1]).negated());
                return List.of();
            }
            default -> assertEquals("devpki", words[0], command);
        }
        String[] arguments = Stream.of(words).skip(1).toArray(String[]::new);
        Terminal.Result result = stage.terminal().run(arguments);
        assertTrue(isFailing == (result.exit() != 0), () -> command + "\n" + result.all());
        List<String> printed = new ArrayList<>(Placeholders.in(result.out() + result.err())
                .lines()
                .map(line -> line.isEmpty() ? "." : line) // an empty line ends the output
                .toList());
        if (isFailing) {
            printed.add("exit " + result.exit());
        }
        return printed;
    }

    /** What differs in each run, by what it is. */
    private static final class Placeholders {
        static String in(String text) {
            return text.replaceAll("\\b[0-9a-f]{64}\\b", "<sha256>")
                    .replaceAll("\\b[4-7][0-9a-f]{31}\\b", "<serial>")
                    .replaceAll("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "<time>")
                    .replaceAll("\\b1[0-9]{12}\\b", "<number>")
                    .replaceAll("\\b\\S+@\\S+ (?=[a-z]+\\.)", "<actor> ")
                    .replaceAll(
                            "\\b[0-9]+( octets as PEM and| as DER, Certificate message| in TLS 1\\.[23])", "<octets>$1")
                    .replaceAll("(?m)[ \\t]+$", "");
        }
    }
}
