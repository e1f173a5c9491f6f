package org.devpki.ca.lint;

import static org.devpki.ca.lint.Forged.critical;
import static org.devpki.ca.lint.ForgedCertificate.device;
import static org.devpki.ca.lint.ForgedCertificate.dns;
import static org.devpki.ca.lint.ForgedCertificate.issuingCa;

import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.devpki.model.Chip;
import org.devpki.model.Curve;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Oids;

/** Vectors of the rules about chips. */
final class TargetVectors {
    private TargetVectors() {}

    static void make(LintVectorForge forge) {
        NameConstraints acmeOnly =
                new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(dns("acme.example"))}, null);
        forge.rule("target-extensions")
                .target(Chip.ESP32_C3)
                .good("good", device())
                .good("good-ca", issuingCa())
                .bad(
                        "name-constraints",
                        issuingCa().with(critical(Oids.NAME_CONSTRAINTS, acmeOnly)),
                        "extension nameConstraints is critical, and the mbedTLS of ESP32-C3 refuses")
                .bad(
                        "policies",
                        device().with(critical(
                                Oids.CERTIFICATE_POLICIES,
                                new CertificatePolicies(new PolicyInformation(
                                        new org.bouncycastle.asn1.ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1"))))),
                        "extension certificatePolicies is critical");
        forge.rule("target-key")
                .target(Chip.ESP32_C3)
                .good("good", device())
                .good("good-rsa-2048", device().key(ForgedKeys.rsa2048()))
                .good("good-rsa-4096-on-s3", device().key(ForgedKeys.rsa4096()))
                .targetOf("good-rsa-4096-on-s3", Chip.ESP32_S3)
                .bad(
                        "rsa-4096",
                        device().key(ForgedKeys.rsa4096()),
                        "the key is RSA-4096, which ESP32-C3 computes with in software and runs out of memory;"
                                + " these have hardware for it: esp32, esp32s2, esp32s3, esp32p4, esp32s31")
                .bad("rsa-4096-on-c2", device().key(ForgedKeys.rsa4096()), "the key is RSA-4096, which ESP32-C2")
                .targetOf("bad-rsa-4096-on-c2", Chip.ESP32_C2)
                .bad("ed25519", device().key(ForgedKeys.ed25519()), "the key is Ed25519, which mbedTLS cannot read")
                .bad("ml-dsa", device().key(ForgedKeys.mlDsa44()), "the key is ML-DSA-44, which mbedTLS cannot read")
                .bad(
                        "issuer-of-rsa-4096",
                        device().signature(SignatureAlgorithm.RSA_WITH_SHA256),
                        "the issuer's key is RSA-4096, which ESP32-C3")
                .issuerOf("bad-issuer-of-rsa-4096", issuingCa().key(ForgedKeys.rsa4096()));
        forge.rule("target-software-rsa")
                .target(Chip.ESP32_C61)
                .good("good", device())
                .good("good-rsa-on-c3", device().key(ForgedKeys.rsa2048()))
                .targetOf("good-rsa-on-c3", Chip.ESP32_C3)
                .bad(
                        "rsa-2048",
                        device().key(ForgedKeys.rsa2048()),
                        "RSA-2048 of cn=plant-7,o=Acme is more than ESP32-C61 has hardware for")
                .bad("issuer", device(), "RSA-2048 of cn=Acme Issuing CA,o=Acme is more than")
                .issuerOf("bad-issuer", issuingCa().key(ForgedKeys.rsa2048()));
        forge.rule("target-home")
                .target(Chip.ESP32)
                .good("good", device())
                .good("good-ds-on-c3", device().key(ForgedKeys.rsa2048()))
                .targetOf("good-ds-on-c3", Chip.ESP32_C3)
                .profileOf("good-ds-on-c3", "device-ds")
                .bad(
                        "ds",
                        device().key(ForgedKeys.rsa2048()),
                        "ESP32 has no Digital Signature peripheral; these have one")
                .profileOf("bad-ds", "device-ds");
        forge.rule("target-chain")
                .target(Chip.ESP32_C3)
                .good("good", device())
                .good("good-8", device())
                .issuerOf("good-8", unlimitedCa())
                .issuersOf("good-8", 8)
                .bad(
                        "9",
                        device(),
                        "there are 9 intermediates above it, and the mbedTLS of ESP32-C3 verifies 8 at most")
                .issuerOf("bad-9", issuingCa())
                .issuersOf("bad-9", 9);
        forge.rule("target-message")
                .target(Chip.ESP32_S3)
                .good("good", device())
                .good("good-2", device())
                .issuerOf("good-2", unlimitedCa())
                .issuersOf("good-2", 2)
                .bad(
                        "5-of-rsa-4096",
                        device().signature(SignatureAlgorithm.RSA_WITH_SHA256),
                        "and ESP-IDF sends at most 4096")
                .issuerOf("bad-5-of-rsa-4096", issuingCa().key(ForgedKeys.rsa4096()))
                .issuersOf("bad-5-of-rsa-4096", 5);
        forge.rule("target-tls13")
                .target(Chip.ESP32_C3)
                .good("good", device())
                .good("good-rsa-in-flash", device().key(ForgedKeys.rsa2048()))
                .good("good-curve", device().key(ForgedKeys.ec(Curve.P_384.oid(), 7)))
                .bad(
                        "ds",
                        device().key(ForgedKeys.rsa2048()),
                        "an RSA key in the Digital Signature peripheral fails under")
                .profileOf("bad-ds", "device-ds");
    }

    /** With room for any number of CAs below it. */
    private static ForgedCertificate unlimitedCa() {
        return issuingCa().with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(true)));
    }
}
