package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of a whole shift, in little memory, with a power cut in it; {@code DEVPKI_TEST_ROWS} says how long it is. */
@Tag("crash")
class ShiftIT {
    private static final int ROWS = Integer.parseInt(System.getenv().getOrDefault("DEVPKI_TEST_ROWS", "10000"));
    private static final String[] RUN = {
        "batch", "run", "shift.csv", "--batch", "shift", "--format", "pem", "--out", "out", "--results", "results.jsonl"
    };
    private static final Pattern ROW = Pattern.compile("\"row\":\"(\\d+)\".*\"serial\":\"([0-9a-f]{32})\"");

    private static final Pattern SERIAL = Pattern.compile("\"serial\":\"([0-9a-f]{32})\"");

    @TempDir
    Path folder;

    @Test
    void aShiftThatWasCutShortEndsWithEachRowOnceAndAManifestThatOpensslVerifies() throws Exception {
        Devpki devpki = Devpki.withStore(folder)
                .with("JDK_JAVA_OPTIONS", "-Xmx128m")
                .within(Duration.ofSeconds(Math.max(120, ROWS / 80)));
        try (var list = Files.newBufferedWriter(folder.resolve("shift.csv"))) {
            list.write("name,id\n");
            for (int i = 0; i < ROWS; i++) {
                list.write("meter-" + i + "," + i + "\n");
            }
        }

        Process cutShort = devpki.start(folder.resolve("log"), RUN);
        while (folders() < ROWS / 3) {
            assertTrue(cutShort.isAlive(), () -> "ended: " + read("log"));
            Thread.sleep(200);
        }
        cutShort.destroyForcibly().waitFor();
        Finished ended = devpki.run(RUN).exiting(0);

        assertTrue(ended.all().contains(" 0 failed, 0 left"), ended.all());
        List<String> serials = serialsInOrder();
        assertEquals(ROWS, serials.stream().distinct().count());
        assertEquals(ROWS, folders());
        Finished valid = devpki.run("device", "list", "--no-revoked", "--batch", "shift", "--jsonl")
                .exiting(0);
        assertEquals(ROWS, valid.out().lines().count());
        assertEquals(Set.copyOf(serials), serials(valid.out()));
        devpki.run("batch", "manifest", "shift", "--from", "out").exiting(0); // every file of every folder is looked at
        devpki.other(
                        "openssl",
                        "cms",
                        "-verify",
                        "-binary",
                        "-inform",
                        "DER",
                        "-in",
                        "out/shift.manifest.json.p7s",
                        "-content",
                        "out/shift.manifest.json",
                        "-CAfile",
                        "pki/publish/ca/root-ca.pem",
                        "-out",
                        "/dev/null")
                .exiting(0);
        devpki.run("audit", "verify").exiting(0);
        devpki.run("crl", "publish").exiting(0);
        devpki.run("doctor").exiting(0);
    }

    private long folders() throws IOException {
        if (!Files.exists(folder.resolve("out"))) {
            return 0;
        }
        try (Stream<Path> all = Files.list(folder.resolve("out"))) {
            return all.filter(path -> !path.getFileName().toString().startsWith("."))
                    .count();
        }
    }

    private static Set<String> serials(String jsonLines) {
        return SERIAL.matcher(jsonLines).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }

    private List<String> serialsInOrder() {
        List<String> serials = new ArrayList<>();
        for (String line : read("results.jsonl").lines().toList()) {
            Matcher row = ROW.matcher(line);
            assertTrue(row.find(), line);
            assertEquals(String.valueOf(serials.size()), row.group(1));
            serials.add(row.group(2));
        }
        return serials;
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
