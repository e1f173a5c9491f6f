package org.devpki.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.devpki.model.Bytes;

/**
 * A program on this machine, run in a folder. A missing program is a failure, not a reason to skip; `scripts/test`
 * installs them all.
 */
public final class Tool {
    private static final Duration USUAL = Duration.ofMinutes(2);

    private final Path folder;
    private final Map<String, String> environment;
    private final Duration longest;

    private Tool(Path folder, Map<String, String> environment, Duration longest) {
        this.folder = folder;
        this.environment = environment;
        this.longest = longest;
    }

    public static Tool in(Path folder) {
        return new Tool(folder, Map.of(), USUAL);
    }

    public Tool with(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Tool(folder, more, longest);
    }

    /** The same, given so long for each run. */
    Tool within(Duration time) {
        return new Tool(folder, environment, time);
    }

    /** Runs it to its end. */
    public Finished run(String... command) {
        return feed(new byte[0], command);
    }

    /** Runs it to its end with this on standard input. */
    public Finished feed(byte[] input, String... command) {
        try {
            Path out = Files.createTempFile("tool", ".out");
            Path err = Files.createTempFile("tool", ".err");
            try {
                Process process = builder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                try (var in = process.getOutputStream()) {
                    in.write(input);
                } catch (IOException e) {
                    // a program that does not read its input is free to
                    if (process.isAlive() && !String.valueOf(e.getMessage()).contains("pipe")) {
                        throw e;
                    }
                }
                if (!process.waitFor(longest.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(List.of(command) + " took more than " + longest.toSeconds() + " s");
                }
                return new Finished(
                        String.join(" ", command),
                        process.exitValue(),
                        Bytes.of(Files.readAllBytes(out)),
                        Files.readString(err, StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new AssertionError(Arrays.toString(command) + " did not run; scripts/test installs what it needs", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Starts it and leaves it running; the caller ends it. */
    public Process start(Path log, String... command) {
        try {
            return builder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new AssertionError(
                    Arrays.toString(command) + " did not start; scripts/test installs what it needs", e);
        }
    }

    /** Starts it, to be talked to; its standard error goes to the log, and the caller ends it. */
    public Process talkTo(Path log, String... command) {
        try {
            return builder(command).redirectError(log.toFile()).start();
        } catch (IOException e) {
            throw new AssertionError(
                    Arrays.toString(command) + " did not start; scripts/test installs what it needs", e);
        }
    }

    private ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        return builder;
    }
}
