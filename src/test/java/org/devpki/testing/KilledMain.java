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
 * whatever it holds. System properties say where: {@code stop.step}, {@code stop.nth}, and for standing still
 * {@code stop.marker}, a file that is made once it stands.
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
            if (marker.isEmpty()) {
                new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                "kill -9 " + ProcessHandle.current().pid())
                        .start();
            } else {
                Files.createFile(Path.of(marker));
            }
            TimeUnit.MINUTES.sleep(3);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("not killed");
    }
}
