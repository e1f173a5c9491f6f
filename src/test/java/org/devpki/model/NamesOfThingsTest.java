package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Device and CA names, alternative names, kinds of keys, reasons. */
class NamesOfThingsTest {
    @ParameterizedTest
    @ValueSource(strings = {"d", "esp32-cert-client-01", "A.b_c:d-9", "0", "_x", ":x", "24:6F:28:AA:BB:CC"})
    void aNameOfAllowedCharactersIsAClientId(String name) {
        assertEquals(name, new DeviceId(name).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b",
                "a+b",
                "#",
                "a%b",
                "a b",
                "a\nb",
                "a\u0000",
                "../x",
                "-rf",
                ".hidden",
                "..",
                "ü",
                "\uD83D\uDE00",
                "a\\b",
                "a\"b",
                "a*b",
                "$SYS",
                "a,b",
                "a=b",
                "a\u202eb",
                "a\u007f"
            })
    void aNameThatReachesAnAclPatternPathOrTopicFilterIsRefused(String name) {
        DevpkiException told = assertThrows(DevpkiException.class, () -> new DeviceId(name));

        assertEquals(Fault.INVALID_INPUT, told.fault());
        assertTrue(told.sentence().chars().allMatch(c -> c >= ' ' && c < 0x7f), told.sentence());
    }

    @ParameterizedTest
    @CsvSource({
        "esp32-cert-client-01, esp32-cert-client-01",
        "A.b_c-9, A.b_c-9",
        "console, console",
        "my.con, my.con",
        "com, com",
        "com10, com10",
        "24:6F:28, 24%3A6F%3A28",
        ":x, %3Ax",
        "x., x%2E",
        "x.., x.%2E",
        "con, %63on",
        "CON, %43ON",
        "nul.7, %6Eul.7",
        "Lpt1., %4Cpt1%2E",
        "con:, con%3A",
        "aux.:, %61ux.%3A",
    })
    void aFolderIsCalledSoThatAnyFileSystemTakesIt(String name, String folder) {
        assertEquals(folder, new DeviceId(name).folderName());
    }

    @Test
    void aNameHasOneToSixtyFourCharacters() {
        assertEquals(64, new DeviceId("x".repeat(64)).value().length());
        assertFault(Fault.INVALID_INPUT, "has 65 characters", () -> new DeviceId("x".repeat(65)));
        assertFault(Fault.INVALID_INPUT, "has 0 characters", () -> new DeviceId(""));
    }

    @Test
    void aCaNameIsFitForFilesAndUrls() {
        assertEquals("issuing-ca", new CaName("issuing-ca").value());
        for (String bad : new String[] {"", "-x", "A", "a_b", "a/b", "a.b", "ä", "x".repeat(65)}) {
            assertFault(Fault.INVALID_INPUT, "CA name", () -> new CaName(bad));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dns:mqtt.acme.example, dns:mqtt.acme.example",
        "DNS:*.acme.example, dns:*.acme.example",
        "ip:192.0.2.7, ip:192.0.2.7",
        "ip:2001:db8::7, ip:2001:db8:0:0:0:0:0:7",
        "uri:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6, uri:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    })
    void anAlternativeNameIsReadAndWritten(String text, String written) {
        SubjectAltName name = SubjectAltName.parse(text);

        assertEquals(written, name.text());
        assertEquals(name, SubjectAltName.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mqtt.acme.example",
                "",
                ":",
                "email:a@b",
                "dns:",
                "dns:a b",
                "dns:a_b",
                "dns:-a",
                "dns:a-",
                "dns:a..b",
                "dns:a.*",
                "dns:*",
                "dns:ä.example",
                "dns:a.example\n",
                "ip:",
                "ip:localhost",
                "ip:192.0.2",
                "ip:256.0.0.1",
                "ip:192.0.2.7/24",
                "ip:[::1]",
                "ip:fe80::1%eth0",
                "uri:relative",
                "uri:http://a b",
                "uri:http://ü.example"
            })
    void aBrokenAlternativeNameIsRefused(String text) {
        assertFault(Fault.INVALID_INPUT, "", () -> SubjectAltName.parse(text));
    }

    @Test
    void aLabelHasAtMost63CharactersAndANameAtMost253() {
        SubjectAltName.parse("dns:" + "a".repeat(63) + ".example");
        assertFault(Fault.INVALID_INPUT, "host name", () -> SubjectAltName.parse("dns:" + "a".repeat(64) + ".example"));
        assertFault(Fault.INVALID_INPUT, "host name", () -> SubjectAltName.parse("dns:" + "a.".repeat(127) + "a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "P-256",
                "P-384",
                "P-521",
                "RSA-2048",
                "RSA-3072",
                "RSA-4096",
                "Ed25519",
                "ML-DSA-44",
                "ML-DSA-65",
                "ML-DSA-87"
            })
    void aKindOfKeyIsReadAsItIsWrittenAndInLowerCase(String text) {
        assertEquals(text, KeySpec.parse(text).text());
        assertEquals(KeySpec.parse(text), KeySpec.parse(text.toLowerCase(java.util.Locale.ROOT)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RSA-512", "RSA-1024", "RSA-8192", "RSA", "P-224", "secp256k1", "Ed448", "RSA-99999"})
    void aKindOfKeyThatIsNotMadeIsRefusedWithTheKindsThatAre(String text) {
        assertFault(Fault.INVALID_INPUT, "P-256, P-384, P-521, RSA-2048", () -> KeySpec.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, unspecified",
        "1, key-compromise",
        "2, ca-compromise",
        "3, affiliation-changed",
        "4, superseded",
        "5, cessation-of-operation",
        "6, certificate-hold",
        "8, remove-from-crl",
        "9, privilege-withdrawn",
        "10, aa-compromise"
    })
    void aReasonHasTheCodeOfTheRfc(int code, String text) {
        assertEquals(code, RevocationReason.parse(text).code());
        assertEquals(text, RevocationReason.ofCode(code).text());
    }

    @ParameterizedTest
    @EnumSource(RevocationReason.class)
    void aReasonIsReadInEverySpelling(RevocationReason reason) {
        String camel = reason.text().replace("-", "");

        assertEquals(reason, RevocationReason.parse(camel));
        assertEquals(reason, RevocationReason.parse(reason.name()));
    }

    @Test
    void aReasonThatIsNoneIsRefused() {
        assertFault(Fault.INVALID_INPUT, "CRLReason 7", () -> RevocationReason.ofCode(7));
        assertFault(
                Fault.INVALID_INPUT, "\"stolen\" is not one of unspecified", () -> RevocationReason.parse("stolen"));
        assertFault(Fault.INVALID_INPUT, "", () -> RevocationReason.parse(""));
    }
}
