package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.devpki.model.Bytes;
import org.devpki.testing.Devpki;
import org.devpki.testing.InProcess;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The projects in {@code examples/}, compiled and run on this machine with what devpki exports. ESP-IDF is played by
 * {@code src/test/c/idf}, which has its names and types as its headers have them, and nothing else of it.
 */
class ExamplesIT {
    private static final Path EXAMPLES = Devpki.ROOT.resolve("examples/esp-idf");
    private static final Path SHARED = EXAMPLES.resolve("components/devpki_mqtt");
    private static final Path CLIENT = SHARED.resolve("devpki_mqtt_client.c");
    private static final Path SOURCES = Devpki.ROOT.resolve("src/test/c");
    private static final String ID = "esp32-cert-client-01";
    private static final String URI = "-DCONFIG_DEVPKI_MQTT_URI=\"mqtts://mqtt.acme.example:8883\"";

    @TempDir
    private static Path home;

    private static InProcess devpki;

    /** What {@code issue --format embed} wrote. */
    private static Path bundle;

    @BeforeAll
    static void issueABundle() throws IOException {
        Files.writeString(home.resolve("passphrase"), "correct horse\n");
        devpki = InProcess.in(home);
        devpki.run("init", "--root-key", "P-256", "--crl-url", "http://c.example", "--ocsp-url", "http://o.example")
                .exiting(0);
        devpki.run(
                        "issue",
                        ID,
                        "--format",
                        "embed",
                        "--out",
                        home.resolve("out").toString())
                .exiting(0);
        bundle = home.resolve("out").resolve(ID);
    }

    /** Compiled with all warnings as errors; the program's own folder is where it finds files. */
    private static Path compile(String name, Object... more) {
        List<String> command = new ArrayList<>(List.of("gcc", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-o", name));
        command.addAll(List.of("-I", SOURCES.resolve("idf").toString()));
        command.addAll(List.of("-I", SHARED.resolve("include").toString()));
        Arrays.stream(more).map(Object::toString).forEach(command::add);
        command.addAll(List.of("-lmbedx509", "-lmbedcrypto"));
        Tool.in(home).run(command.toArray(String[]::new)).exiting(0);
        return home.resolve(name);
    }

    private static String run(Path folder, Path program) {
        return Tool.in(folder).run(program.toString()).exiting(0).out();
    }

    private static Path example(String name) {
        return EXAMPLES.resolve(name).resolve("main/app_main.c");
    }

    @ParameterizedTest
    @CsvSource({
        "embedded, -DCONFIG_DEVPKI_KEY_EMBEDDED=1, key -0x0000",
        "secure-cert, -DCONFIG_DEVPKI_KEY_SECURE_CERT=1, key -0x0000",
        "ds, -DCONFIG_DEVPKI_KEY_DS=1 -DCONFIG_ESP_SECURE_CERT_DS_PERIPHERAL=1, ds"
    })
    void theCertificateExampleHandsTheBundleToTheClientWhereverTheKeyIs(String name, String choice, String key) {
        // given
        List<Object> arguments = new ArrayList<>(List.of(choice.split(" ")));
        arguments.addAll(List.of(URI, "-DCONFIG_DEVPKI_CLIENT_ID=\"" + ID + "\"", "-I", bundle));
        arguments.addAll(List.of(example("certificate"), CLIENT, SOURCES.resolve("idf/host.c")));
        arguments.addAll(List.of("-DHAS_KEY", SOURCES.resolve("embedded.S")));

        // when
        String told = run(bundle, compile("certificate-" + name, arguments.toArray()));

        // then
        assertEquals("""
                uri mqtts://mqtt.acme.example:8883
                client-id esp32-cert-client-01
                ca -0x0000
                chain -0x0000
                %s
                started
                """.formatted(key), told);
    }

    @ParameterizedTest
    @CsvSource({"certificate"})
    void theFilesThatAnExampleEmbedsAreThoseOfTheBundle(String name) throws IOException {
        // given
        String build = Files.readString(EXAMPLES.resolve(name).resolve("main/CMakeLists.txt"));

        // when
        List<String> embedded = Pattern.compile("\"certs/([^\"]+)\"")
                .matcher(build)
                .results()
                .map(match -> match.group(1))
                .toList();

        // then
        assertEquals(List.of("server_root_ca.pem", "client_crt.pem", "client_key.pem"), embedded);
        for (String file : embedded) {
            assertTrue(Files.exists(bundle.resolve(file)), file);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0x801a, 0x2700, 0x08, 0, 0, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED MBEDTLS_ERR_X509_CERT_VERIFY_FAILED MBEDTLS_X509_BADCERT_NOT_TRUSTED",
        "1, 0x801a, -0x7780, 0, 0, 0, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE",
        "1, 0x8001, 0, 0, 0, 0, ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME",
        "1, 0x8004, 0, 0, 111, 0, ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST",
        "1, 0, 0x2180, 0, 0, 0, MBEDTLS_ERR_X509_INVALID_FORMAT",
        "1, 0, 0x2700, 0x05, 0, 0, MBEDTLS_X509_BADCERT_EXPIRED MBEDTLS_X509_BADCERT_CN_MISMATCH",
        "2, 0, 0, 0, 0, 1, MQTT_CONNECTION_REFUSE_PROTOCOL",
        "2, 0, 0, 0, 0, 2, MQTT_CONNECTION_REFUSE_ID_REJECTED",
        "2, 0, 0, 0, 0, 3, MQTT_CONNECTION_REFUSE_SERVER_UNAVAILABLE",
        "2, 0, 0, 0, 0, 4, MQTT_CONNECTION_REFUSE_BAD_USERNAME",
        "2, 0, 0, 0, 0, 5, MQTT_CONNECTION_REFUSE_NOT_AUTHORIZED",
        "2, 0, 0, 0, 0, 0x87, MQTT5_NOT_AUTHORIZED"
    })
    void whatTheHandlerLogsIsWhatExplainExplains(
            String type, String esp, String stack, String flags, String errno, String connack, String names) {
        // given
        Path program = home.resolve("log_error");
        if (!Files.exists(program)) {
            compile("log_error", CLIENT, SOURCES.resolve("idf/log_error.c"), SOURCES.resolve("idf/host.c"));
        }

        // when
        String codes = String.join(" ", type, esp, stack, flags, errno, connack);
        String log = Tool.in(home)
                .feed(codes.getBytes(StandardCharsets.UTF_8), program.toString())
                .exiting(0)
                .out();
        String explained = devpki.feeding(Bytes.of(log.getBytes(StandardCharsets.UTF_8)))
                .run("explain", "-")
                .exiting(0)
                .out();

        // then
        for (String name : names.split(" ")) {
            assertTrue(explained.contains(name), log + explained);
        }
    }
}
