package org.devpki.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/**
 * Gives a station one order after the other, each when the result of the one before was read, and prints their median
 * milliseconds. {@code StationPace ORDERS NAME COMMAND…}
 */
public final class StationPace {
    private StationPace() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        long[] nanos = new long[Integer.parseInt(args[0])];
        Process station = new ProcessBuilder(List.of(args).subList(2, args.length))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (Writer orders = station.outputWriter();
                BufferedReader results = station.inputReader()) {
            expect(results.readLine(), "\"ready\"");
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                orders.write("{\"name\":\"" + args[1] + "-" + i + "\"}\n");
                orders.flush();
                expect(results.readLine(), "\"issued\"");
                nanos[i] = System.nanoTime() - start;
            }
            orders.close();
            while (results.readLine() != null) {
                // until it has ended
            }
        }
        if (station.waitFor() != 0) {
            throw new IOException("the station ended with " + station.exitValue());
        }
        System.out.printf("%.3f 0%n", DeviceRate.median(nanos));
    }

    private static void expect(String line, String word) throws IOException {
        if (line == null || !line.contains(word)) {
            throw new IOException("the station said " + line + ", expected " + word);
        }
    }
}
