package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.devpki.model.Checkpoint;

/** A process of the program that dies, or stands still, at a step. */
public final class Victim implements AutoCloseable {
    private static final int KILLED = 128 + 9;
    private static final long MOST_SECONDS = 60;

    private final Process process;

    private Victim(Process process) {
        this.process = process;
    }

    /** Runs a command that is killed when it reaches the step for the nth time. */
    public static void killedAt(Devpki devpki, Checkpoint.Step step, int nth, String... arguments) {
        Finished finished = devpki.tool().run(commandKilledAt(step, nth, arguments));
        assertEquals(KILLED, finished.exit(), () -> step + " was not reached: " + finished.all());
    }

    /**
     * Runs a command that is killed some time after it reaches a step, unless it has ended by then.
     *
     * @return whether it was killed
     */
    public static boolean killedAfter(Devpki devpki, Checkpoint.Step step, Duration time, String... arguments) {
        String seconds = String.format(Locale.ROOT, "%.4f", time.toNanos() / 1e9);
        Finished finished =
                devpki.tool().run(command(List.of("-Dstop.step=" + step, "-Dstop.seconds=" + seconds), arguments));
        assertTrue(finished.exit() == KILLED || finished.exit() == 0, finished::all);
        return finished.exit() == KILLED;
    }

    /** A command line that is killed when it reaches the step for the nth time, for a program that starts it. */
    public static String[] commandKilledAt(Checkpoint.Step step, int nth, String... arguments) {
        return command(List.of("-Dstop.step=" + step, "-Dstop.nth=" + nth), arguments);
    }

    /** Runs a command, fed with this, that is asked to end by SIGTERM while it is at a step for the nth time. */
    public static Finished askedToEndAt(
            Devpki devpki, Checkpoint.Step step, int nth, byte[] input, String... arguments) {
        return devpki.tool()
                .feed(
                        input,
                        command(List.of("-Dstop.step=" + step, "-Dstop.nth=" + nth, "-Dstop.term=true"), arguments));
    }

    /** Starts a command and returns when it stands at the step; closing it kills it. */
    public static Victim pausedAt(Devpki devpki, Checkpoint.Step step, String... arguments) {
        Path marker = devpki.file("paused-" + System.nanoTime());
        Process process = devpki.tool()
                .start(
                        devpki.file("paused.log"),
                        command(List.of("-Dstop.step=" + step, "-Dstop.marker=" + marker), arguments));
        Victim victim = new Victim(process);
        try {
            for (long i = 0; !Files.exists(marker); i++) {
                if (i > MOST_SECONDS * 50 || !process.isAlive()) {
                    victim.close();
                    throw new AssertionError(step + " was not reached: " + Files.readString(devpki.file("paused.log")));
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
            return victim;
        } catch (IOException | InterruptedException e) {
            victim.close();
            throw new AssertionError(e);
        }
    }

    /** Kills it by SIGKILL. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The very jar that users run, with the other main class behind it. */
    private static String[] command(List<String> properties, String... arguments) {
        List<String> plain = Arrays.asList(Devpki.command(arguments));
        int jar = plain.indexOf("-jar");
        List<String> command = new ArrayList<>(plain.subList(0, jar));
        command.addAll(properties);
        command.addAll(List.of("-cp", plain.get(jar + 1) + ":" + testClasses(), KilledMain.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return command.toArray(String[]::new);
    }

    private static String testClasses() {
        try {
            return Path.of(KilledMain.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
