package org.devpki.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.devpki.model.Checkpoint;

/**
 * What a process gets from its surroundings; tests bring their own.
 *
 * @param secretPrompt asks a person for a secret without echo; absent where there is no terminal
 * @param isOutTerminal whether standard output is a terminal, which must never see a private key
 * @param isErrTerminal whether standard error is one, where a line may change
 */
public record Streams(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Clock clock,
        SecureRandom random,
        Checkpoint checkpoint,
        Optional<Function<String, char[]>> secretPrompt,
        Optional<Function<String, String>> prompt,
        boolean isOutTerminal,
        boolean isErrTerminal) {

    public static Streams ofProcess() {
        return ofProcess(Clock.systemUTC(), Checkpoint.NONE);
    }

    /** The process's own, but for the clock and for who is told of each step. */
    public static Streams ofProcess(Clock clock, Checkpoint checkpoint) {
        Optional<Console> console = Optional.ofNullable(System.console()).filter(Streams::isTerminal);
        return new Streams(
                System.in,
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                System.getenv(),
                clock,
                new SecureRandom(),
                checkpoint,
                console.map(c -> question -> c.readPassword("%s", question)),
                console.map(c -> question -> c.readLine("%s", question)),
                console.isPresent() || isTerminal(1),
                isTerminal(2));
    }

    /** The console is there only if input is a terminal too; the system tells where a file descriptor alone goes. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // a system without /proc
        }
    }

    /** Since 22 the JDK has a console where there is no terminal; its isTerminal tells, which 17 lacks. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
