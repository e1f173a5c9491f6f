package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.devpki.files.WholeFiles;

/**
 * A PostgreSQL server of Debian's, on 127.0.0.1 with a data folder of its own; it refuses to be root, so it is user
 * postgres where we are. It ends with this process, however that ends.
 */
public final class PostgresServer implements AutoCloseable {
    private static final long MOST_SECONDS = 60;
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** One for all tests that do not crash it. */
    private static final class Shared {
        static final PostgresServer SERVER = start();
    }

    private final Path home;
    private final Path binaries;
    private final int port;
    private Process process;

    private PostgresServer(Path home, Path binaries, int port) {
        this.home = home;
        this.binaries = binaries;
        this.port = port;
        this.process = run();
    }

    public static PostgresServer shared() {
        return Shared.SERVER;
    }

    /** A server of one's own, to be closed. */
    public static PostgresServer start() {
        try {
            Path home = Files.createTempDirectory("postgres");
            Path binaries = binaries();
            List<String> initdb = new ArrayList<>(asPostgres());
            if (!initdb.isEmpty()) {
                Tool.in(home).run("chown", "postgres:", home.toString()).exiting(0);
            }
            initdb.addAll(List.of(
                    binaries.resolve("initdb").toString(),
                    "--no-sync",
                    "--auth=trust",
                    "--username=devpki",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    home.resolve("data").toString()));
            Tool.in(home).run(initdb.toArray(String[]::new)).exiting(0);
            PostgresServer server = new PostgresServer(home, binaries, freePort());
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path binaries() throws IOException {
        Path all = Path.of("/usr/lib/postgresql");
        assertTrue(Files.isDirectory(all), "there is no PostgreSQL; scripts/test installs it");
        try (Stream<Path> versions = Files.list(all)) {
            return versions.max(
                            Comparator.comparingInt(version -> Integer.parseInt(String.valueOf(version.getFileName()))))
                    .orElseThrow()
                    .resolve("bin");
        }
    }

    private static List<String> asPostgres() {
        return "root".equals(System.getProperty("user.name"))
                ? List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
                : List.of();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process run() {
        List<String> command = new ArrayList<>(asPostgres());
        if (command.isEmpty()) {
            command.add("setpriv");
        }
        command.addAll(List.of(
                "--pdeathsig=QUIT", // an immediate shutdown
                binaries.resolve("postgres").toString(),
                "-D",
                home.resolve("data").toString(),
                "-p",
                String.valueOf(port),
                "-h",
                "127.0.0.1",
                "-k",
                "",
                "-c",
                "deadlock_timeout=100ms"));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        Process started = Tool.in(home).start(home.resolve("log"), command.toArray(String[]::new));
        while (!answers()) {
            if (System.nanoTime() > deadline) {
                started.destroyForcibly();
                throw new AssertionError("PostgreSQL did not start: " + log());
            }
            sleep(20);
            if (!started.isAlive()) { // processes of the one that was killed may still be ending
                started = Tool.in(home).start(home.resolve("log"), command.toArray(String[]::new));
            }
        }
        return started;
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public String log() {
        try {
            return Files.readString(home.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** As the administrator. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url("postgres"));
    }

    /** Of a database, for user devpki. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=devpki";
    }

    /** A new, empty place for a ledger: a schema of its own, which is made in no time. */
    public String newPlace() {
        String schema = "place" + COUNT.incrementAndGet();
        execute("CREATE SCHEMA " + schema);
        return url("postgres") + "&currentSchema=" + schema;
    }

    public void execute(String... statements) {
        run(url("postgres"), statements);
    }

    /** A user who must say a password. */
    public void requirePassword(String user, String password) {
        Path rules = home.resolve("data/pg_hba.conf");
        try {
            String before = Files.readString(rules);
            Files.writeString(rules, "host all " + user + " 127.0.0.1/32 scram-sha-256\n" + before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        execute("CREATE ROLE " + user + " LOGIN PASSWORD '" + password + "'");
        execute("SELECT pg_reload_conf()");
        sleep(200);
    }

    /** Statements in one transaction at a place. */
    public static void run(String place, String... statements) {
        try (Connection connection = DriverManager.getConnection(place);
                Statement sql = connection.createStatement()) {
            sql.execute(String.join(";", statements));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The first column of what a query finds at a place. */
    public static List<String> column(String place, String query) {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(place);
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return values;
    }

    /** Kills it as a power cut does: SIGKILL to the first process, at which the others end. */
    public void kill() {
        process.destroyForcibly();
        waitForEnd();
    }

    private void waitForEnd() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public void killAfter(long millis) {
        sleep(millis);
        kill();
    }

    /** Starts it again after {@link #kill}; it recovers from its log. */
    public void startAgain() {
        process = run();
    }

    /** Ends it at once, without waiting for those that are connected, and deletes what it had. */
    @Override
    public void close() {
        if (process.isAlive()) {
            Tool.in(home.getParent())
                    .run("kill", "-INT", String.valueOf(process.pid()))
                    .exiting(0);
        }
        waitForEnd();
        WholeFiles.delete(home);
    }
}
