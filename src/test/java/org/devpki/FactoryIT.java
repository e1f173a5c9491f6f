package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's factory line, pasted, with fewer devices; {@code DEVPKI_TEST_FACTORY} says how many. */
@Tag("crash")
class FactoryIT {
    private static final int DEVICES = Integer.parseInt(System.getenv().getOrDefault("DEVPKI_TEST_FACTORY", "30"));

    /** Kills the command once it has made ten devices; a clock would hit a slow machine at its start. */
    private static final String CUT_SHORT = """
            cut_short() {
                "$@" &
                local some=$(($(ls line 2>/dev/null | wc -l) + 10))
                while [ "$(ls line 2>/dev/null | wc -l)" -lt $some ]; do sleep 0.05; done
                kill -9 $!
                wait $!
            }
            """;

    @TempDir
    Path folder;

    private static String pasted() throws IOException {
        String section = Files.readString(Devpki.ROOT.resolve("README.md"))
                .split("\n## A factory line\n", 2)[1]
                .split("\n## ", 2)[0];
        Matcher block = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(section);
        assertTrue(block.find());
        return block.group(1);
    }

    @Test
    void theFactorySectionOfTheReadmeEndsWithManifestsThatOpensslVerifies() throws IOException {
        Devpki.withStore(folder);
        String script = pasted().replace("RSA-3072 --keys 1000", "RSA-2048 --keys " + DEVICES)
                .replace("%06.0f 1000", "%06.0f " + DEVICES)
                .replace("--profile device-ds-rsa", "--profile device-ds-rsa --key RSA-2048")
                .replaceAll("timeout -s KILL [0-9]+", "cut_short");
        assertTrue(script.contains("cut_short $sensors"), script);

        Finished line = Tool.in(folder)
                .with("PATH", Devpki.ROOT.resolve("scripts") + ":" + System.getenv("PATH"))
                .with("DEVPKI_PASSPHRASE_FILE", "passphrase")
                .run("bash", "-euc", CUT_SHORT + script);

        line.exiting(0);
        assertEquals(2, line.out().split("[1-9][0-9]* done before, 0 failed, 0 left", -1).length - 1, line.all());
        assertEquals(2, line.out().split("the power failed", -1).length - 1, line.all());
        assertEquals(2, line.all().split("CMS Verification successful", -1).length - 1, line.all());
        for (String batch : new String[] {"L3W47-meters", "L3W47-sensors"}) {
            Finished shown = Devpki.in(folder).run("batch", "show", batch).exiting(0);
            assertTrue(shown.out().contains(DEVICES + " of " + DEVICES + " done"), shown.out());
        }
        Finished valid = Devpki.in(folder).run("device", "list", "--no-revoked", "--batch", "L3W47-meters", "--jsonl");
        assertEquals(DEVICES, valid.exiting(0).out().lines().count());
        assertTrue(
                Devpki.in(folder).run("key", "pool", "status").exiting(0).out().startsWith("RSA-2048          0"));
    }
}
