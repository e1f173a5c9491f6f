package org.devpki.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.devpki.testing.Devpki;
import org.devpki.testing.Tool;

/**
 * A HiveMQ CE of our own with TLS on a free port of 127.0.0.1 that lets in who brings an access token as password; it ends
 * with the test. What it is made of is in src/test/hivemq, with its libraries, which must not meet those of devpki.
 */
final class HiveMq implements AutoCloseable {
    private static final Path HOME = Devpki.ROOT.resolve("src/test/hivemq");
    private static final Path LIBRARIES = Devpki.ROOT.resolve("target/hivemq/lib");

    private final Process process;
    private final int port;
    private final Path log;

    private HiveMq(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts it in a folder and waits until it listens.
     *
     * @param keySet read anew at each connection
     * @param chain of the server, leaf first, PEM
     * @param key its P-256 key, unencrypted PKCS #8 PEM
     */
    static HiveMq start(Path folder, Path keySet, Path chain, Path key) {
        fetchLibraries();
        int port = Mosquitto.freePort();
        Path log = folder.resolve("hivemq.log");
        Process process = Tool.in(folder)
                .start(
                        log,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        LIBRARIES + "/*",
                        HOME.resolve("TestBroker.java").toString(),
                        String.valueOf(port),
                        keySet.toString(),
                        chain.toString(),
                        key.toString(),
                        folder.toString());
        HiveMq broker = new HiveMq(process, port, log);
        try {
            Waiting.forText("the test broker is running", log, process);
        } catch (AssertionError e) {
            broker.close();
            throw e;
        }
        return broker;
    }

    /** Once for all tests of a build; the list of them is in a POM of its own. */
    private static synchronized void fetchLibraries() {
        Path isComplete = LIBRARIES.resolveSibling("complete");
        try {
            if (!Files.exists(isComplete)) {
                Tool.in(Devpki.ROOT)
                        .run("mvn", "-B", "-ntp", "-q", "-f", HOME.toString(), "dependency:copy-dependencies")
                        .exiting(0);
                Files.write(isComplete, List.of());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    int port() {
        return port;
    }

    /** What it logged so far: whom it accepted, and whom it refused why. */
    String log() {
        return Waiting.read(log);
    }

    void awaitLog(String text) {
        Waiting.forText(text, log, process);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
