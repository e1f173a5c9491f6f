package org.devpki.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.devpki.testing.Devpki;
import org.devpki.testing.Tool;

/**
 * A HiveMQ CE of our own with TLS on a free port of 127.0.0.1 that lets in who brings an access token as password; it ends
 * with the test. What it is made of is in src/test/hivemq, with its libraries, which must not meet those of devpki.
 */
final class HiveMq extends BrokerProcess {
    private static final Path HOME = Devpki.ROOT.resolve("src/test/hivemq");
    private static final Path LIBRARIES = Devpki.ROOT.resolve("target/hivemq/lib");

    private HiveMq(Process process, int port, Path log) {
        super(process, port, log, "the test broker is running");
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
        return new HiveMq(process, port, log);
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
}
