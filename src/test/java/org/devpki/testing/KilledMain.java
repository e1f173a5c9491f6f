package org.devpki.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.devpki.cli.Cli;
import org.devpki.cli.Streams;
import org.devpki.model.Checkpoint;

/**
 * The program, but for one step at which it stops: there it kills itself, as a power cut would, or stands still with
 * whatever it holds. System properties say where: {@code stop.step}, {@code stop.nth}; for standing still
 * {@code stop.marker}, a file that is made once it stands; for going on until it is killed {@code stop.seconds}; and for
 * being asked to end by SIGTERM, meanwhile and once, {@code stop.term}.
 */
public final class KilledMain {
    private KilledMain() {}

    public static void main(String[] arguments) {
        Checkpoint.Step last = Checkpoint.Step.valueOf(System.getProperty("stop.step"));
        int nth = Integer.getInteger("stop.nth", 1);
        AtomicInteger times = new AtomicInteger();
        Checkpoint checkpoint = step -> {
            if (step == last && times.incrementAndGet() == nth) {
                stop();
            }
        };
        System.exit(new Cli(Streams.ofProcess(Clock.systemUTC(), checkpoint)).run(arguments));
    }

    private static void stop() {
        try {
            String marker = System.getProperty("stop.marker", "");
            if (Boolean.getBoolean("stop.term")) {
                new ProcessBuilder(
                                "kill", String.valueOf(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
                awaitShutdown();
                return;
            }
            String seconds = System.getProperty("stop.seconds", "");
            if (!seconds.isEmpty()) {
                kill("sleep " + seconds + "; ");
                return;
            }
            if (marker.isEmpty()) {
                kill("");
            } else {
                Files.createFile(Path.of(marker));
            }
            TimeUnit.MINUTES.sleep(3);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("not killed");
    }

    /** The system takes its time to tell of a signal; from then on no hook is taken any more. */
    private static void awaitShutdown() throws InterruptedException {
        try {
            while (true) {
                Thread hook = new Thread(() -> {});
                Runtime.getRuntime().addShutdownHook(hook);
                Runtime.getRuntime().removeShutdownHook(hook);
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (IllegalStateException e) {
            TimeUnit.MILLISECONDS.sleep(200); // for the hooks that are there to start
        }
    }

    private static void kill(String before) throws IOException {
        String kill = before + "kill -9 " + ProcessHandle.current().pid();
        new ProcessBuilder("/bin/sh", "-c", kill).start();
    }
}
