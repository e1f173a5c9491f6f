package org.devpki.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.devpki.testing.Tool;

/** A Mosquitto of our own on a free port of 127.0.0.1; it ends with the test. */
final class Mosquitto extends BrokerProcess {
    private Mosquitto(Process process, int port, Path log) {
        super(process, port, log, " running");
    }

    /** Starts it in a folder, with lines of its configuration beside the listener, and waits until it listens. */
    static Mosquitto start(Path folder, String... settings) {
        int port = freePort();
        List<String> lines = new ArrayList<>(List.of(
                "listener " + port + " 127.0.0.1",
                "user root", // counts only for root, who would lose the right to read the key otherwise
                "log_dest stderr",
                "log_type all"));
        lines.addAll(Arrays.asList(settings));
        return start(folder, port, lines);
    }

    /** Starts it with a folder of configuration that has its listeners in it, the first of them on this port. */
    static Mosquitto startWith(Path folder, Path configuration, int port) {
        return start(
                folder, port, List.of("user root", "log_dest stderr", "log_type all", "include_dir " + configuration));
    }

    private static Mosquitto start(Path folder, int port, List<String> lines) {
        try {
            Path configuration = Files.write(folder.resolve("mosquitto.conf"), lines);
            Path log = folder.resolve("mosquitto.log");
            Process process = Tool.in(folder).start(log, "mosquitto", "-c", configuration.toString());
            return new Mosquitto(process, port, log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The first of two that are free one behind the other. */
    static int freePorts() {
        for (int port = freePort(); ; port = freePort()) {
            if (isFree(port + 1)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false; // somebody has it
        }
    }

    long pid() {
        return process.pid();
    }

    /** Waits for the nth reload since its start; connections from then on meet the new files. */
    void awaitReload(int nth) {
        Waiting.until(() -> log().split("Reloading config\\.", -1).length > nth, () -> nth + " reloads in\n" + log());
    }
}
