package org.devpki.config;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.devpki.model.Bytes;
import org.devpki.model.CodeSource;
import org.devpki.model.DevpkiException;
import org.devpki.model.Explanation;
import org.devpki.model.Fault;
import org.devpki.testing.Broken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodesTest {
    private static final String GOOD = """
            source: openssl
            check: devpki crl check
            codes:
              - code: 44
                names: [X509_V_ERR_DIFFERENT_CRL_SCOPE]
                texts: [different crl scope]
                cause: the CRL is for others
                fix: publish another
            """;

    private static List<Explanation> read(String text) {
        return Codes.read(text, "openssl.yaml");
    }

    private static void assertFaults(String expected, String text) {
        DevpkiException told = assertFault(Fault.INVALID_INPUT, "", () -> read(text));
        assertEquals(expected.strip(), told.sentence());
    }

    // The shipped codes.

    @ParameterizedTest
    @EnumSource(CodeSource.class)
    void everySourceHasItsFileAndEveryEntryIsWhole(CodeSource source) {
        List<Explanation> codes = Codes.of(source);

        assertFalse(codes.isEmpty());
        for (Explanation code : codes) {
            assertEquals(source, code.source());
            assertFalse(code.title().isEmpty());
            for (String sentence : List.of(code.cause(), code.fix(), code.check())) {
                assertFalse(sentence.isBlank(), code.title());
                assertTrue(sentence.chars().noneMatch(Character::isISOControl), sentence);
            }
        }
    }

    @Test
    void noCodeIsThereTwiceForOneRelease() {
        Set<String> seen = new HashSet<>();
        for (Explanation code : Codes.all()) {
            if (code.number().isPresent()) {
                String key = code.source() + " " + code.code() + " " + code.release();
                assertTrue(seen.add(key), key);
            }
        }
    }

    @Test
    void everyReasonOfMqtt5FromHex80IsThere() {
        Set<Integer> reasons = new HashSet<>();
        Codes.of(CodeSource.MQTT_5).forEach(code -> reasons.add(code.number().orElseThrow()));

        IntStream.rangeClosed(0x80, 0xa2).forEach(reason -> assertTrue(reasons.contains(reason), "" + reason));
    }

    @Test
    void everyDocumentedExitCodeIsThere() {
        List<Integer> codes = Codes.of(CodeSource.EXIT).stream()
                .map(code -> code.number().orElseThrow())
                .toList();

        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 130), codes);
    }

    // What is right.

    @Test
    void anEntryIsReadAsItStandsWithTheUsualCheckOfItsFile() {
        assertEquals(
                List.of(new Explanation(
                        CodeSource.OPENSSL,
                        OptionalInt.of(44),
                        "",
                        List.of("X509_V_ERR_DIFFERENT_CRL_SCOPE"),
                        List.of("different crl scope"),
                        "the CRL is for others",
                        "publish another",
                        "devpki crl check")),
                read(GOOD));
    }

    @Test
    void eachSourcePrintsItsNumbersAsItsLogsDo() {
        assertEquals("-0x2700", CodeSource.MBEDTLS.spell(-0x2700));
        assertEquals("-0x0010", CodeSource.MBEDTLS.spell(-0x10));
        assertEquals("0x8015", CodeSource.ESP.spell(0x8015));
        assertEquals("0x87 (135)", CodeSource.MQTT_5.spell(0x87));
        assertEquals("44", CodeSource.OPENSSL.spell(44));
    }

    // What is wrong.

    @Test
    void allFaultsAreToldTogetherEachWithLineAndKey() {
        assertFaults("""
                openssl.yaml has 8 faults:
                  openssl.yaml line 1: source: source "openss" is not one of mbedtls, mbedtls-flags, esp, errno, mqtt-3.1.1, mqtt-5, openssl, tls-alert, mosquitto, exit
                  openssl.yaml line 2: check: "crl check" is not a devpki command
                  openssl.yaml line 4: codes.code: "x44" is not a number such as 44, 0x8015 or -0x2700
                  openssl.yaml line 5: codes.texts: text "Different" has capitals or is empty
                  openssl.yaml line 4: codes.cause: is missing
                  openssl.yaml line 6: codes.fix: "publish another." is not a sentence without its full stop
                  openssl.yaml line 4: codes.check: is missing, here and at the head of the file
                  openssl.yaml line 7: codes.colour: is not a key that is known here
                """, """
                source: openss
                check: crl check
                codes:
                  - code: x44
                    texts: [Different]
                    fix: publish another.
                    colour: red
                """);
    }

    @Test
    void aSignBelongsToMbedtlsAloneAndSomethingMustBeKnown() {
        assertFaults(
                "openssl.yaml line 4: codes.code: codes of mbedtls are below zero and no others, got -44 of openssl",
                GOOD.replace("code: 44", "code: -44"));
        assertFaults(
                "openssl.yaml line 4: codes.code: an explanation has a code or a text, this one has neither: x",
                "source: exit\ncheck: devpki doctor\ncodes:\n  - cause: x\n    fix: y\n");
    }

    @Test
    void codesAreAListOfMaps() {
        assertFaults("openssl.yaml line 3: codes: should be a list", "source: exit\ncheck: devpki doctor\ncodes: 3\n");
        assertFault(
                Fault.INVALID_INPUT,
                "line 4: codes: should be keys with values",
                () -> read("source: exit\ncheck: devpki doctor\ncodes:\n  - 3\n"));
        assertFault(Fault.INVALID_INPUT, "codes: is missing", () -> read("source: exit\ncheck: devpki doctor\n"));
    }

    @Test
    @Timeout(60)
    void aBrokenFileIsAValueOrInvalid() {
        Broken.assertHarmless("codes", Bytes.utf8(GOOD), Fault.INVALID_INPUT, text -> read(text.asUtf8()));
    }
}
