package org.devpki.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.devpki.cli.Cli;
import org.devpki.cli.Streams;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;

/**
 * The command line inside the test's own process, where a command takes a tenth of the time. One at a time on a store:
 * the system's file locks do not keep the threads of one process apart once a file is closed.
 */
public final class InProcess {
    private final Path folder;
    private final Clock clock;
    private final Map<String, String> environment;
    private final byte[] input;
    private final Checkpoint checkpoint;

    private InProcess(Path folder, Clock clock, Map<String, String> environment, byte[] input, Checkpoint checkpoint) {
        this.folder = folder;
        this.clock = clock;
        this.environment = environment;
        this.input = input;
        this.checkpoint = checkpoint;
    }

    /** With the store {@code pki} and the file {@code passphrase} in the folder. */
    public static InProcess in(Path folder) {
        return new InProcess(
                folder,
                Clock.systemUTC(),
                Map.of(
                        "DEVPKI_STORE", folder.resolve("pki").toString(),
                        "DEVPKI_PASSPHRASE_FILE", folder.resolve("passphrase").toString()),
                new byte[0],
                Checkpoint.NONE);
    }

    public InProcess at(Clock other) {
        return new InProcess(folder, other, environment, input, checkpoint);
    }

    /** Something else happens when a step is reached. */
    public InProcess at(Checkpoint.Step step, Runnable meanwhile) {
        return at(reached -> {
            if (reached == step) {
                meanwhile.run();
            }
        });
    }

    /** Something else happens at each step. */
    public InProcess at(Checkpoint other) {
        return new InProcess(folder, clock, environment, input, other);
    }

    public InProcess with(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new InProcess(folder, clock, more, input, checkpoint);
    }

    public InProcess feeding(Bytes octets) {
        return new InProcess(folder, clock, environment, octets.toArray(), checkpoint);
    }

    public Finished run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Streams streams = new Streams(
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                clock,
                new SecureRandom(),
                checkpoint,
                Optional.empty(),
                Optional.empty(),
                false,
                false);
        int exit = new Cli(streams).run(arguments);
        return new Finished(
                "devpki " + String.join(" ", arguments),
                exit,
                Bytes.of(out.toByteArray()),
                err.toString(StandardCharsets.UTF_8));
    }
}
