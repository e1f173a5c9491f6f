package org.devpki.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/** Commands that an operator wants to be run after a change, such as a broker's reload. */
final class Hooks {
    private static final long MOST_SECONDS = 60;

    private Hooks() {}

    /**
     * Runs a command by the shell, with {@code DEVPKI_SHELF} naming the shelf; what it prints goes to {@code words}.
     *
     * @throws DevpkiException STORE_FAILED if it fails or takes more than a minute; the change itself stands
     */
    static void run(String command, String shelf, Consumer<String> words) {
        run(command, shelf, "the CRLs are published", words);
    }

    /**
     * The same after another change.
     *
     * @param done says of the change that it stands
     */
    static void run(String command, String shelf, String done, Consumer<String> words) {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.toUpperCase(Locale.ROOT).contains("PASSPHRASE"));
        environment.put("DEVPKI_SHELF", shelf);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            Thread reader = new Thread(() -> pass(process, words), "hook output");
            reader.setDaemon(true);
            reader.start();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw failed(done, command, "it took more than " + MOST_SECONDS + " s");
            }
            reader.join(TimeUnit.SECONDS.toMillis(1)); // a child of the hook may keep the pipe open
            if (process.exitValue() != 0) {
                throw failed(done, command, "it exited with " + process.exitValue());
            }
        } catch (IOException e) {
            throw failed(done, command, "it did not start").causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(done, command, "interrupted").causedBy(e);
        }
    }

    private static void pass(Process process, Consumer<String> words) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                words.accept("hook: " + line);
            }
        } catch (IOException e) {
            words.accept("hook: its output ended early: " + e.getMessage());
        }
    }

    private static DevpkiException failed(String done, String command, String why) {
        return DevpkiException.storeFailed(done + ", but hook " + Quoted.of(command) + " failed: " + why)
                .hint("the next run of the same command runs it again");
    }
}
