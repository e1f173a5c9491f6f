package org.devpki.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.KeySpec;
import org.devpki.testing.TestKeys;
import org.devpki.x509.Engine;
import org.devpki.x509.SigningKey;

/**
 * What a P-256 device costs at the least: a key made, a certificate's octets signed, the signature verified. {@code
 * DeviceRate rate SECONDS} prints how many a second native code does on all cores; {@code DeviceRate order FOLDER ORDERS}
 * the median milliseconds of one after the other, each followed by one durable commit to SQLite in the folder.
 */
public final class DeviceRate {
    private static final Bytes TO_BE_SIGNED = Bytes.of(new byte[400]);

    private final Engine engine = Engines.named("native");
    private final SigningKey key = TestKeys.signing(TestKeys.P_256, "bench").by(engine);
    private final SecureRandom random = new SecureRandom();

    private DeviceRate() {}

    public static void main(String[] args) throws IOException, SQLException {
        DeviceRate bench = new DeviceRate();
        if (args[0].equals("rate")) {
            double seconds = Double.parseDouble(args[1]);
            bench.rate(Math.min(seconds, 3)); // until the compiler is done
            System.out.printf("%.0f 0%n", bench.rate(seconds));
        } else {
            System.out.printf("%.3f 0%n", bench.order(Path.of(args[1]), Integer.parseInt(args[2])));
        }
    }

    private void device() {
        try (DeviceKey device = engine.generate(KeySpec.parse("P-256"), random)) {
            Bytes signature = key.sign(TO_BE_SIGNED);
            if (!engine.verify(TO_BE_SIGNED, key.algorithm(), signature.toArray(), key.publicKey())) {
                throw new AssertionError("the signature of " + device.publicKey() + " does not verify");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double rate(double seconds) {
        LongAdder devices = new LongAdder();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .parallel()
                .forEach(thread -> {
                    while (System.nanoTime() - end < 0) {
                        device();
                        devices.increment();
                    }
                });
        return devices.sum() * 1e9 / (System.nanoTime() - start);
    }

    private double order(Path folder, int orders) throws IOException, SQLException {
        Path file = Files.createTempFile(folder, "bench", ".db");
        long[] nanos = new long[orders];
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute("CREATE TABLE device (certificate BLOB NOT NULL)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO device VALUES (?)")) {
                for (int i = 0; i < orders; i++) {
                    long start = System.nanoTime();
                    device();
                    insert.setBytes(1, new byte[600]);
                    insert.executeUpdate();
                    nanos[i] = System.nanoTime() - start;
                }
            }
        }
        return median(nanos);
    }

    /** Of the second half: in milliseconds, once the compiler is done. */
    static double median(long[] nanos) {
        long[] late = Arrays.copyOfRange(nanos, nanos.length / 2, nanos.length);
        Arrays.sort(late);
        return late[late.length / 2] / 1e6;
    }
}
