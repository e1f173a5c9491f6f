package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.devpki.testing.Devpki;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * mbedTLS loads the {@code embed} files as a device does: small C programs of our own, compiled here, with the NUL that
 * ESP-IDF's build adds.
 */
@Tag("long")
class MbedtlsIT {
    private static final Path SOURCES = Devpki.ROOT.resolve("src/test/c");

    @TempDir
    private static Path home;

    private static Devpki devpki;

    @BeforeAll
    static void makeAStoreAndTheLoader() {
        devpki = Devpki.withStore(home);
        compile(
                home.resolve("load_credentials"),
                SOURCES.resolve("load_credentials.c").toString());
    }

    private static void compile(Path program, String... more) {
        List<String> command =
                new ArrayList<>(List.of("gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", program.toString()));
        command.addAll(Arrays.asList(more));
        command.addAll(List.of("-lmbedtls", "-lmbedx509", "-lmbedcrypto"));
        Tool.in(home).run(command.toArray(String[]::new)).exiting(0);
    }

    private static void issue(String id, String... more) {
        List<String> command = new ArrayList<>(List.of("issue", id, "--format", "embed", "--out", "out"));
        command.addAll(Arrays.asList(more));
        devpki.run(command.toArray(String[]::new)).exiting(0);
    }

    /** What the loader says of a device's folder, step by step. */
    private static Map<String, String> load(String id) {
        Path device = devpki.file("out/" + id);
        return Tool.in(home)
                .run(
                        home.resolve("load_credentials").toString(),
                        device.resolve("server_root_ca.pem").toString(),
                        device.resolve("client_crt.pem").toString(),
                        device.resolve("client_key.pem").toString(),
                        devpki.file("pki/publish/crl/all.crl.pem").toString())
                .exiting(0)
                .out()
                .lines()
                .map(line -> line.split(" ", 2))
                .collect(Collectors.toMap(words -> words[0], words -> words[1]));
    }

    @ParameterizedTest
    @CsvSource({
        "device-mqtt, P-256, EC",
        "device-mqtt, P-384, EC",
        "device-mqtt, RSA-2048, RSA",
        "device-ds-rsa, RSA-3072, RSA",
        "device-idevid, P-256, EC"
    })
    void aDeviceLoadsItsFilesAndTheirChainHoldsUntilItIsRevoked(String profile, String kind, String keyType) {
        // given
        String id = profile + "." + kind;
        issue(id, "--profile", profile, "--key", kind, "--key-home", "flash");

        // when
        Map<String, String> live = load(id);
        devpki.run("revoke", id, "--reason", "key-compromise").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);
        Map<String, String> revoked = load(id);

        // then
        assertEquals("0x0000", live.get("root"));
        assertEquals("1", live.get("root-certificates"));
        assertEquals("0x0000", live.get("chain"));
        assertEquals("2", live.get("chain-certificates"));
        assertEquals("0x0000", live.get("key"));
        assertEquals(keyType, live.get("key-type"));
        assertEquals("0x0000", live.get("pair"));
        assertEquals("0x0000", live.get("client-auth"));
        assertEquals("0x0000", live.get("verify"));
        assertEquals("0x0000", live.get("crl"));
        assertEquals("0x0000", live.get("verify-with-crl"));
        assertEquals("-0x2700", revoked.get("verify-with-crl")); // MBEDTLS_ERR_X509_CERT_VERIFY_FAILED
        assertEquals("0x2", revoked.get("verify-with-crl-flags")); // MBEDTLS_X509_BADCERT_REVOKED
        assertEquals("0x0000", revoked.get("verify"));
    }

    @Test
    void withoutTheNulNothingIsLoaded() {
        // given
        issue("no-nul");

        // when
        Map<String, String> loaded = load("no-nul");

        // then
        assertEquals("-0x2180", loaded.get("root-without-nul")); // MBEDTLS_ERR_X509_INVALID_FORMAT
        assertEquals("-0x2180", loaded.get("chain-without-nul"));
        assertEquals("-0x3d00", loaded.get("key-without-nul")); // MBEDTLS_ERR_PK_KEY_INVALID_FORMAT
    }

    @Test
    void theHeaderHandsOverFilesWhoseLengthsCountTheNul() {
        // given
        issue("header");
        Path program = home.resolve("show_config");

        // when
        compileWithHeader(program, "header", "-DHAS_KEY");

        // then
        assertEquals("""
                uri mqtts://broker.example:8883
                client-id header
                root length-after-text 1 parsed 0
                chain length-after-text 1 parsed 0
                key length-after-text 1 parsed 0
                """, run(program));
    }

    @Test
    void theHeaderOfADeviceThatMadeItsKeyNeedsNoKeyFile() {
        // given
        Tool.in(home)
                .run(
                        "openssl",
                        "req",
                        "-new",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-noenc",
                        "-keyout",
                        "device.key",
                        "-subj",
                        "/CN=own-key",
                        "-out",
                        "device.csr")
                .exiting(0);
        issue("own-key", "--csr", "device.csr");
        Path program = home.resolve("show_config_without_key");

        // when
        compileWithHeader(program, "own-key", "-DHAS_NO_KEY");

        // then
        assertFalse(Files.exists(devpki.file("out/own-key/client_key.pem")));
        assertEquals("""
                uri mqtts://broker.example:8883
                client-id own-key
                root length-after-text 1 parsed 0
                chain length-after-text 1 parsed 0
                no key
                """, run(program));
    }

    private static void compileWithHeader(Path program, String id, String macro) {
        compile(
                program,
                macro,
                "-I",
                devpki.file("out/" + id).toString(),
                "-I",
                SOURCES.resolve("idf").toString(),
                SOURCES.resolve("show_config.c").toString(),
                SOURCES.resolve("embedded.S").toString());
    }

    private static String run(Path program) {
        return Tool.in(home).run(program.toString()).exiting(0).out();
    }
}
