package org.devpki.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.Checkpoint;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.FixedClock;

/**
 * The command line in this process, in a folder of its own, with streams in memory. A process cannot change its folder,
 * so words that name files are put into the folder, and the folder is taken out of what is printed.
 */
final class Terminal {
    private static final Set<String> FILE_OPTIONS = Set.of(
            "--out",
            "--csr",
            "--cert",
            "--dir",
            "--store",
            "--passphrase-file",
            "--export-passphrase-file",
            "--keys",
            "--new-keys",
            "--hmac-key",
            "--files",
            "--from");

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final FixedClock clock = FixedClock.at("2026-03-01T12:00:00Z");
    private final CountingRandom random = new CountingRandom();
    private boolean isTerminal;
    private byte[] input = new byte[0];
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** What a command left. */
    record Result(int exit, String out, String err) {
        String all() {
            return "exit " + exit + "\n" + out + err;
        }
    }

    Terminal(Path folder) {
        this.folder = folder;
        try {
            Files.writeString(folder.resolve("passphrase"), "correct horse battery staple\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        environment.put("DEVPKI_CRYPTO", "java"); // native code takes no randomness that is the same in each run
        with("DEVPKI_STORE", "pki");
        with("DEVPKI_PASSPHRASE_FILE", "passphrase");
    }

    /** @param value of DEVPKI variables a file in the folder */
    Terminal with(String name, String value) {
        environment.put(
                name,
                name.startsWith("DEVPKI_") && !value.isEmpty()
                        ? folder.resolve(value).toString()
                        : value);
        return this;
    }

    Terminal onTerminal() {
        isTerminal = true;
        return this;
    }

    /** Makes a store, unless there is one. */
    Terminal withStore() {
        if (!Files.exists(folder.resolve("pki"))) {
            Result made = run(
                    "init",
                    "--org",
                    "Acme",
                    "--crl-url",
                    "http://crl.acme.example",
                    "--ocsp-url",
                    "http://ocsp.acme.example",
                    "--ca-url",
                    "http://ca.acme.example",
                    "--quiet");
            if (made.exit() != 0) {
                throw new AssertionError(made.all());
            }
        }
        return this;
    }

    FixedClock clock() {
        return clock;
    }

    Streams streams() {
        return new Streams(
                new ByteArrayInputStream(input),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                environment,
                clock,
                random,
                Checkpoint.NONE,
                Optional.empty(),
                Optional.empty(),
                isTerminal,
                isTerminal);
    }

    /** Runs a command; {@code < FILE} and {@code > FILE} at its end are obeyed as a shell would. */
    Result run(String... words) {
        out = new ByteArrayOutputStream();
        err = new ByteArrayOutputStream();
        input = new byte[0];
        clock.advance(Duration.ofSeconds(1));
        Optional<Path> redirected = Optional.empty();
        List<String> arguments = new ArrayList<>();
        try {
            for (int i = 0; i < words.length; i++) {
                if (words[i].equals("<")) {
                    input = Files.readAllBytes(folder.resolve(words[++i]));
                } else if (words[i].equals(">")) {
                    redirected = Optional.of(folder.resolve(words[++i]));
                } else {
                    arguments.add(i > 0 ? located(words[i - 1], words[i]) : words[i]);
                }
            }
            int exit = new Cli(streams()).run(arguments.toArray(String[]::new));
            if (redirected.isPresent()) {
                Files.write(redirected.get(), out.toByteArray());
                out.reset();
            }
            isTerminal = false;
            return new Result(exit, text(out), text(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String located(String before, String word) {
        boolean isFile = FILE_OPTIONS.contains(before)
                || before.equals("backup")
                || before.equals("restore")
                || word.matches("[A-Za-z0-9_./-]+\\.(pem|crl|zip|yaml|der|csv|bin)");
        return isFile && !word.startsWith("-") && !word.startsWith("/")
                ? folder.resolve(word).toString()
                : word;
    }

    private String text(ByteArrayOutputStream stream) {
        return stream.toString(UTF_8).replace(folder + "/", "");
    }
}
