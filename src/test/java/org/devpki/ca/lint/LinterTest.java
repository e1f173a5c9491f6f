package org.devpki.ca.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.CertificatePlan;
import org.devpki.model.CrlPlan;
import org.devpki.model.DistinguishedName;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Finding;
import org.devpki.model.KeyUsage;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.model.Validity;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;
import org.junit.jupiter.api.Test;

class LinterTest {
    private static final Linter LINTER = new Linter();
    private static final ParsedTbs ISSUING_CA =
            ParsedTbs.parse(Bytes.of(ForgedCertificate.issuingCa().octets()));

    @Test
    void aDevicesCertificateAsDevpkiWritesItPasses() {
        CertificatePlan plan = new CertificatePlan(
                new SerialNumber(new BigInteger("4f0102030405060708090a0b0c0d0e0f", 16)),
                ISSUING_CA.subject(),
                Names.encode(new DistinguishedName(
                        List.of(new DistinguishedName.Attribute(AttributeType.COMMON_NAME, "plant-7")))),
                new Validity(Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2035-12-30T00:00:00Z")),
                new PublicKeyDer(Bytes.of(Forged.encode(ForgedKeys.ec("1.2.840.10045.3.1.7", 7)))),
                List.of(),
                new CertificatePlan.Extensions(
                        false,
                        OptionalInt.empty(),
                        Set.of(KeyUsage.DIGITAL_SIGNATURE),
                        Set.of(ExtendedKeyUsage.CLIENT_AUTH),
                        false,
                        Bytes.fromHex("0102030405060708090a0b0c0d0e0f1011121314"),
                        ISSUING_CA.subjectKeyId(),
                        List.of("http://crl.acme.example/issuing.crl"),
                        List.of("http://ocsp.acme.example/"),
                        List.of("http://ca.acme.example/issuing.cer")),
                0);

        ParsedTbs tbs = ParsedTbs.parse(Certificates.tbs(plan, SignatureAlgorithm.ECDSA_WITH_SHA256));
        List<Finding> findings =
                LINTER.certificate(LintSubject.of(tbs).issuedBy(ISSUING_CA).madeBy(LintProfiles.named("device")));

        assertEquals(List.of(), findings);
    }

    @Test
    void aShardedCrlAsDevpkiWritesItPasses() {
        CrlPlan plan = new CrlPlan(
                Names.encode(new DistinguishedName(
                        List.of(new DistinguishedName.Attribute(AttributeType.COMMON_NAME, "Acme Issuing CA")))),
                Bytes.fromHex("0102030405060708090a0b0c0d0e0f1011121314"),
                BigInteger.valueOf(1_780_272_000_000L),
                Instant.parse("2026-06-01T00:00:00Z"),
                Instant.parse("2026-06-08T00:00:00Z"),
                RevokedEntries.of(List.of(new RevokedEntry(
                        new SerialNumber(BigInteger.TEN),
                        Instant.parse("2026-06-01T00:00:00Z"),
                        RevocationReason.KEY_COMPROMISE,
                        Optional.of(Instant.parse("2026-05-30T00:00:00Z"))))),
                new CrlPlan.Scope(
                        List.of("http://crl.acme.example/issuing.1.crl"),
                        Optional.empty(),
                        List.of("http://crl.acme.example/issuing.1.delta.crl")));

        List<Finding> findings = LINTER.crl(Crls.parseTbs(Crls.tbs(plan, SignatureAlgorithm.ECDSA_WITH_SHA256)));

        assertEquals(List.of(), findings);
    }

    @Test
    void anExtensionThatCannotBeReadIsAFindingOfTheRuleThatReadsIt() {
        byte[] octets = ForgedCertificate.device()
                .with(Forged.criticalRaw("2.5.29.15", "0500"))
                .octets();

        List<Finding> findings = LINTER.certificate(LintSubject.of(ParsedTbs.parse(Bytes.of(octets))));

        assertEquals(
                Optional.of(new Finding(
                        "key-usage",
                        Finding.Severity.ERROR,
                        "the keyUsage extension is not well-formed DER",
                        "RFC 5280 sections 4.2.1.3 and 4.2.1.9")),
                findings.stream().filter(f -> f.rule().equals("key-usage")).findFirst());
    }

    @Test
    void anUnknownCriticalExtensionIsAnErrorAndNotAWarningToo() {
        Forged.ForgedExtension unknown = Forged.criticalRaw(ExtensionVectors.UNKNOWN, "0500");
        ParsedTbs certificate = ParsedTbs.parse(
                Bytes.of(ForgedCertificate.device().with(unknown).octets()));
        Bytes crl = Bytes.of(ForgedCrl.empty().with(unknown).octets());

        List<Finding> ofCertificate = LINTER.certificate(LintSubject.of(certificate));
        List<Finding> ofCrl = LINTER.crl(Crls.parseTbs(crl));

        assertEquals(
                List.of("extension-known"),
                ofCertificate.stream().map(Finding::rule).toList());
        assertEquals(
                List.of("crl-extension-known"),
                ofCrl.stream().map(Finding::rule).toList());
    }
}
