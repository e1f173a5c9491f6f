package org.devpki.ca.lint;

import static org.devpki.ca.lint.Forged.bmp;
import static org.devpki.ca.lint.Forged.generalized;
import static org.devpki.ca.lint.Forged.name;
import static org.devpki.ca.lint.Forged.printable;
import static org.devpki.ca.lint.Forged.utc;
import static org.devpki.ca.lint.Forged.utf8;
import static org.devpki.ca.lint.ForgedCertificate.device;
import static org.devpki.ca.lint.ForgedCertificate.dns;
import static org.devpki.ca.lint.ForgedCertificate.issuingCa;
import static org.devpki.ca.lint.ForgedCertificate.root;
import static org.devpki.ca.lint.ForgedCertificate.rootOf;
import static org.devpki.ca.lint.ForgedCertificate.server;
import static org.devpki.model.AttributeType.COMMON_NAME;
import static org.devpki.model.AttributeType.COUNTRY;
import static org.devpki.model.AttributeType.ORGANIZATION;
import static org.devpki.model.AttributeType.ORGANIZATIONAL_UNIT;
import static org.devpki.model.AttributeType.SERIAL_NUMBER;

import org.bouncycastle.asn1.x509.GeneralNames;
import org.devpki.model.Curve;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Oids;

/** Vectors for the rules on the fields of a certificate. */
final class CertificateVectors {
    private static final String SECP256K1 = "1.3.132.0.10";

    private CertificateVectors() {}

    static void make(LintVectorForge forge) {
        fields(forge);
        times(forge);
        names(forge);
        keys(forge);
    }

    private static void fields(LintVectorForge forge) {
        forge.rule("version")
                .good("good", device())
                .good("good-v1-without-extensions", root().withoutExtensions().version(1))
                .bad("v1-with-extensions", device().version(1), "the version is v1; with extensions it must be v3")
                .bad("v2-with-extensions", device().version(2), "the version is v2; with extensions it must be v3")
                .bad("v4", device().version(4), "the version is v4; there are only v1, v2 and v3")
                .bad("v0", device().version(0), "the version is v0; there are only v1, v2 and v3");
        forge.rule("unique-ids")
                .good("good", device())
                .bad("issuer-unique-id", device().uniqueId(), "both must be left out");
        forge.rule("serial-number")
                .good("good", device())
                .good("good-20-octets", device().serial("7fffffffffffffffffffffffffffffffffffffff"))
                .good("good-65-bits", device().serial("010000000000000000"))
                .bad("zero", device().serial("0"), "the serial is not positive")
                .bad("negative", device().serial("-4f0102030405060708"), "the serial is not positive")
                .bad(
                        "21-octets",
                        device().serial("0080000000000000000000000000000000000000ff"),
                        "the serial has 21 octets")
                .bad("64-bits", device().serial("ffffffffffffffff"), "the serial has 64 bits");
        forge.rule("signature-algorithm")
                .issuerOf("good", issuingCa())
                .good("good", device())
                .good("good-issuer-unknown", device().signature(SignatureAlgorithm.RSA_WITH_SHA256))
                .good("good-p256", rootOf(ForgedKeys.ec(Curve.P_256.oid(), 7), SignatureAlgorithm.ECDSA_WITH_SHA256))
                .good("good-p521", rootOf(ForgedKeys.ec(Curve.P_521.oid(), 7), SignatureAlgorithm.ECDSA_WITH_SHA512))
                .good("good-rsa", rootOf(ForgedKeys.rsa2048(), SignatureAlgorithm.RSA_WITH_SHA256))
                .good("good-ed25519", rootOf(ForgedKeys.ed25519(), SignatureAlgorithm.ED25519))
                .good("good-ml-dsa-44", rootOf(ForgedKeys.mlDsa44(), SignatureAlgorithm.ML_DSA_44))
                .bad("ecdsa-with-sha1", device().signature("1.2.840.10045.4.1"), "ecdsa-with-SHA1 uses SHA-1, which is")
                .bad("rsa-with-sha1", device().signature("1.2.840.113549.1.1.5"), "uses SHA-1, which is broken")
                .bad("rsa-with-md5", device().signature("1.2.840.113549.1.1.4"), "uses MD5, which is broken")
                .bad("rsa-with-sha384", device().signature("1.2.840.113549.1.1.12"), "is not one that devpki uses")
                .issuerOf("bad-not-the-issuers", root())
                .bad(
                        "not-the-issuers",
                        issuingCa().signature(SignatureAlgorithm.ECDSA_WITH_SHA256),
                        "does not belong to the issuer's P-384 key; ecdsa-with-SHA384 does")
                .bad(
                        "not-its-own",
                        rootOf(ForgedKeys.rsa2048(), SignatureAlgorithm.ECDSA_WITH_SHA256),
                        "does not belong to the issuer's RSA-2048 key; sha256WithRSAEncryption does")
                .bad(
                        "not-its-own-ml-dsa",
                        rootOf(ForgedKeys.mlDsa44(), SignatureAlgorithm.ML_DSA_65),
                        "does not belong to the issuer's ML-DSA-44 key; ML-DSA-44 does");
        forge.rule("issuer-name")
                .issuer(issuingCa())
                .good("good", device())
                .bad("empty", device().issuer(name()), "the issuer is empty")
                .bad(
                        "other-string-type",
                        device().issuer(name(
                                printable(ORGANIZATION, "Acme"), printable(COMMON_NAME, "Acme Issuing CA"))),
                        "is not octet for octet the subject of the CA")
                .bad("other-name", device().issuer(ForgedCertificate.rootName()), "is not octet for octet");
    }

    private static void times(LintVectorForge forge) {
        forge.rule("time-encoding")
                .good("good", device())
                .good("good-last-utc-time", device().until(utc("491231235959Z")))
                .good("good-first-generalized-time", device().until(generalized("20500101000000Z")))
                .good("good-1970", device().life(utc("700101000000Z"), utc("350101000000Z")))
                .bad(
                        "generalized-time-of-2049",
                        device().until(generalized("20491231235959Z")),
                        "notAfter \"20491231235959Z\" is a GeneralizedTime; through 2049 it must be a UTCTime")
                .bad(
                        "utc-time-without-seconds",
                        device().life(utc("2601010000Z"), utc("350101000000Z")),
                        "notBefore \"2601010000Z\" is not of the form YYMMDDHHMMSSZ")
                .bad(
                        "utc-time-with-offset",
                        device().until(utc("350101000000+0100")),
                        "notAfter \"350101000000+0100\" is not of the form YYMMDDHHMMSSZ")
                .bad(
                        "generalized-time-with-fraction",
                        device().until(generalized("20500101000000.5Z")),
                        "notAfter \"20500101000000.5Z\" is not of the form YYYYMMDDHHMMSSZ")
                .bad(
                        "generalized-time-with-offset",
                        device().until(generalized("20510101000000+0100")),
                        "is not of the form YYYYMMDDHHMMSSZ");
        forge.rule("validity")
                .good("good", device())
                .good("good-one-instant", device().until(utc("260101000000Z")))
                .bad(
                        "ends-first",
                        device().until(utc("251231235959Z")),
                        "notAfter 2025-12-31T23:59:59Z is before notBefore 2026-01-01T00:00:00Z");
        forge.rule("outlives-issuer")
                .issuer(issuingCa())
                .good("good", device())
                .good("good-the-same-life", device().life(utc("250101000000Z"), utc("491231235959Z")))
                .bad(
                        "begins-before",
                        device().life(utc("241231235959Z"), utc("350101000000Z")),
                        "notBefore 2024-12-31T23:59:59Z is before the issuer's own, 2025-01-01T00:00:00Z")
                .bad(
                        "ends-after",
                        device().until(generalized("20500101000000Z")),
                        "notAfter 2050-01-01T00:00:00Z is after the issuer's own, 2049-12-31T23:59:59Z");
    }

    private static void names(LintVectorForge forge) {
        GeneralNames broker = new GeneralNames(dns("broker.acme.example"));
        forge.rule("subject-name")
                .good("good", device())
                .good("good-critical-alt-name", server().subject().with(Forged.critical(Oids.SUBJECT_ALT_NAME, broker)))
                .bad("ca-without-subject", issuingCa().subject(), "the subject is empty; a CA must have one")
                .bad("nobody", device().subject(), "one of them must name the holder")
                .bad("alt-name-not-critical", server().subject(), "subjectAltName is not critical; then it must be");
        forge.rule("name-attributes")
                .good("good", device().subject(printable(COUNTRY, "NL"), utf8(COMMON_NAME, "plant-7")))
                .good("good-common-name-of-64", device().subject(utf8(COMMON_NAME, "x".repeat(64))))
                .good("good-64-code-points", server().subject(utf8(ORGANIZATION, "xxxx" + "\ud83d\udd11".repeat(60))))
                .bad(
                        "empty-value",
                        device().subject(utf8(ORGANIZATION, ""), utf8(COMMON_NAME, "plant-7")),
                        "attribute O is empty; leave it out")
                .bad(
                        "nul",
                        server().subject(utf8(COMMON_NAME, "broker.acme.example\0.evil.example")),
                        "attribute CN \"broker.acme.example\\u0000.evil.example\" has control characters in it")
                .bad(
                        "country-in-small-letters",
                        device().subject(printable(COUNTRY, "nl"), utf8(COMMON_NAME, "plant-7")),
                        "attribute C \"nl\" is not two capital letters")
                .bad(
                        "common-name-of-65",
                        server().subject(utf8(COMMON_NAME, "x".repeat(65))),
                        "has 65 characters; at most 64 are allowed")
                .bad(
                        "two-common-names",
                        server().subject(utf8(COMMON_NAME, "one"), utf8(COMMON_NAME, "two")),
                        "there are 2 common names");
        forge.rule("name-string-types")
                .good("good", device())
                .good("good-printable-string", device().subject(printable(COMMON_NAME, "plant-7")))
                .good("good-serial-number", device().subject(printable(SERIAL_NUMBER, "7"), utf8(COMMON_NAME, "p")))
                .bad(
                        "bmp-string",
                        device().subject(bmp(COMMON_NAME, "plant-7")),
                        "attribute CN \"plant-7\" is neither UTF8String nor PrintableString")
                .bad(
                        "country-as-utf8-string",
                        device().subject(utf8(COUNTRY, "NL"), utf8(COMMON_NAME, "plant-7")),
                        "attribute C \"NL\" is a UTF8String; it must be a PrintableString")
                .bad(
                        "serial-number-as-utf8-string",
                        device().subject(utf8(SERIAL_NUMBER, "7"), utf8(COMMON_NAME, "plant-7")),
                        "attribute serialNumber \"7\" is a UTF8String; it must be a PrintableString")
                .bad(
                        "printable-string-with-underscore",
                        device().subject(printable(COMMON_NAME, "plant_7")),
                        "has characters that a PrintableString must not have; use UTF8String");
        forge.rule("name-length")
                .good("good", device())
                .good("good-256-octets", ofUnits(26))
                .bad("257-octets", ofUnits(27), "the subject has 257 octets as text; mbedTLS reads at most 256");
        forge.rule("client-id")
                .good("good", device())
                .good("good-server-with-spaces", server())
                .bad("no-common-name", device().subject(utf8(ORGANIZATION, "Acme")), "there are 0 common names")
                .bad(
                        "two-common-names",
                        device().subject(utf8(COMMON_NAME, "one"), utf8(COMMON_NAME, "two")),
                        "there are 2 common names; with clientAuth exactly one is the client ID")
                .bad(
                        "topic-filter",
                        device().subject(utf8(COMMON_NAME, "plant/#")),
                        "has characters other than A-Z a-z 0-9 . _ : - in it")
                .bad("option", device().subject(utf8(COMMON_NAME, "-p")), "begins with '-'");
    }

    /** Three units of 64 characters and one of so many: 230 octets and those. */
    private static ForgedCertificate ofUnits(int last) {
        return device().subject(
                        utf8(ORGANIZATION, "Acme"),
                        utf8(ORGANIZATIONAL_UNIT, "a".repeat(64)),
                        utf8(ORGANIZATIONAL_UNIT, "b".repeat(64)),
                        utf8(ORGANIZATIONAL_UNIT, "c".repeat(64)),
                        utf8(ORGANIZATIONAL_UNIT, "d".repeat(last)),
                        utf8(COMMON_NAME, "plant-7"));
    }

    private static void keys(LintVectorForge forge) {
        forge.rule("public-key")
                .good("good-p256", device())
                .good("good-p384", device().key(ForgedKeys.ec(Curve.P_384.oid(), 7)))
                .good("good-p521", device().key(ForgedKeys.ec(Curve.P_521.oid(), 7)))
                .good("good-rsa-2048", device().key(ForgedKeys.rsa2048()))
                .good("good-rsa-4096", device().key(ForgedKeys.rsa4096()))
                .good("good-ed25519", device().key(ForgedKeys.ed25519()))
                .good("good-ml-dsa-44", device().key(ForgedKeys.mlDsa44()))
                .bad("x25519", device().key(ForgedKeys.x25519()), "the public key is of an unknown kind")
                .bad("secp256k1", device().key(ForgedKeys.ec(SECP256K1, 7)), "the public key is of an unknown kind")
                .bad(
                        "compressed-point",
                        device().key(ForgedKeys.compressed(Curve.P_256.oid(), 7)),
                        "the P-256 key is not sound: its point is not in uncompressed form")
                .bad(
                        "point-off-the-curve",
                        device().key(ForgedKeys.offTheCurve(Curve.P_256.oid(), 7)),
                        "the P-256 key is not sound: it cannot be read")
                .bad("short-rsa", device().key(ForgedKeys.rsa1886()), "the RSA key has 1886 bits; 2048 to 4096 are")
                .bad("long-rsa", device().key(ForgedKeys.rsa4484()), "the RSA key has 4484 bits; 2048 to 4096 are")
                .bad("rsa-exponent-3", device().key(ForgedKeys.rsaOfExponent3()), "its RSA exponent is even or under")
                .bad(
                        "ml-dsa-with-parameters",
                        device().key(ForgedKeys.mlDsa44WithParameters()),
                        "the ML-DSA-44 key is not sound: its algorithm identifier has parameters")
                .bad("short-ml-dsa", device().key(ForgedKeys.shortMlDsa44()), "key is not sound: it cannot be read");
        forge.rule("experimental-algorithm")
                .good("good", device())
                .good("good-ed25519", device().key(ForgedKeys.ed25519()))
                .bad("key", device().key(ForgedKeys.mlDsa44()), "ML-DSA-44 is experimental: OpenSSL reads it from 3.5")
                .bad(
                        "signature",
                        device().signature(SignatureAlgorithm.ML_DSA_87),
                        "ML-DSA-87 is experimental: OpenSSL reads it from 3.5");
    }
}
