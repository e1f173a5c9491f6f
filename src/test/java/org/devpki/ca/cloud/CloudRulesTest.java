package org.devpki.ca.cloud;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.model.AttributeType;
import org.devpki.model.CertificatePlan;
import org.devpki.model.Cloud;
import org.devpki.model.CloudFinding;
import org.devpki.model.DistinguishedName;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.model.SerialNumber;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.model.Validity;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule with what passes and what does not. */
class CloudRulesTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final TestAuthority ROOT = TestAuthority.root("Acme Root");
    private static final TestAuthority ISSUING = ROOT.intermediate("Acme Issuing CA");
    private static final List<ParsedTbs> CAS = List.of(ISSUING.tbs(), ROOT.tbs());

    // A device as it should be, bent in one place by each test.

    private record Device(
            List<String> names,
            KeySpec key,
            SignatureAlgorithm signature,
            Set<KeyUsage> usage,
            Set<ExtendedKeyUsage> purposes,
            List<String> crls,
            Instant end) {
        static Device usual() {
            return new Device(
                    List.of("esp32-cert-client-01"),
                    TestKeys.P_256,
                    SignatureAlgorithm.ECDSA_WITH_SHA256,
                    Set.of(KeyUsage.DIGITAL_SIGNATURE),
                    Set.of(ExtendedKeyUsage.CLIENT_AUTH),
                    List.of("http://crl.acme.example/issuing-ca.crl"),
                    TestAuthority.END);
        }

        Device named(String... others) {
            return new Device(List.of(others), key, signature, usage, purposes, crls, end);
        }

        Device with(KeySpec other) {
            return new Device(names, other, signature, usage, purposes, crls, end);
        }

        Device signedBy(SignatureAlgorithm other) {
            return new Device(names, key, other, usage, purposes, crls, end);
        }

        Device forUse(Set<KeyUsage> otherUsage, Set<ExtendedKeyUsage> otherPurposes) {
            return new Device(names, key, signature, otherUsage, otherPurposes, crls, end);
        }

        Device withoutCrl() {
            return new Device(names, key, signature, usage, purposes, List.of(), end);
        }

        Device until(Instant other) {
            return new Device(names, key, signature, usage, purposes, crls, other);
        }

        ParsedTbs tbs() {
            DistinguishedName subject = new DistinguishedName(Stream.concat(
                            Stream.of(new DistinguishedName.Attribute(AttributeType.ORGANIZATION, "Acme")),
                            names.stream()
                                    .map(name -> new DistinguishedName.Attribute(AttributeType.COMMON_NAME, name)))
                    .toList());
            var own = TestKeys.key(key, "device").publicKey();
            CertificatePlan plan = new CertificatePlan(
                    SerialNumber.parse("4f01"),
                    ISSUING.tbs().subject(),
                    Names.encode(subject),
                    new Validity(TestAuthority.START, end),
                    own,
                    List.of(),
                    new CertificatePlan.Extensions(
                            false,
                            OptionalInt.empty(),
                            usage,
                            purposes,
                            false,
                            Keys.subjectKeyId(own),
                            ISSUING.tbs().subjectKeyId(),
                            crls,
                            List.of(),
                            List.of()),
                    0);
            return ParsedTbs.parse(Certificates.tbs(plan, signature));
        }
    }

    private static List<CloudFinding> findings(Cloud cloud, Device device) {
        return CloudRules.findings(cloud, new CloudSubject(Optional.of(device.tbs()), CAS, NOW));
    }

    private static List<CloudFinding> findingsOfCa(Cloud cloud, ParsedTbs... cas) {
        return CloudRules.findings(cloud, new CloudSubject(Optional.empty(), List.of(cas), NOW));
    }

    /** {@code lacks key: sentence} of each. */
    private static List<String> told(List<CloudFinding> findings) {
        return findings.stream()
                .map(finding -> finding.severity().text() + " " + finding.rule() + ": " + finding.sentence())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void aUsualDeviceLacksNothingAnywhere(Cloud cloud) {
        assertEquals(List.of(), told(findings(cloud, Device.usual())));
    }

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void everyFindingHasAFixAndASource(Cloud cloud) {
        Device worst = Device.usual()
                .named()
                .with(new KeySpec.Ed25519())
                .signedBy(SignatureAlgorithm.ED25519)
                .forUse(Set.of(KeyUsage.KEY_AGREEMENT), Set.of(ExtendedKeyUsage.SERVER_AUTH))
                .withoutCrl()
                .until(Validity.NO_WELL_DEFINED_EXPIRATION);

        List<CloudFinding> findings = findings(cloud, worst);

        assertTrue(findings.size() >= 5, findings::toString);
        findings.forEach(finding -> {
            assertEquals(cloud, finding.cloud());
            assertTrue(!finding.fix().isBlank() && !finding.source().isBlank(), finding::toString);
        });
    }

    // key

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "P-521", "RSA-2048", "RSA-3072"})
    void keysThatEveryCloudTakes(String key) {
        for (Cloud cloud : Cloud.values()) {
            assertEquals(List.of(), told(findings(cloud, Device.usual().with(KeySpec.parse(key)))));
        }
    }

    @Test
    void anEd25519KeyIsRefusedByAwsAndNowhereSpokenOfElse() {
        Device device = Device.usual().with(new KeySpec.Ed25519());

        assertEquals(
                List.of("lacks key: the device's key is Ed25519, and AWS IoT Core takes RSA, P-256, P-384 and P-521"),
                told(findings(Cloud.AWS, device)));
        for (Cloud cloud : List.of(Cloud.AZURE, Cloud.THINGSBOARD, Cloud.CUMULOCITY)) {
            assertEquals(
                    List.of("warning key: the device's key is Ed25519, which the documentation of " + cloud.title()
                            + " does not speak of; try one device first"),
                    told(findings(cloud, device)));
        }
    }

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void anMlDsaKeyIsTakenNowhere(Cloud cloud) {
        assertEquals(
                List.of("lacks key: the device's key is ML-DSA-44, which no cloud's documentation speaks of"),
                told(findings(cloud, Device.usual().with(KeySpec.parse("ML-DSA-44")))));
    }

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void anRsaKeyOf1024BitsIsTakenNowhere(Cloud cloud) {
        assertEquals(
                List.of("lacks key: the device's key is RSA-1024, and 2048 bits are the least that is safe or taken"),
                told(findings(cloud, Device.usual().with(new KeySpec.Rsa(1024)))));
    }

    @Test
    void theKeyOfTheCaCountsToo() {
        TestAuthority ca = TestAuthority.root("Lab", new KeySpec.Ed25519());

        List<String> told = told(findingsOfCa(Cloud.AWS, ca.tbs()));

        assertEquals(
                List.of(
                        "lacks key: the key of CA cn=Lab is Ed25519, and AWS IoT Core takes RSA, P-256, P-384 and P-521",
                        "lacks signature: the certificate of CA cn=Lab is signed with Ed25519, and AWS IoT Core takes"
                                + " ECDSA and RSA with SHA-256, SHA-384 or SHA-512"),
                told);
    }

    // signature

    @ParameterizedTest
    @EnumSource(
            value = SignatureAlgorithm.class,
            names = {"ECDSA_WITH_SHA256", "ECDSA_WITH_SHA384", "ECDSA_WITH_SHA512", "RSA_WITH_SHA256"})
    void signaturesOfAwssList(SignatureAlgorithm algorithm) {
        assertEquals(List.of(), told(findings(Cloud.AWS, Device.usual().signedBy(algorithm))));
    }

    @ParameterizedTest
    @EnumSource(
            value = SignatureAlgorithm.class,
            names = {"ED25519", "ML_DSA_65"})
    void signaturesThatAreNotOnAwssList(SignatureAlgorithm algorithm) {
        Device device = Device.usual().signedBy(algorithm);

        assertEquals(
                List.of("lacks signature: the device's certificate is signed with " + algorithm.text()
                        + ", and AWS IoT Core takes ECDSA and RSA with SHA-256, SHA-384 or SHA-512"),
                told(findings(Cloud.AWS, device)));
        assertEquals(List.of(), told(findings(Cloud.AZURE, device)), "Azure publishes no list");
    }

    @Test
    void aSignatureWithSha1IsNamedByItsNumber() {
        ParsedTbs usual = Device.usual().tbs();
        ParsedTbs old = signature(usual, "1.2.840.113549.1.1.5");

        List<CloudFinding> findings = CloudRules.findings(Cloud.AWS, new CloudSubject(Optional.of(old), CAS, NOW));

        assertTrue(told(findings).get(0).contains("is signed with 1.2.840.113549.1.1.5"), findings::toString);
    }

    // common-name

    @ParameterizedTest
    @CsvSource({
        "esp32-cert-client-01, true, true, true, true",
        "a:b_c-9, true, true, true, false",
        "plant.7, false, true, true, true",
        "plant-7., false, false, true, true",
        "plant_, true, false, true, true",
        "plant-, true, true, true, true",
        "Hall 3, false, false, true, true",
        "*, false, false, true, true",
    })
    void eachCloudHasNamesOfItsOwn(String name, boolean aws, boolean azure, boolean thingsboard, boolean cumulocity) {
        Device device = Device.usual().named(name);

        assertEquals(aws, isTaken(Cloud.AWS, device));
        assertEquals(azure, isTaken(Cloud.AZURE, device));
        assertEquals(thingsboard, isTaken(Cloud.THINGSBOARD, device));
        assertEquals(cumulocity, isTaken(Cloud.CUMULOCITY, device));
    }

    private static boolean isTaken(Cloud cloud, Device device) {
        List<CloudFinding> lacks =
                findings(cloud, device).stream().filter(CloudFinding::isLack).toList();
        assertTrue(lacks.stream().allMatch(finding -> finding.rule().equals("common-name")), lacks::toString);
        return lacks.isEmpty();
    }

    @Test
    void theSentenceNamesTheNameAndWhatWouldBeRight() {
        assertEquals(
                List.of("lacks common-name: the common name is \"plant.7\", and it becomes the thing's name, which has"
                        + " only A-Z a-z 0-9 : _ -"),
                told(findings(Cloud.AWS, Device.usual().named("plant.7"))));
    }

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void withoutACommonNameThereIsNoDevice(Cloud cloud) {
        List<String> told = told(findings(cloud, Device.usual().named()));

        assertEquals(1, told.size());
        assertTrue(
                told.get(0).startsWith("lacks common-name: the certificate has no common name, and "), told::toString);
    }

    @Test
    void ofSeveralCommonNamesTheFirstCounts() {
        assertEquals(
                List.of("warning common-name: there are 2 common names; the device is the first"),
                told(findings(Cloud.AWS, Device.usual().named("d1", "no.thing"))));
    }

    @Test
    void azureTellsNoCapitalsFromSmallLetters() {
        assertEquals(
                List.of(
                        "warning common-name: the common name \"Plant-7\" has capital letters, and a registration ID does"
                                + " not tell them from small ones"),
                told(findings(Cloud.AZURE, Device.usual().named("Plant-7"))));
    }

    // client-auth

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void aTlsClientMaySignAndSaysSo(Cloud cloud) {
        Set<KeyUsage> signs = Set.of(KeyUsage.DIGITAL_SIGNATURE);

        assertEquals(
                List.of(
                        "lacks client-auth: extKeyUsage is without clientAuth, so the certificate is for no TLS client"),
                told(findings(cloud, Device.usual().forUse(signs, Set.of(ExtendedKeyUsage.SERVER_AUTH)))));
        assertEquals(
                List.of(
                        "lacks client-auth: keyUsage is without digitalSignature, which a TLS client's signature asks for"),
                told(findings(
                        cloud,
                        Device.usual()
                                .forUse(Set.of(KeyUsage.CONTENT_COMMITMENT), Set.of(ExtendedKeyUsage.CLIENT_AUTH)))));
        assertEquals(List.of(), told(findings(cloud, Device.usual().forUse(signs, Set.of()))), "for any purpose");
    }

    // revocation

    @Test
    void cumulocityCanReadACrlThatTheCertificateNames() {
        assertEquals(
                List.of(
                        "warning revocation: the certificate names no CRL, so that Cumulocity's online check has nothing"
                                + " to read"),
                told(findings(Cloud.CUMULOCITY, Device.usual().withoutCrl())));
        for (Cloud cloud : List.of(Cloud.AWS, Cloud.AZURE, Cloud.THINGSBOARD)) {
            assertEquals(List.of(), told(findings(cloud, Device.usual().withoutCrl())));
        }
    }

    // ca

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void aDeviceIsNoCa(Cloud cloud) {
        List<String> told = told(findingsOfCa(cloud, Device.usual().tbs()));

        assertEquals(
                List.of(
                        "lacks ca: the certificate of CA cn=esp32-cert-client-01,o=Acme has no basicConstraints with cA"
                                + " TRUE",
                        "lacks ca: the certificate of CA cn=esp32-cert-client-01,o=Acme has a keyUsage without"
                                + " keyCertSign"),
                told);
    }

    @Test
    void aCaCertificateOfVersionOneIsToldSo() {
        assertEquals(
                List.of(
                        "lacks ca: the certificate of CA cn=Acme Issuing CA is an X.509 certificate of version 1, not 3"),
                told(findingsOfCa(Cloud.CUMULOCITY, version(ISSUING.tbs(), 1), ROOT.tbs())));
    }

    // validity, no-end

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void whatEndedOrHasNotBegunIsRefused(Cloud cloud) {
        Instant late = Instant.parse("2036-06-01T00:00:00Z");
        Instant early = Instant.parse("2025-06-01T00:00:00Z");
        Optional<ParsedTbs> device = Optional.of(Device.usual().tbs());

        assertEquals(
                List.of(
                        "lacks validity: the device's certificate ended at 2036-01-01T00:00:00Z",
                        "lacks validity: the certificate of CA cn=Acme Issuing CA ended at 2036-01-01T00:00:00Z"),
                told(CloudRules.findings(cloud, new CloudSubject(device, CAS, late))));
        assertEquals(
                List.of(
                        "lacks validity: the device's certificate begins at 2026-01-01T00:00:00Z only",
                        "lacks validity: the certificate of CA cn=Acme Issuing CA begins at 2026-01-01T00:00:00Z only"),
                told(CloudRules.findings(cloud, new CloudSubject(device, CAS, early))));
    }

    @ParameterizedTest
    @EnumSource(Cloud.class)
    void anEndThatNeverComesIsWarnedOf(Cloud cloud) {
        assertEquals(
                List.of(
                        "warning no-end: the device's certificate ends at 9999-12-31T23:59:59Z, which means never, and the"
                                + " documentation of " + cloud.title() + " says nothing of that; try one first"),
                told(findings(cloud, Device.usual().until(Validity.NO_WELL_DEFINED_EXPIRATION))));
    }

    // chain

    @Test
    void aRootThatIssuesIsNotSentToThingsBoard() {
        assertEquals(
                List.of("lacks chain: CA cn=Acme Root is a root, which devices do not send, and the device profile's"
                        + " certificate has to be in what they send"),
                told(findingsOfCa(Cloud.THINGSBOARD, ROOT.tbs())));
        for (Cloud cloud : List.of(Cloud.AWS, Cloud.AZURE, Cloud.CUMULOCITY)) {
            assertEquals(List.of(), told(findingsOfCa(cloud, ROOT.tbs())));
        }
    }

    @Test
    void cumulocityTakesTenCertificates() {
        List<ParsedTbs> nine = new ArrayList<>();
        TestAuthority at = ROOT;
        for (int i = 0; i < 9; i++) {
            at = at.intermediate("CA " + i);
            nine.add(0, at.tbs());
        }
        List<ParsedTbs> ten = new ArrayList<>(nine);
        ten.add(0, at.intermediate("CA 9").tbs());

        assertEquals(List.of(), told(findingsOfCa(Cloud.CUMULOCITY, nine.toArray(ParsedTbs[]::new))));
        assertEquals(
                List.of("lacks chain: a device sends 11 certificates, and Cumulocity's cloud takes chains of 10"),
                told(findingsOfCa(Cloud.CUMULOCITY, ten.toArray(ParsedTbs[]::new))));
        assertEquals(List.of(), told(findingsOfCa(Cloud.AWS, ten.toArray(ParsedTbs[]::new))));
    }

    // The clouds themselves.

    @Test
    void aCloudIsReadByItsNameAndAllAreAll() {
        assertEquals(List.of(Cloud.THINGSBOARD), Cloud.parseAll("ThingsBoard"));
        assertEquals(List.of(Cloud.values()), Cloud.parseAll("all"));
        assertFault(
                Fault.INVALID_INPUT,
                "cloud \"google\" is not one of aws, azure, thingsboard, cumulocity",
                () -> Cloud.parse("google"));
    }

    private static ParsedTbs version(ParsedTbs of, int version) {
        return new ParsedTbs(
                of.octets(),
                version,
                BigInteger.ONE,
                of.signatureOid(),
                of.issuer(),
                of.notBefore(),
                of.notAfter(),
                of.subject(),
                of.publicKey(),
                false,
                of.extensions());
    }

    private static ParsedTbs signature(ParsedTbs of, String oid) {
        return new ParsedTbs(
                of.octets(),
                of.version(),
                of.serial(),
                oid,
                of.issuer(),
                of.notBefore(),
                of.notAfter(),
                of.subject(),
                of.publicKey(),
                false,
                of.extensions());
    }
}
