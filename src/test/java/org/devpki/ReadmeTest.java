package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.devpki.testing.InProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README promises for each chip, as it stands there. */
class ReadmeTest {
    private static final Path README = Path.of(System.getProperty("devpki.root", "."), "README.md");
    private static final Pattern LOOP = Pattern.compile("for chip in (.*); do (.*); done");

    @TempDir
    Path folder;

    /** The commands of one line, a loop unrolled. */
    private static List<String> commands(String line) {
        Matcher loop = LOOP.matcher(line);
        List<String> lines = loop.matches()
                ? Stream.of(loop.group(1).split(" "))
                        .map(chip -> loop.group(2).replace("$chip", chip))
                        .toList()
                : List.of(line);
        return lines.stream().flatMap(each -> Stream.of(each.split(" && "))).toList();
    }

    @Test
    void everyLineForAChipGivesAnImageThatIsVerified() throws IOException {
        String section =
                Files.readString(README).split("\n## Into a chip\n", 2)[1].split("\n## ", 2)[0];
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        InProcess devpki = InProcess.in(folder);
        devpki.run("init", "--root-key", "P-256", "--crl-url", "http://c.example", "--ocsp-url", "http://o.example")
                .exiting(0);
        List<String> verified = new ArrayList<>();

        for (String line : section.lines()
                .filter(text -> text.startsWith("devpki ") || text.startsWith("for "))
                .toList()) {
            for (String command : commands(line)) {
                List<String> words = new ArrayList<>(List.of(command.replace(" out/", " " + folder.resolve("out") + "/")
                        .split(" ")));
                words.remove(0);
                if (command.contains("device-ds-rsa") && !command.contains("ds-c3")) {
                    words.addAll(List.of("--key", "RSA-2048")); // one key of the profile's first kind takes long enough
                }
                devpki.run(words.toArray(String[]::new)).exiting(0);
                if (words.get(1).equals("verify")) {
                    verified.add(words.get(2).replaceAll(".*/out/(.*)/.*", "$1"));
                }
            }
        }

        assertEquals(
                List.of(
                        "ds-s2",
                        "ds-s3",
                        "ds-c3",
                        "ds-c5",
                        "ds-c6",
                        "ds-h2",
                        "ds-p4",
                        "ec-h2",
                        "ec-c5",
                        "ec-p4",
                        "ec-c61",
                        "plain-esp32",
                        "plain-s2",
                        "plain-s3",
                        "plain-c2",
                        "plain-c3",
                        "plain-c5",
                        "plain-c6",
                        "plain-c61",
                        "plain-h2",
                        "plain-h21",
                        "plain-h4",
                        "plain-p4",
                        "plain-s31"),
                verified);
    }
}
