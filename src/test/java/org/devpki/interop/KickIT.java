package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kick lists do what they say: Mosquitto's at a Mosquitto, those for a REST API with curl at a server that notes what it
 * is asked. EMQX and VerneMQ are not to be had here: a stand-in notes how their tools are called.
 */
@Tag("broker")
class KickIT {
    @TempDir
    private static Path home;

    private static Devpki devpki;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeAStoreWithABrokerAndDevices() {
        devpki = Devpki.withStore(home);
        run(
                "issue",
                "broker",
                "--profile",
                "broker-server",
                "--format",
                "pem",
                "--san",
                "ip:127.0.0.1",
                "--out",
                home.resolve("out").toString());
        run("ca", "export", "--bundle", "--out", home.resolve("ca.pem").toString());
        for (String id : List.of("admin", "line-1", "line-2", "line-3", "plant-1", "plant-2", "plant-3")) {
            run("issue", id, "--format", "pem", "--out", home.resolve("out").toString());
        }
    }

    private static Finished run(String... arguments) {
        return InProcess.in(home).run(arguments).exiting(0);
    }

    private Path script(String broker, String prefix) {
        Path script = folder.resolve("kick.sh");
        run("broker", "kick", broker, "--revoked-since", "1h", "--prefix", prefix, "--out", script.toString());
        return script;
    }

    @Test
    void mosquittoEndsTheSessionOfTheRevokedDeviceAloneAndItDoesNotComeBack() throws IOException {
        // given two devices with a session each
        try (Mosquitto broker = startMosquitto()) {
            Process lost = subscribe(broker, "line-1");
            Process other = subscribe(broker, "line-2");
            try {
                broker.awaitLog("Sending SUBACK to line-1");
                broker.awaitLog("Sending SUBACK to line-2");

                // when one is revoked, the broker reads the CRL, and only then the script runs
                run("revoke", "line-1", "--reason", "key-compromise");
                run("crl", "publish", "--hook", "kill -HUP " + broker.pid());
                broker.awaitReload(1);
                boolean isUpAfterTheReload = !broker.log().contains("Client line-1 ");
                mosquittoCtrl(broker)
                        .run("sh", script("mosquitto", "line-").toString())
                        .exiting(0);

                // then
                assertTrue(isUpAfterTheReload, broker::log);
                broker.awaitLog("Client line-1 been disconnected by administrative action");
                broker.awaitLog("certificate verify failed"); // it tries again
                assertEquals(2, broker.log().split(" as line-1 \\(", -1).length, broker::log);
                assertFalse(broker.log().contains("Client line-2 "), broker::log);
                assertTrue(other.isAlive());
            } finally {
                lost.destroy();
                other.destroy();
            }

            // and whom the plugin does not know, and a broker that is not there, are told of
            run("revoke", "line-3");
            Finished unknown =
                    mosquittoCtrl(broker).run("sh", script("mosquitto", "line-").toString());
            broker.close();
            Finished nobody =
                    mosquittoCtrl(broker).run("sh", script("mosquitto", "line-").toString());

            assertEquals(1, unknown.exit(), unknown::all);
            assertTrue(unknown.err().contains("line-3: disableClient: Error: Client not found"), unknown::all);
            assertTrue(unknown.err().contains("1 not kicked"), unknown::all);
            assertEquals(1, nobody.exit(), nobody::all);
            assertTrue(nobody.err().contains("Connection refused"), nobody::all);
        }
    }

    private Mosquitto startMosquitto() throws IOException {
        Path plugin = Path.of(Tool.in(folder)
                .run("sh", "-c", "dpkg -L mosquitto | grep '/mosquitto_dynamic_security.so$'")
                .exiting(0)
                .out()
                .strip());
        Path clients = Files.writeString(folder.resolve("dynamic-security.json"), """
                {"defaultACLAccess":
                    {"publishClientSend": true, "publishClientReceive": true, "subscribe": true, "unsubscribe": true},
                 "clients": [{"username": "admin", "roles": [{"rolename": "admin"}]},
                    {"username": "line-1"}, {"username": "line-2"}],
                 "roles": [{"rolename": "admin", "acls": [
                    {"acltype": "publishClientSend", "topic": "$CONTROL/#", "allow": true},
                    {"acltype": "publishClientReceive", "topic": "$CONTROL/#", "allow": true},
                    {"acltype": "subscribePattern", "topic": "$CONTROL/#", "allow": true}]}]}
                """);
        return Mosquitto.start(
                folder,
                "certfile " + devpki.file("out/broker/chain.pem"),
                "keyfile " + devpki.file("out/broker/key.pem"),
                "cafile " + devpki.file("ca.pem"),
                "crlfile " + devpki.file("pki/publish/crl/all.crl.pem"),
                "require_certificate true",
                "use_identity_as_username true",
                "use_username_as_clientid true",
                "allow_anonymous false",
                "plugin " + plugin,
                "plugin_opt_config_file " + clients);
    }

    private Process subscribe(Mosquitto broker, String id) {
        return Tool.in(folder)
                .start(
                        folder.resolve(id + ".log"),
                        "mosquitto_sub",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(broker.port()),
                        "--cafile",
                        devpki.file("ca.pem").toString(),
                        "--cert",
                        devpki.file("out/" + id + "/chain.pem").toString(),
                        "--key",
                        devpki.file("out/" + id + "/key.pem").toString(),
                        "-t",
                        "devices/" + id + "/#");
    }

    /** With the file that says where the broker is and who asks. */
    private Tool mosquittoCtrl(Mosquitto broker) throws IOException {
        Files.write(
                folder.resolve("mosquitto_ctrl"),
                List.of(
                        "-h 127.0.0.1",
                        "-p " + broker.port(),
                        "--cafile " + devpki.file("ca.pem"),
                        "--cert " + devpki.file("out/admin/chain.pem"),
                        "--key " + devpki.file("out/admin/key.pem")));
        return Tool.in(folder).with("XDG_CONFIG_HOME", folder.toString());
    }

    @Test
    void theApisOfEmqxAndHiveMqAreAskedAsTheirManualsSay() throws IOException {
        // given
        run("revoke", "plant-1", "--reason", "key-compromise");
        run("revoke", "plant-3");
        Files.writeString(folder.resolve(".netrc"), "machine 127.0.0.1 login key password secret\n");
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            String path = exchange.getRequestURI().getPath();
            exchange.sendResponseHeaders(path.contains("plant-1") ? 404 : path.contains("plant-3") ? 503 : 204, -1);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort();
            Tool tool = Tool.in(folder)
                    .with("HOME", folder.toString())
                    .with("EMQX_API", address)
                    .with("HIVEMQ_API", address);

            // when
            Finished emqx = tool.run("sh", script("emqx-api", "plant-").toString());
            Finished hivemq = tool.run("sh", script("hivemq", "plant-").toString());

            // then
            String basic = "Basic " + Base64.getEncoder().encodeToString("key:secret".getBytes(StandardCharsets.UTF_8));
            assertEquals(
                    List.of(
                            "POST /api/v5/clients/kickout/bulk [\"plant-1\",\"plant-3\"]" + basic,
                            "DELETE /api/v1/mqtt/clients/plant-1/connection " + basic,
                            "DELETE /api/v1/mqtt/clients/plant-3/connection " + basic),
                    asked);
            emqx.exiting(0);
            assertEquals("plant-3: 503\n1 not kicked\n", hivemq.err());
            assertEquals(1, hivemq.exit());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void theToolsOfEmqxAndVerneMqAreCalledOnceAClientAndAFailureIsTold() throws IOException {
        // given stand-ins that note their arguments, and fail for one client
        run("revoke", "plant-1", "--reason", "key-compromise");
        run("revoke", "plant-3");
        for (String name : List.of("emqx", "vmq-admin")) {
            Path standIn = Files.writeString(
                    folder.resolve(name), "#!/bin/sh\necho \"$#: $*\"\ncase $* in *plant-3) exit 1 ;; esac\n");
            assertTrue(standIn.toFile().setExecutable(true));
        }
        Tool tool = Tool.in(folder).with("PATH", folder + ":" + System.getenv("PATH"));

        // when
        Finished emqx = tool.run("sh", script("emqx", "plant-").toString());
        Finished vernemq = tool.run("sh", script("vernemq", "plant-").toString());

        // then
        assertEquals("4: ctl clients kick plant-1\n4: ctl clients kick plant-3\n", emqx.out());
        assertEquals(
                "3: session disconnect client-id=plant-1\n3: session disconnect client-id=plant-3\n", vernemq.out());
        for (Finished finished : List.of(emqx, vernemq)) {
            assertEquals(1, finished.exit());
            assertEquals("1 not kicked\n", finished.err());
        }
    }
}
