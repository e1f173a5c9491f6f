package org.devpki.app;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.devpki.model.CodeSource;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainCodesTest {
    private static final ExplainCodes CODES = new ExplainCodes();

    /** Source and code of all that is found, in order. */
    private static List<String> found(String text) {
        return CODES.run(text).stream()
                .flatMap(found -> found.explanations().stream())
                .map(known -> (known.source().word() + " " + known.code()).strip())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // one code in every spelling
                "-0x2180 | mbedtls -0x2180",
                "-0x2700 | mbedtls -0x2700",
                "-9984 | mbedtls -0x2700",
                "9984 | mbedtls -0x2700",
                "0x2700 | mbedtls -0x2700",
                "0xffffd900 | mbedtls -0x2700",
                "4294957312 | mbedtls -0x2700",
                "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED | mbedtls -0x2700",
                "mbedtls_err_x509_cert_verify_failed | mbedtls -0x2700",
                "0x8015 | esp 0x8015",
                "32789 | esp 0x8015",
                "0x801a | esp 0x801a",
                "ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME | esp 0x8001",
                "0xc004 | esp 0xc004",
                // a number with several meanings, and narrowed
                "5 | mqtt-3.1.1 5, openssl 5, exit 5",
                "mqtt 5 | mqtt-3.1.1 5",
                "connack 5 | mqtt-3.1.1 5",
                "connect_return_code = 5 | mqtt-3.1.1 5",
                "connack 4 | mqtt-3.1.1 4",
                "openssl 5 | openssl 5",
                "exit 5 | exit 5",
                "exit code 5 | exit 5",
                "44 | openssl 44, tls-alert 44",
                "error 44 | openssl 44, tls-alert 44",
                "openssl 44 | openssl 44",
                "alert 44 | tls-alert 44",
                "alert 48 | tls-alert 48",
                "unknown_ca | tls-alert 48",
                "unknown ca | tls-alert 48",
                "mqtt5 135 | mqtt-5 0x87 (135)",
                "mqtt 5 135 | mqtt-5 0x87 (135)",
                "mqtt 3.1.1 5 | mqtt-3.1.1 5",
                "0x87 | mqtt-5 0x87 (135)",
                "connack 0x87 | mqtt-5 0x87 (135)",
                "mbedtls -0x2700 | mbedtls -0x2700",
                "esp 0x8015 | esp 0x8015",
                "esp -0x2700 | mbedtls -0x2700", // a sign speaks for itself
                "not-found | exit 3",
                // of ESP-IDF's sockets, numbered otherwise than those of Linux
                "errno 113 | errno 113",
                "esp_transport_sock_errno = 104 | errno 104",
                "113 | errno 113, tls-alert 113",
                "Software caused connection abort | errno 113",
                // one number of two components of ESP-IDF, and the name that tells them apart
                "0x7002 | esp 0x7002, esp 0x7002",
                "ESP_ERR_HTTP_CONNECT | esp 0x7002",
                // combined codes and flags
                "-0x21A2 | mbedtls -0x2180, mbedtls -0x0022",
                "-0x3B62 | mbedtls -0x3B00, mbedtls -0x0062",
                "-0x4290 | mbedtls -0x4280, mbedtls -0x0010",
                "0x262e | mbedtls -0x2600, mbedtls -0x002E",
                "flags 0x9 | mbedtls-flags 0x1, mbedtls-flags 0x8",
                "esp_tls_cert_verify_flags: 520 | mbedtls-flags 0x8, mbedtls-flags 0x200",
                "0x10000 | mbedtls-flags 0x10000",
                // texts
                "different CRL scope | openssl 44",
                "certificate revoked | openssl 23, tls-alert 44",
                "CRL has expired | openssl 12",
                "unable to get certificate CRL | openssl 3",
                "unable to get local issuer certificate | openssl 20",
                "self-signed certificate in certificate chain | openssl 19",
                "sslv3 alert certificate unknown | tls-alert 46",
                "tlsv1 alert unknown ca | tls-alert 48",
                "Connection Refused: not authorised. | mqtt-3.1.1 5",
            })
    void aCodeOrTextHasTheseMeanings(String text, String expected) {
        assertEquals(expected, String.join(", ", found(text)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "E (5123) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700 | mbedtls -0x2700",
                "E (44) esp-tls-mbedtls: write error :-0x0050 | mbedtls -0x0050",
                "Last error reported from esp-tls: 0x8015 | esp 0x8015",
                "E (5) transport_base: poll_read select error 113, errno = Software caused connection abort | errno 113, tls-alert 113",
                "E (5) transport_base: tcp_write error, errno=Connection reset by peer | errno 104",
                "E (1234) devpki_mqtt: errno 118: Host is unreachable | errno 118",
                "Last tls stack error number: 0x7780 | mbedtls -0x7780",
                "W (42562) mbedtls: ssl_tls.c:4973 mbedtls_ssl_fetch_input() returned -29312 (-0x7280) | mbedtls -0x7280",
                "Connection refused error: 0x5 | mqtt-3.1.1 5",
                "error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca | tls-alert 48",
                "error:0A000418:SSL routines:: | tls-alert 48",
                "OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed | openssl",
                "SSL3 alert read:fatal:unknown CA SSL alert number 48 | tls-alert 48",
                "error 44 at 0 depth lookup: different CRL scope | openssl 44",
                "verify error:num=20:unable to get local issuer certificate | openssl 20",
                "Verify return code: 12 (CRL has expired) | openssl 12",
                "1700000000: Client d1 disconnected, not authorised. | mqtt-3.1.1 5",
                "ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED (0x8015) | esp 0x8015, esp 0x800b",
            })
    void aLineOfALogIsReadForAllThatIsKnownInIt(String line, String expected) {
        assertEquals(expected, String.join(", ", found(line)));
    }

    @Test
    void eachPieceOfALogIsToldInItsOrderAndOnce() {
        String log = """
                E (5123) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x7780
                E (5133) esp-tls: Failed to open new connection
                E (5133) mqtt_client: Error transport connect
                I (5143) app: Last error reported from esp-tls: 0x801a
                I (5143) app: Last error reported from tls stack: 0x7780
                """;

        assertEquals(List.of("mbedtls -0x7780", "esp 0x801a"), found(log));
        assertEquals(
                List.of("-0x7780", "0x801a"),
                CODES.run(log).stream().map(ExplainCodes.Found::text).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "alert 5",
                "exit 44",
                "I (5) wifi: rssi -76, channel 11",
                "2026-11-22T10:44:05Z 192.168.0.5:1883",
                "0x3ffb8298",
                "0x",
                "-",
                "--",
                "-0x",
                "0xffffffffff",
                "99999999999",
                "-0xfffffffb",
                "\u0000\u001b[31m",
                "\ud800",
                "banned from here",
            })
    void whatIsNotKnownIsNotFound(String text) {
        DevpkiException told =
                assertFault(Fault.NOT_FOUND, "no error code or text that is known stands in \"", () -> CODES.run(text));
        assertTrue(told.hint().orElse("").startsWith("devpki explain --list"), told.hint()::toString);
        assertTrue(told.sentence().length() < 600, told.sentence());
    }

    @Test
    void nothingIsWrongInput() {
        assertFault(Fault.INVALID_INPUT, "name a code or a text", () -> CODES.run(" \n"));
    }

    @Test
    void aListIsOfOneSourceOrOfAll() {
        assertTrue(
                CODES.list(Optional.of(CodeSource.EXIT)).stream().allMatch(known -> known.source() == CodeSource.EXIT));
        assertTrue(CODES.list(Optional.empty()).size() > 350);
    }

    /** A megabyte takes a moment; what grows with the square of the length would take hours. */
    @Test
    void aMegabyteOfAnythingIsReadInAMoment() {
        Random random = new Random(1);
        StringBuilder noise = new StringBuilder();
        while (noise.length() < 1 << 20) {
            noise.append((char) random.nextInt(0x180));
        }
        for (String junk : List.of(
                "1".repeat(1 << 20),
                "0x" + "f".repeat(1 << 20),
                "-".repeat(1 << 20),
                "-1".repeat(1 << 19),
                "1 ".repeat(1 << 19),
                "unable to get ".repeat(1 << 16),
                "self signed certificate in certificate ".repeat(1 << 15),
                "mqtt 5 ".repeat(1 << 17),
                "error:14094418".repeat(1 << 16),
                "a.".repeat(1 << 19),
                noise.toString())) {
            Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> readOrNotFound(junk));
        }
    }

    private static void readOrNotFound(String text) {
        try {
            CODES.run(text);
        } catch (DevpkiException e) {
            assertEquals(Fault.NOT_FOUND, e.fault());
        }
    }
}
