package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatabaseTest {
    private static final int WRITERS = 8;

    @TempDir
    Path folder;

    private final AtomicInteger transactions = new AtomicInteger();
    private Database db;

    @BeforeEach
    void open() {
        Dialect sqlite = new SqliteDialect();
        Dialect counting = (Dialect) Proxy.newProxyInstance(
                Dialect.class.getClassLoader(), new Class<?>[] {Dialect.class}, (proxy, method, values) -> {
                    if (method.getName().equals("begin")) {
                        transactions.incrementAndGet();
                    }
                    try {
                        return method.invoke(sqlite, values);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        db = new Database(counting, new SqlStore.Place("jdbc:sqlite:ledger.db", folder, Duration.ofMillis(300)), true);
        db.change(() -> db.execute("CREATE TABLE thing (name TEXT PRIMARY KEY)"));
        transactions.set(0);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void whatThreadsWriteAtOneTimeIsOneTransaction() throws Exception {
        List<FutureTask<String>> writers = writeAtOneTime(name -> insert(name));

        for (FutureTask<String> writer : writers) {
            assertEquals(1, named(writer.get()));
        }
        assertEquals(1, transactions.get());
    }

    @Test
    void oneThatFailsHarmsNoOther() throws Exception {
        List<FutureTask<String>> writers = writeAtOneTime(name -> {
            insert(name);
            if (name.equals("thing-3")) {
                throw DevpkiException.refused("thing 3 is not wanted");
            }
            if (name.equals("thing-5")) {
                insert(name); // a second one, against the key
            }
        });

        for (int i = 0; i < WRITERS; i++) {
            FutureTask<String> writer = writers.get(i);
            if (i == 3) {
                assertFault(Fault.REFUSED, "thing 3 is not wanted", () -> result(writer));
            } else if (i == 5) {
                assertFault(Fault.STORE_FAILED, "UNIQUE constraint failed", () -> result(writer));
            } else {
                result(writer);
            }
            assertEquals(i == 3 || i == 5 ? 0 : 1, named("thing-" + i), "thing " + i);
        }
        assertEquals(1 + WRITERS, transactions.get());
    }

    @Test
    void whoeverWaitsForAnotherProcessInVainWaitsOnceForAll() throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db"));
                Statement sql = other.createStatement()) {
            sql.execute("BEGIN IMMEDIATE");

            List<FutureTask<String>> writers = writeAtOneTime(name -> insert(name));

            for (FutureTask<String> writer : writers) {
                assertFault(Fault.BUSY, "locked", () -> result(writer));
            }
            assertEquals(1, transactions.get());
        }
    }

    @Test
    void aTransactionWithinATransactionIsABug() {
        assertThrows(IllegalStateException.class, () -> db.change(() -> db.change(() -> insert("inner"))));

        assertEquals(0, named("inner"));
    }

    /** What one of several threads does in its transaction. */
    @FunctionalInterface
    private interface Writing {
        void of(String name) throws SQLException;
    }

    /** Threads that all wait while the connection is taken. */
    private List<FutureTask<String>> writeAtOneTime(Writing writing) throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        Thread reader = new Thread(() -> db.look(() -> {
            taken.countDown();
            try {
                free.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }));
        reader.start();
        taken.await();
        List<FutureTask<String>> writers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String name = "thing-" + i;
            FutureTask<String> writer = new FutureTask<>(() -> {
                db.change(() -> writing.of(name));
                return name;
            });
            writers.add(writer);
            threads.add(new Thread(writer));
        }
        threads.forEach(Thread::start);
        while (threads.stream().anyMatch(thread -> thread.getState() != Thread.State.BLOCKED)) {
            Thread.sleep(1);
        }
        free.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        return writers;
    }

    private static String result(FutureTask<String> writer) {
        try {
            return writer.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void insert(String name) throws SQLException {
        db.update("INSERT INTO thing (name) VALUES (?)", name);
    }

    private int named(String name) {
        return db.read(() -> db.query("SELECT name FROM thing WHERE name = ?", row -> row.getString(1), name)
                .size());
    }
}
