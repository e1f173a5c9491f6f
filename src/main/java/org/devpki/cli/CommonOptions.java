package org.devpki.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.devpki.app.Surroundings;
import org.devpki.app.Words;
import org.devpki.app.Workshop;
import org.devpki.files.Modes;
import org.devpki.files.StagedFile;
import org.devpki.files.WholeFiles;
import org.devpki.model.Actor;
import org.devpki.model.Bytes;
import org.devpki.model.Crypto;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import org.devpki.model.SecretBytes;
import org.devpki.model.Spool;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that every command has, and what follows from them: which store, how to print, whom to ask. */
final class CommonOptions {
    private static final long MOST_INPUT_OCTETS = 1L << 30;
    private static final long MOST_SECRET_OCTETS = 1L << 24;

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--store", paramLabel = "FOLDER", description = "The store; else DEVPKI_STORE, else ./pki.")
    Optional<Path> store = Optional.empty();

    @Option(
            names = "--lock-timeout",
            paramLabel = "TIME",
            description = "How long to wait for another process, such as 30s (default).")
    Optional<String> lockTimeout = Optional.empty();

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "File with the passphrase of the CA keys; else --passphrase-fd, else DEVPKI_PASSPHRASE_FILE,"
                    + " else a prompt.")
    Optional<Path> passphraseFile = Optional.empty();

    @Option(names = "--passphrase-fd", paramLabel = "N", description = "File descriptor to read it from.")
    Optional<Integer> passphraseFd = Optional.empty();

    @Option(
            names = "--pin-file",
            paramLabel = "FILE",
            description = "File with the PIN of a PKCS #11 token; else --pin-fd, else DEVPKI_PIN_FILE, else a prompt.")
    Optional<Path> pinFile = Optional.empty();

    @Option(names = "--pin-fd", paramLabel = "N", description = "File descriptor to read it from.")
    Optional<Integer> pinFd = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object, errors too.")
    boolean isJson;

    @Option(names = "--quiet", description = "Say nothing on standard error but errors.")
    boolean isQuiet;

    @Option(
            names = "--verbose",
            description = "Say more: what computes many keys or signatures, the stack trace of an error.")
    boolean isVerbose;

    @Option(names = "--no-color", description = "No colour; NO_COLOR in the environment does the same.")
    boolean isNoColor;

    @Option(names = "--yes", description = "Answer every question with yes.")
    boolean isYes;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean isHelp;

    Streams streams() {
        return ((Cli) spec.root().userObject()).streams();
    }

    Path storePath() {
        String named = streams().environment().getOrDefault("DEVPKI_STORE", "");
        return store.orElseGet(() -> Path.of(named.isEmpty() ? "pki" : named));
    }

    Workshop open() {
        return Workshop.open(surroundings(false));
    }

    /** @param isNewPassphrase whether the passphrase is about to be set */
    Surroundings surroundings(boolean isNewPassphrase) {
        Duration wait = lockTimeout.map(Durations::parse).orElse(Duration.ofSeconds(30));
        if (wait.compareTo(Duration.ofDays(1)) > 0) {
            throw DevpkiException.invalid("--lock-timeout " + lockTimeout.orElse("") + " is over one day");
        }
        return new Surroundings(
                storePath(),
                wait,
                streams().clock(),
                streams().random(),
                actor(),
                new Secrets(streams(), passphraseWays(), isNewPassphrase, pinWays()),
                streams().checkpoint(),
                new Said(),
                Crypto.parse(Optional.ofNullable(streams().environment().get("DEVPKI_CRYPTO"))));
    }

    private SecretWays passphraseWays() {
        return new SecretWays(
                "passphrase",
                passphraseFile,
                passphraseFd,
                Optional.of("DEVPKI_PASSPHRASE_FILE"),
                "--passphrase-file FILE, --passphrase-fd N or DEVPKI_PASSPHRASE_FILE give it");
    }

    private SecretWays pinWays() {
        return new SecretWays(
                "PIN",
                pinFile,
                pinFd,
                Optional.of("DEVPKI_PIN_FILE"),
                "--pin-file FILE, --pin-fd N, DEVPKI_PIN_FILE or pin-source= in the key's URI give it");
    }

    /** What deeds say. */
    private final class Said implements Words {
        @Override
        public void accept(String sentence) {
            say(sentence);
        }

        @Override
        public void detail(String sentence) {
            if (isVerbose) {
                say(sentence);
            }
        }

        @Override
        public void soFar(String what, long done, long all) {
            if (!isQuiet) {
                progress().soFar(what, done, all);
            }
        }
    }

    private ProgressLine progress() {
        return ((Cli) spec.root().userObject()).progress();
    }

    /** The result: JSON where that was asked for, else the lines. */
    void print(Fields json, List<String> lines) {
        progress().clear();
        if (isJson) {
            streams().out().println(Json.pretty(json.map()));
        } else {
            lines.forEach(streams().out()::println);
        }
    }

    /** A sentence for people, on standard error. */
    void say(String sentence) {
        if (!isQuiet) {
            progress().clear();
            streams().err().println("devpki: " + sentence);
        }
    }

    /** Asks on the terminal; without one it is an error, never a hang. */
    void confirm(String question) {
        if (isYes) {
            return;
        }
        String answer = streams()
                .prompt()
                .orElseThrow(() -> DevpkiException.invalid(question + ": there is no terminal to ask on")
                        .hint("--yes answers it"))
                .apply(question + "? [y/N] ");
        if (!answer.strip().equalsIgnoreCase("y") && !answer.strip().equalsIgnoreCase("yes")) {
            throw DevpkiException.invalid("not confirmed, so nothing was done");
        }
    }

    /** The octets of a file, or of standard input for {@code -}. */
    Bytes input(String file) {
        if (!file.equals("-")) {
            return WholeFiles.read(Path.of(file), MOST_INPUT_OCTETS);
        }
        try {
            return Bytes.of(streams().in().readAllBytes());
        } catch (IOException e) {
            throw WholeFiles.failed("cannot read standard input", e);
        }
    }

    /** All octets of a file that may hold a secret. */
    static SecretBytes secret(Path file) {
        return WholeFiles.readSecret(file, MOST_SECRET_OCTETS);
    }

    /** The same of a file, or of standard input for {@code -}. */
    SecretBytes secretInput(String file) {
        return file.equals("-") ? SecretBytes.taking(input(file).toArray()) : secret(Path.of(file));
    }

    /** What to call an input in messages. */
    static String origin(String file) {
        return file.equals("-") ? "standard input" : file;
    }

    /** Octets to a file, whole or not at all; to standard output for {@code -}; a device or pipe is written to. */
    void output(String file, Bytes content) {
        output(file, content::copyTo);
    }

    /** The same for octets that come one after the other; they are in place once the last one is there. */
    void output(String file, Spool.Filling filling) {
        try {
            if (file.equals("-")) {
                filling.into(streams().out());
                toStandardOutput(out -> {});
                return;
            }
            Path target = Path.of(file);
            Path real = Files.exists(target) ? target.toRealPath() : target; // a link stays one
            if (Files.exists(real) && !Files.isRegularFile(real) && !Files.isDirectory(real)) {
                try (OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(real, StandardOpenOption.WRITE))) {
                    filling.into(out);
                }
            } else {
                try (StagedFile staged = WholeFiles.stage(real, Modes.PUBLIC_FILE, filling)) {
                    staged.settle();
                }
            }
        } catch (IOException e) {
            throw WholeFiles.failed("cannot write " + file, e);
        }
    }

    /** Octets to standard output, checked to the end. */
    void toStandardOutput(Consumer<java.io.PrintStream> writer) {
        writer.accept(streams().out());
        streams().out().flush();
        if (streams().out().checkError()) {
            throw DevpkiException.storeFailed("standard output was closed before all was written");
        }
    }

    private Actor actor() {
        String host = "localhost";
        Path name = Path.of("/proc/sys/kernel/hostname"); // asking the resolver can take seconds
        try {
            if (Files.isReadable(name)) {
                host = Files.readString(name, StandardCharsets.UTF_8).strip();
            }
        } catch (IOException e) {
            say("cannot read the host's name: " + e.getMessage());
        }
        return new Actor(System.getProperty("user.name", "unknown") + "@" + host);
    }
}
