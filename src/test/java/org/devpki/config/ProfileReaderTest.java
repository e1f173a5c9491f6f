package org.devpki.config;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.model.AttributeType;
import org.devpki.model.Bounds;
import org.devpki.model.Bytes;
import org.devpki.model.CertificatePolicy;
import org.devpki.model.DevpkiException;
import org.devpki.model.DuplicatePolicy;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.model.NameSubtree;
import org.devpki.model.NotAfter;
import org.devpki.model.Profile;
import org.devpki.model.UrlKind;
import org.devpki.testing.Broken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ProfileReaderTest {
    static final List<String> SHIPPED = Profiles.SHIPPED;

    private static final String GOOD = """
            description: a sensor
            subject:
              CN: "{name}"
            keys: [P-256]
            validity:
              not-after: 90d
            key-usage: [digitalSignature]
            """;

    private static Profile read(String text) {
        return ProfileReader.read("sensor", text, "sensor.yaml");
    }

    private static Profile shipped(String name) {
        return new Profiles(Optional.empty()).named(name);
    }

    private static void assertFaults(String expected, String text) {
        DevpkiException told = assertFault(Fault.INVALID_INPUT, "", () -> read(text));
        assertEquals(expected.strip(), told.sentence());
    }

    // Bounds of CAs.

    private static final String CA = GOOD.replace("[digitalSignature]", "[keyCertSign, cRLSign]") + "ca: true\n";

    @Test
    void aCasPoliciesAndNameConstraintsAreRead() {
        Bounds bounds = read(CA + """
                policies: ["1.3.6.1.4.1.32473.1 https://acme.example/cps", 2.23.140.1]
                name-constraints:
                  permitted: ["dns:acme.example", "ip:192.0.2.0/24", "ip:2001:db8::/32", "dn:C=NL, O=Acme"]
                  excluded: ["email:.lab.acme.example"]
                """).purpose().bounds();

        assertEquals(
                List.of(
                        new CertificatePolicy("1.3.6.1.4.1.32473.1", Optional.of("https://acme.example/cps")),
                        new CertificatePolicy("2.23.140.1", Optional.empty())),
                bounds.policies());
        assertEquals(new NameSubtree.Dns("acme.example"), bounds.permitted().get(0));
        assertEquals(
                "ffffff00", ((NameSubtree.Ip) bounds.permitted().get(1)).mask().hex());
        assertEquals(32, ((NameSubtree.Ip) bounds.permitted().get(2)).prefix());
        assertEquals(
                2,
                ((NameSubtree.Directory) bounds.permitted().get(3))
                        .name()
                        .attributes()
                        .size());
        assertEquals(List.of(new NameSubtree.Email(".lab.acme.example")), bounds.excluded());
        assertEquals(Bounds.NONE, read(CA).purpose().bounds());
    }

    @Test
    void badBoundsAreToldTogether() {
        assertFaults("""
                sensor.yaml has 8 faults:
                  sensor.yaml line 9: policies: policy "3.1" is not an object identifier as in 1.3.6.1.4.1.32473.1
                  sensor.yaml line 9: policies: practice statement "cps" of policy 1.3.6.1 is not an absolute URI as in https://acme.example/cps
                  sensor.yaml line 11: name-constraints.permitted: address range "192.0.2.0" is not as in 192.0.2.0/24
                  sensor.yaml line 11: name-constraints.permitted: address range 192.0.2.1/24 has bits behind its prefix
                  sensor.yaml line 11: name-constraints.permitted: prefix length 33 is not 0 to 32
                  sensor.yaml line 11: name-constraints.permitted: DNS subtree "*.acme.example" has a wildcard; it needs none
                  sensor.yaml line 11: name-constraints.permitted: mail subtree "a b" is neither a mailbox nor a host nor a domain with a leading dot
                  sensor.yaml line 11: name-constraints.permitted: name subtree "uri:x" must begin with dns:, ip:, email: or dn:
                """, CA + """
                policies: ["3.1", "1.3.6.1 cps"]
                name-constraints:
                  permitted: ["ip:192.0.2.0", "ip:192.0.2.1/24", "ip:0.0.0.0/33", "dns:*.acme.example", "email:a b", "uri:x"]
                """);
    }

    @Test
    void boundsAreForCAsAloneAndSayEachPolicyOnce() {
        assertFaults("""
                sensor.yaml has 2 faults:
                  sensor.yaml line 8: policies: goes with ca: true only
                  sensor.yaml line 10: name-constraints: goes with ca: true only
                """, GOOD + "policies: [1.3.6.1]\nname-constraints:\n  permitted: [\"dns:acme.example\"]\n");
        assertFaults("sensor.yaml line 9: policies: a policy is named twice", CA + "policies: [1.3.6.1, 1.3.6.1]\n");
        assertFaults(
                "sensor.yaml line 9: name-constraints: has neither permitted nor excluded",
                CA + "name-constraints: {}\n");
    }

    // The shipped profiles.

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void everyTemplateHasADescriptionAndIsOfThisName(String name) throws IOException {
        Path template = Path.of(System.getProperty("devpki.root", ""), "ca-templates", name + ".yaml");

        Profile profile = shipped(name);

        assertEquals(name, profile.name());
        assertFalse(profile.description().isEmpty());
        assertEquals(Bytes.of(Files.readAllBytes(template)), profile.source());
    }

    @Test
    void noTemplateIsForgotten() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("devpki.root", ""), "ca-templates"))) {
            assertEquals(
                    Set.copyOf(SHIPPED),
                    Set.copyOf(files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                            .toList()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "root-ca, P-384, 9999",
        "issuing-ca, P-256, ca",
        "device-mqtt, P-256, 3650d",
        "device-ds-rsa, RSA-3072, 3650d",
        "device-idevid, P-256, 9999",
        "broker-server, P-256, 398d",
        "cloud-proof, P-256, 7d",
        "batch-signer, P-256, ca",
        "line-token-signer, P-256, ca",
        "manifest-signer, P-256, ca",
        "ocsp-responder, P-256, 14d"
    })
    void everyTemplateHasItsKeyAndEnd(String name, String key, String end) {
        assertEquals(key, shipped(name).defaultKey().text());
        assertEquals(end, shipped(name).period().notAfter().text());
    }

    @ParameterizedTest
    @CsvSource({
        "root-ca, true, ''",
        "issuing-ca, true, ''",
        "device-mqtt, false, clientAuth",
        "device-ds-rsa, false, clientAuth",
        "device-idevid, false, clientAuth",
        "broker-server, false, serverAuth",
        "batch-signer, false, ''",
        "line-token-signer, false, ''",
        "manifest-signer, false, ''",
        "ocsp-responder, false, OCSPSigning"
    })
    void everyTemplateHasItsPurpose(String name, boolean isCa, String purpose) {
        Profile.Purpose found = shipped(name).purpose();

        assertEquals(isCa, found.isCa());
        assertEquals(purpose.isEmpty() ? Set.of() : Set.of(ExtendedKeyUsage.parse(purpose)), found.extendedKeyUsage());
        assertEquals(
                isCa ? Set.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN) : Set.of(KeyUsage.DIGITAL_SIGNATURE),
                found.keyUsage());
        assertEquals(name.equals("ocsp-responder"), found.isOcspNoCheck());
        assertEquals(name.equals("issuing-ca") ? OptionalInt.of(0) : OptionalInt.empty(), found.pathLength());
    }

    /** Without extKeyUsage it is for any purpose, so keyUsage alone keeps TLS from it. */
    @Test
    void whatShowsACloudTheKeyOfACaIsForNoTls() {
        assertEquals(
                Set.of(KeyUsage.CONTENT_COMMITMENT),
                shipped("cloud-proof").purpose().keyUsage());
        assertEquals(Set.of(), shipped("cloud-proof").purpose().extendedKeyUsage());
    }

    @Test
    void aDeviceForDigitalSignatureHasAnRsaKeyOf3072BitsOrElse2048() {
        assertEquals(
                List.of(new KeySpec.Rsa(3072), new KeySpec.Rsa(2048)),
                shipped("device-ds-rsa").keys());
    }

    @Test
    void anIdevidHasTheSerialNumberAttributeAndBeginsWithItsCa() {
        Profile idevid = shipped("device-idevid");

        assertTrue(
                idevid.naming().subject().contains(new Profile.SubjectTemplate(AttributeType.SERIAL_NUMBER, "{name}")));
        assertEquals(Optional.empty(), idevid.period().backdate());
        assertEquals(new NotAfter.NoWellDefinedExpiration(), idevid.period().longest());
    }

    @Test
    void aBrokerMayHaveDnsNamesAndAddressesAndADeviceNone() {
        assertEquals(Set.of("dns", "ip"), shipped("broker-server").naming().orderable());
        assertEquals(List.of("dns:{name}"), shipped("broker-server").naming().sans());
        assertEquals(DuplicatePolicy.ALLOW, shipped("broker-server").naming().duplicates());
        assertEquals(Set.of(), shipped("device-mqtt").naming().orderable());
        assertEquals(DuplicatePolicy.REFUSE, shipped("device-mqtt").naming().duplicates());
        assertEquals(Set.of(UrlKind.values()), shipped("device-mqtt").urls());
    }

    @Test
    void aSitesProfileShadowsTheShippedOneOfItsName(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("device-mqtt.yaml"), GOOD);
        Files.writeString(folder.resolve("sensor.yaml"), GOOD);
        Profiles site = new Profiles(Optional.of(folder));

        assertEquals("a sensor", site.named("device-mqtt").description());
        assertEquals("site, shadows shipped", site.origins().get("device-mqtt"));
        assertEquals("site", site.origins().get("sensor"));
        assertEquals("shipped", site.origins().get("root-ca"));
        assertFault(Fault.NOT_FOUND, "there is no profile \"other\"", () -> site.named("other"));
        assertFault(Fault.INVALID_INPUT, "profile name", () -> site.named("../sensor"));
    }

    // What is right.

    @Test
    void whatAProfileDoesNotSayIsTheStrictest() {
        Profile profile = read(GOOD);

        assertEquals(new NotAfter.In(Duration.ofDays(90)), profile.period().longest());
        assertEquals(Optional.of(Duration.ZERO), profile.period().backdate());
        assertEquals(DuplicatePolicy.REFUSE, profile.naming().duplicates());
        assertEquals(Set.of(), profile.urls());
        assertEquals(Set.of(), profile.naming().orderable());
        assertFalse(profile.purpose().isCa());
    }

    // What is wrong.

    @Test
    void allFaultsAreToldTogetherEachWithLineAndKey() {
        assertFaults("""
                sensor.yaml has 8 faults:
                  sensor.yaml line 3: subject.CN: template "{nmae}" has a placeholder other than {name} and {organization}
                  sensor.yaml line 5: san.orderable: alternative name kind "mail" is not one of dns, ip, uri
                  sensor.yaml line 7: duplicates: duplicate-name policy "maybe" is not one of refuse, replace, allow
                  sensor.yaml line 9: validity.backdate: duration "never" is not a number with s, m, h, d, w or y, nor is it ca
                  sensor.yaml line 10: ca: "yes" is not true or false
                  sensor.yaml line 11: path-length: "-1" is not a number from 0 to 9
                  sensor.yaml line 12: key-usage: should be a list
                  sensor.yaml line 6: keys: is missing; name at least one kind of key, such as [P-256]
                """, """
                description: x
                subject:
                  CN: "{nmae}"
                san:
                  orderable: [mail]
                keys: []
                duplicates: maybe
                validity: {not-after: 90d,
                  backdate: never}
                ca: yes
                path-length: -1
                key-usage: x
                """);
    }

    @Test
    void anEmptyFileIsToldAllThatIsMissing() {
        DevpkiException told = assertFault(Fault.INVALID_INPUT, "sensor.yaml has 5 faults", () -> read(""));

        for (String key : List.of("description", "subject", "keys", "validity.not-after", "key-usage")) {
            assertTrue(told.sentence().contains(" line 1: " + key + ": is missing"), told::sentence);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour: red | sensor.yaml line 8: colour: is not a key that is known here",
                "validity: {not-after: 1d} | sensor.yaml line 8: validity: is there twice",
                "san: {defualt: []} | sensor.yaml line 8: san.defualt: is not a key that is known here",
                "path-length: 0 | sensor.yaml line 8: path-length: goes with ca: true only",
                "san: {default: [\"dns:a b\"]} | sensor.yaml line 8: san.default: DNS name \"a b\" is not a host name",
                "urls: [{a: b}] | sensor.yaml line 8: urls: should hold plain values",
                "urls: [ftp] | sensor.yaml line 8: urls: URL kind \"ftp\" is not one of crl, ocsp, ca",
                "duplicates: [refuse] | sensor.yaml line 8: duplicates: should be one value",
            })
    void oneFaultIsOneLine(String line, String expected) {
        assertFaults(expected, GOOD + line + "\n");
    }

    @Test
    void whatContradictsItselfIsAFault() {
        assertFaults(
                "sensor.yaml line 7: key-usage: must have keyCertSign where ca is true, and only there",
                GOOD + "ca: true\n");
        assertFaults(
                "sensor.yaml line 1: ocsp-no-check: must be true where extended-key-usage has OCSPSigning, and only there",
                GOOD + "extended-key-usage: [OCSPSigning]\n");
        assertFaults(
                "sensor.yaml line 3: subject: has more than one CN",
                GOOD.replace("  CN: \"{name}\"\n", "  CN: \"{name}\"\n  CN: x\n"));
    }

    @Test
    void whatIsNoYamlIsTold() {
        assertFault(Fault.INVALID_INPUT, "sensor.yaml line 1: ", () -> read("a: b: c"));
        assertFault(Fault.INVALID_INPUT, "sensor.yaml line 1: should be keys with values", () -> read("- a"));
        assertFault(Fault.INVALID_INPUT, "sensor.yaml", () -> read("a: \u0000"));
    }

    @Test
    @Timeout(20)
    void aFileMadeToExhaustTheReaderIsRefused() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 40; i++) {
            laughs.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [")
                    .append("*a")
                    .append(i - 1)
                    .append(", *a")
                    .append(i - 1)
                    .append("]\n");
        }

        assertFault(Fault.INVALID_INPUT, "sensor.yaml", () -> read(laughs.toString()));
        assertFault(Fault.INVALID_INPUT, "sensor.yaml", () -> read("[".repeat(100_000)));
        assertFault(Fault.INVALID_INPUT, "sensor.yaml", () -> read("a: " + "x".repeat(2_000_000)));
        assertFault(Fault.INVALID_INPUT, "sensor.yaml", () -> read("a: &a [*a]"));
    }

    @Test
    @Timeout(60)
    void aBrokenProfileOrSettingsFileIsAValueOrInvalid() {
        Broken.assertHarmless(
                "profile", shipped("broker-server").source(), Fault.INVALID_INPUT, text -> read(text.asUtf8()));
    }
}
