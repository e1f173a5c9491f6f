package org.devpki.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.devpki.model.Actor;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.Reservation;
import org.devpki.model.SerialNumber;
import org.devpki.model.Validity;
import org.devpki.store.SqlStore;
import org.devpki.store.Store;

/**
 * Prints how many certificates a second go through a ledger, reserved, recorded and delivered in a transaction each or in
 * one with those of other threads: {@code LedgerRate ledger FOLDER COUNT THREADS}. {@code LedgerRate commits FOLDER COUNT
 * GROUP} prints what the database does by itself: as many rows of that size, so many in a transaction, synced.
 */
public final class LedgerRate {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Bytes HASH = Bytes.utf8("bench").sha256();
    private static final CertificateDer DER = new CertificateDer(Bytes.of(new byte[600]));

    private LedgerRate() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[1]), "ledger");
        int count = Integer.parseInt(args[2]);
        int how = Integer.parseInt(args[3]);
        double seconds = args[0].equals("ledger") ? ledger(folder, count, how) : commits(folder, count, how);
        System.out.printf("%.0f 0%n", count / seconds);
    }

    private static double ledger(Path folder, int count, int threads) throws ExecutionException, InterruptedException {
        SqlStore.Place place = new SqlStore.Place("jdbc:sqlite:ledger.db", folder, Duration.ofMinutes(1));
        ExecutorService some = Executors.newFixedThreadPool(threads);
        try (SqlStore store = SqlStore.create(place, Clock.systemUTC(), new Actor("bench@localhost"))) {
            long start = System.nanoTime();
            List<? extends Future<?>> all = IntStream.range(0, count)
                    .mapToObj(i -> some.submit(() -> certificate(store, "d" + i)))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
            return (System.nanoTime() - start) / 1e9;
        } finally {
            some.shutdown();
        }
    }

    private static void certificate(Store store, String name) {
        byte[] octets = new byte[16];
        ThreadLocalRandom.current().nextBytes(octets);
        octets[0] = (byte) ((octets[0] & 0x3f) | 0x40);
        SerialNumber serial = SerialNumber.parse(Bytes.of(octets).hex());
        store.reserve(
                new Reservation(
                        CaName.ISSUING,
                        serial,
                        name,
                        "device-mqtt",
                        HASH,
                        HASH,
                        Bytes.utf8(name).sha256(),
                        HASH,
                        new Validity(START, START.plus(Duration.ofDays(3650))),
                        0,
                        Optional.empty(),
                        true),
                Set.of(),
                List.of());
        IssuerAndSerialNumber of = new IssuerAndSerialNumber(CaName.ISSUING, serial);
        store.record(of, DER);
        store.deliver(of, "bench");
    }

    private static double commits(Path folder, int count, int group) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("bench.db"));
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA journal_mode=WAL");
            sql.execute("PRAGMA synchronous=FULL");
            sql.execute("CREATE TABLE device (serial BLOB PRIMARY KEY, certificate BLOB NOT NULL)");
            long start = System.nanoTime();
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO device VALUES (?, ?)")) {
                for (int i = 0; i < count; i++) {
                    if (i % group == 0) {
                        sql.execute("BEGIN IMMEDIATE");
                    }
                    insert.setBytes(1, Bytes.utf8("d" + i).sha256().toArray());
                    insert.setBytes(2, new byte[1000]);
                    insert.executeUpdate();
                    if (i % group == group - 1 || i == count - 1) {
                        sql.execute("COMMIT");
                    }
                }
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }
}
