package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The projects in {@code examples/}, compiled and run on this machine with what devpki exports. ESP-IDF is played by
 * {@code src/test/c/idf}, which has its names and types as its headers have them, and nothing else of it.
 */
@Tag("long")
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
    @CsvSource({"certificate", "token"})
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
        "plain-1, device-mqtt, P-256, esp32, sdkconfig.secure-cert",
        "ds-1, device-ds-rsa, RSA-2048, esp32c3, sdkconfig.ds"
    })
    void theCertificateExampleIsSetUpForTheImageThatDevpkiMakes(
            String device, String profile, String key, String chip, String settings) throws IOException {
        // given
        devpki.run(
                        "issue",
                        device,
                        "--profile",
                        profile,
                        "--key",
                        key,
                        "--target",
                        chip,
                        "--format",
                        "esp-secure-cert",
                        "--out",
                        home.resolve("out").toString())
                .exiting(0);
        Path exported = home.resolve("out").resolve(device);
        Path project = EXAMPLES.resolve("certificate");

        // when
        String partitions = Files.readString(project.resolve("partitions.csv")).replaceAll(" +", " ");
        String configured =
                Files.readString(project.resolve("sdkconfig.defaults")) + Files.readString(project.resolve(settings));

        // then
        for (String line : Files.readAllLines(exported.resolve("esp_secure_cert.partitions.csv"))) {
            assertTrue(line.startsWith("#") || partitions.contains(line), line);
        }
        for (String line : Files.readAllLines(exported.resolve("esp_secure_cert.sdkconfig.defaults"))) {
            assertTrue(!line.contains("CONFIG_") || configured.contains(line + "\n"), line);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0x801a, 0x2700, 0x08, 0, 0, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED MBEDTLS_ERR_X509_CERT_VERIFY_FAILED MBEDTLS_X509_BADCERT_NOT_TRUSTED",
        "1, 0x801a, -0x7780, 0, 0, 0, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE",
        "1, 0x8001, 0, 0, 0, 0, ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME",
        "1, 0x8004, 0, 0, 111, 0, ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST ECONNREFUSED",
        "1, 0, 0, 0, 104, 0, ECONNRESET",
        "1, 0, 0, 0, 113, 0, ECONNABORTED",
        "1, 0, 0, 0, 118, 0, EHOSTUNREACH",
        "1, 0, 0, 0, 128, 0, ENOTCONN",
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
        for (String name : List.of(names.split(" "))) {
            assertTrue(explained.contains(name), log + explained);
        }
    }

    /** The lines of {@code sdkconfig.password}, as a build gives them to the compiler. */
    private static List<Object> configured(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("sdkconfig.password")).stream()
                .filter(line -> line.startsWith("CONFIG_"))
                .map(line -> (Object) ("-D" + line))
                .toList();
    }

    private static Path passwordFor(String device, String uri) {
        Path out = home.resolve("passwords");
        devpki.run(
                        "password",
                        "issue",
                        device,
                        "--out",
                        out.toString(),
                        "--format",
                        "sdkconfig",
                        "--format",
                        "header",
                        "--uri",
                        uri)
                .exiting(0);
        return out.resolve(device + "+password");
    }

    @Test
    void thePasswordExampleLogsInByWhatStandsInSdkconfig() throws IOException {
        // given
        Path folder = passwordFor("sensor-7", "mqtts://mqtt.acme.example:8884");
        List<Object> arguments = new ArrayList<>(configured(folder));
        arguments.addAll(List.of("-DCONFIG_DEVPKI_LOGIN_SDKCONFIG=1", example("password"), CLIENT));
        arguments.addAll(List.of(SOURCES.resolve("idf/host.c"), "-I", bundle, SOURCES.resolve("embedded.S")));

        // when
        String told = run(bundle, compile("password-sdkconfig", arguments.toArray()));

        // then
        assertEquals(
                """
                uri mqtts://mqtt.acme.example:8884
                client-id sensor-7
                ca -0x0000
                user sensor-7 %s
                started
                """.formatted(Files.readString(folder.resolve("password.txt")).strip()), told);
    }

    @Test
    void aBrokerWithoutTlsIsRefused() throws IOException {
        // given
        Path folder = passwordFor("sensor-8", "mqtt://mqtt.acme.example:1883");
        List<Object> arguments = new ArrayList<>(configured(folder));
        arguments.addAll(List.of("-DCONFIG_DEVPKI_LOGIN_SDKCONFIG=1", example("password"), CLIENT));
        arguments.addAll(List.of(SOURCES.resolve("idf/host.c"), "-I", bundle, SOURCES.resolve("embedded.S")));
        Path program = compile("password-without-tls", arguments.toArray());

        // when
        String told = Tool.in(bundle).run(program.toString()).exiting(134).out(); // SIGABRT, as ESP_ERROR_CHECK ends

        // then
        assertEquals(
                "E (1234) devpki_mqtt: broker \"mqtt://mqtt.acme.example:1883\" is without TLS; mqtts:// is right\n",
                told);
    }

    @Test
    void thePasswordExampleLogsInByWhatDevpkiPutsIntoNvs() throws IOException {
        // given
        String password = Files.readString(passwordFor("sensor-9", "mqtts://mqtt.acme.example:8884")
                        .resolve("password.txt"))
                .strip();
        Path folder = Files.createDirectory(home.resolve("nvs"));
        Files.writeString(folder.resolve("mqtt.csv"), """
                key,type,encoding,value
                mqtt,namespace,,
                uri,data,string,mqtts://mqtt.acme.example:8884
                user,data,string,sensor-9
                password,data,string,%s
                ca,file,string,%s
                """.formatted(password, bundle.resolve("server_root_ca.pem")));
        String image = folder.resolve("nvs.bin").toString();

        // when
        devpki.run("nvs", "generate", folder.resolve("mqtt.csv").toString(), "--out", image, "--size", "0x6000")
                .exiting(0);
        List<String> keys = Pattern.compile("(?m)^(\\S+) +(\\S+) +string ")
                .matcher(devpki.run("nvs", "show", image).exiting(0).out())
                .results()
                .map(match -> match.group(1) + "." + match.group(2))
                .toList();

        // then the example asks for these keys, and for no other
        assertEquals(List.of("mqtt.uri", "mqtt.user", "mqtt.password", "mqtt.ca"), keys);
        Files.writeString(folder.resolve("mqtt.uri"), "mqtts://mqtt.acme.example:8884");
        Files.writeString(folder.resolve("mqtt.user"), "sensor-9");
        Files.writeString(folder.resolve("mqtt.password"), password);
        Files.copy(bundle.resolve("server_root_ca.pem"), folder.resolve("mqtt.ca"));
        assertEquals(
                """
                uri mqtts://mqtt.acme.example:8884
                client-id sensor-9
                ca -0x0000
                user sensor-9 %s
                started
                """.formatted(password),
                run(
                        folder,
                        compile(
                                "password-nvs",
                                "-DCONFIG_DEVPKI_LOGIN_NVS=1",
                                example("password"),
                                CLIENT,
                                SOURCES.resolve("idf/host.c"))));
    }

    @Test
    void theKconfigOfThePasswordExampleDeclaresWhatSdkconfigPasswordSets() throws IOException {
        // given
        Path folder = passwordFor("sensor-10", "mqtts://mqtt.acme.example:8884");
        Pattern names = Pattern.compile("config (DEVPKI_MQTT_\\w+)");

        // when
        List<String> exported = names.matcher(Files.readString(folder.resolve("Kconfig.projbuild")))
                .results()
                .map(match -> match.group(1))
                .toList();
        List<String> ours = names.matcher(
                        Files.readString(EXAMPLES.resolve("password").resolve("main/Kconfig.projbuild")))
                .results()
                .map(match -> match.group(1))
                .toList();

        // then
        assertEquals(exported, ours);
    }

    @Test
    void theExportedPasswordHeaderLogsIn() throws IOException {
        // given
        Path folder = passwordFor("sensor-11", "mqtts://mqtt.acme.example:8884");

        // when
        String told = run(
                bundle,
                compile(
                        "password-header",
                        SOURCES.resolve("idf/password_header.c"),
                        "-I",
                        folder,
                        CLIENT,
                        SOURCES.resolve("idf/host.c"),
                        "-I",
                        bundle,
                        SOURCES.resolve("embedded.S")));

        // then
        assertTrue(
                told.contains("user sensor-11 "
                        + Files.readString(folder.resolve("password.txt")).strip() + "\nstarted"),
                told);
    }

    @Test
    void theConfigurationThatPasswordMdShowsCompiles() throws IOException {
        // given
        String page = Files.readString(Devpki.ROOT.resolve("docs/password.md"));
        String shown = page.split("```c\n", 2)[1].split("```", 2)[0];

        // when
        Path source = Files.writeString(
                home.resolve("shown.c"),
                "#include <mqtt_client.h>\nextern const char server_root_ca_pem_start[];\nvoid show(void);\n"
                        + "void show(void)\n{\n" + shown + "    (void)config;\n}\n");

        // then
        compile(
                "shown.o",
                "-c",
                "-DCONFIG_DEVPKI_MQTT_URI=\"u\"",
                "-DCONFIG_DEVPKI_MQTT_USERNAME=\"n\"",
                "-DCONFIG_DEVPKI_MQTT_PASSWORD=\"p\"",
                source);
    }

    @Test
    void theHandlerCompilesForMqtt5Too() {
        compile("client-5.o", "-c", "-DCONFIG_MQTT_PROTOCOL_5=1", CLIENT);
    }

    @Test
    void theTokenExampleTellsEachRefusalAsExplainReadsItAndRenewsItsToken() {
        // given
        Path main = EXAMPLES.resolve("token/main");
        List<Object> arguments = new ArrayList<>(List.of(URI, "-DCONFIG_DEVPKI_SNTP_SERVER=\"pool.ntp.org\""));
        arguments.add("-DCONFIG_DEVPKI_TOKEN_URL=\"https://id.acme.example:8444/token\"");
        arguments.addAll(List.of("-I", bundle, "-I", main, main.resolve("app_main.c"), main.resolve("token_answer.c")));
        arguments.addAll(List.of(CLIENT, SOURCES.resolve("idf/host.c"), SOURCES.resolve("idf/token_host.c")));
        arguments.addAll(List.of("-DHAS_KEY", SOURCES.resolve("embedded.S")));

        // when
        String told = run(bundle, compile("token", arguments.toArray()));
        String explained = devpki.feeding(Bytes.of(told.getBytes(StandardCharsets.UTF_8)))
                .run("explain", "-")
                .exiting(0)
                .out();

        // then
        assertEquals("""
                W app: no time yet from pool.ntp.org
                0 s: https://id.acme.example:8444/token
                E devpki_mqtt: esp_tls_last_esp_err 0x801a
                E devpki_mqtt: esp_tls_stack_err -0x2700
                E devpki_mqtt: esp_tls_cert_verify_flags 0x8
                E app: token endpoint: ESP_ERR_HTTP_CONNECT
                5 s: https://id.acme.example:8444/token
                E devpki_mqtt: esp_tls_last_esp_err 0x8004
                E devpki_mqtt: errno 111: Connection refused
                E app: token endpoint: ESP_ERR_HTTP_CONNECT
                10 s: https://id.acme.example:8444/token
                E app: token endpoint: no answer
                E devpki_mqtt: esp_tls_last_esp_err 0x801d
                E devpki_mqtt: esp_tls_stack_err -0x7780
                20 s: https://id.acme.example:8444/token
                E app: token endpoint: no answer
                40 s: https://id.acme.example:8444/token
                E app: token endpoint: HTTP 401, {"error":"invalid_client"}
                80 s: https://id.acme.example:8444/token
                E app: token endpoint: an answer of 22 octets that has no token or no life
                160 s: https://id.acme.example:8444/token
                uri mqtts://mqtt.acme.example:8883
                client-id esp32-cert-client-01
                ca -0x0000
                user esp32-cert-client-01 first
                started
                I app: next token in 2400 s
                2400 s: https://id.acme.example:8444/token
                set esp32-cert-client-01 second at mqtts://mqtt.acme.example:8883
                reconnected
                """, told.replace(" (1234)", ""));
        for (String name : List.of(
                "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED",
                "MBEDTLS_X509_BADCERT_NOT_TRUSTED",
                "ESP_ERR_HTTP_CONNECT",
                "ECONNREFUSED",
                "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE")) {
            assertTrue(explained.contains(name), explained);
        }
        assertFalse(explained.contains("SECURE_CERT"), explained);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"access_token\":\"eyJ.a-_\",\"token_type\":\"Bearer\",\"expires_in\":3600}|eyJ.a-_ lives 3600, next after 2160 to 2400",
                "{ \"expires_in\" : 60 , \"access_token\" : \"eyJ\" }|eyJ lives 60, next after 36 to 40",
                "{\"token_type\":\"access_token\",\"access_token\":\"eyJ\",\"expires_in\":1}|eyJ lives 1, next after 1 to 1",
                "{\"access_token\":\"eyJ\",\"expires_in\":86400}|eyJ lives 86400, next after 51840 to 57600",
                "{\"access_token\":\"eyJ\",\"expires_in\":86401}|none \"\"",
                "{\"access_token\":\"eyJ\",\"expires_in\":99999999999}|none \"\"",
                "{\"access_token\":\"eyJ\",\"expires_in\":0}|none \"\"",
                "{\"access_token\":\"eyJ\",\"expires_in\":-5}|none \"\"",
                "{\"access_token\":\"eyJ\"}|none \"\"",
                "{\"access_token\":\"\",\"expires_in\":60}|none \"\"",
                "{\"access_token\":\"ab\\\\u0063\",\"expires_in\":60}|none \"\"",
                "{\"access_token\":\"0123456789012345678901234567890\",\"expires_in\":60}|0123456789012345678901234567890 lives 60, next after 36 to 40",
                "{\"access_token\":\"01234567890123456789012345678901\",\"expires_in\":60}|none \"\"",
                "{\"expires_in\":60,\"access_token\":\"cut|none \"\"",
                "{\"error\":\"invalid_client\"}|none \"\""
            })
    void theDeviceReadsAnAnswerAndComesBackAtTwoThirdsOfItsLife(String answer, String made) {
        // given
        Path main = EXAMPLES.resolve("token/main");
        Path program = home.resolve("read_answer");
        if (!Files.exists(program)) {
            compile("read_answer", "-I", main, main.resolve("token_answer.c"), SOURCES.resolve("idf/read_answer.c"));
        }

        // when
        String told = Tool.in(home)
                .feed(answer.getBytes(StandardCharsets.UTF_8), program.toString())
                .exiting(0)
                .out();

        // then
        assertEquals(made + "\n", told);
    }
}
