package org.devpki.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.devpki.testing.Devpki;
import org.devpki.testing.Tool;

/** An aedes of our own with TLS, which speaks MQTT 3.1.1; what it is made of is in src/test/aedes. */
final class Aedes extends BrokerProcess {
    private static final Path SOURCE = Devpki.ROOT.resolve("src/test/aedes");
    private static final Path HOME = Devpki.ROOT.resolve("target/aedes");

    private Aedes(Process process, int port, Path log) {
        super(process, port, log, "the test broker is running");
    }

    /** @param settings files by the names that broker.mjs gives them */
    static Aedes start(Path folder, Map<String, Path> settings) {
        fetch();
        int port = Mosquitto.freePort();
        Path log = folder.resolve("aedes.log");
        String json = settings.entrySet().stream()
                .map(each -> ",\"" + each.getKey() + "\":\"" + each.getValue() + "\"")
                .collect(Collectors.joining("", "{\"port\":" + port, "}"));
        return new Aedes(
                Tool.in(folder).start(log, "node", HOME.resolve("broker.mjs").toString(), json), port, log);
    }

    /** Once for all tests of a build; the lock file says what. */
    private static synchronized void fetch() {
        Path isComplete = HOME.resolve("complete");
        try {
            Files.createDirectories(HOME);
            for (String file : List.of("package.json", "package-lock.json", "broker.mjs")) {
                Files.write(HOME.resolve(file), Files.readAllBytes(SOURCE.resolve(file)));
            }
            if (!Files.exists(isComplete)) {
                Tool.in(HOME)
                        .run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                        .exiting(0);
                Files.write(isComplete, List.of());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
