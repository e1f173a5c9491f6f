package org.devpki.ca.lint;

import static org.devpki.ca.lint.Forged.critical;
import static org.devpki.ca.lint.Forged.generalized;
import static org.devpki.ca.lint.Forged.plain;
import static org.devpki.ca.lint.Forged.raw;
import static org.devpki.ca.lint.Forged.uri;
import static org.devpki.ca.lint.Forged.utc;
import static org.devpki.ca.lint.Forged.utf8;
import static org.devpki.ca.lint.ForgedCertificate.access;
import static org.devpki.ca.lint.ForgedCertificate.device;
import static org.devpki.ca.lint.ForgedCertificate.dns;
import static org.devpki.ca.lint.ForgedCertificate.issuingCa;
import static org.devpki.ca.lint.ForgedCertificate.responder;
import static org.devpki.ca.lint.ForgedCertificate.server;
import static org.devpki.model.AttributeType.COMMON_NAME;
import static org.devpki.model.AttributeType.ORGANIZATION;
import static org.devpki.model.AttributeType.ORGANIZATIONAL_UNIT;

import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.GeneralName;
import org.devpki.model.Curve;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.x509.Oids;

/** Vectors for the rules that hold a certificate against its profile; {@link LintProfiles} has the profiles. */
final class ProfileVectors {
    private ProfileVectors() {}

    static void make(LintVectorForge forge) {
        keysAndTimes(forge);
        purposes(forge);
        subjects(forge);
        others(forge);
    }

    private static void keysAndTimes(LintVectorForge forge) {
        forge.rule("profile-key")
                .profile("device")
                .good("good", device())
                .bad(
                        "p384",
                        device().key(ForgedKeys.ec(Curve.P_384.oid(), 7)),
                        "a key of kind P-384 is not for profile \"device\"; it allows P-256")
                .bad("unknown", device().key(ForgedKeys.x25519()), "a key of kind unknown is not for profile");
        forge.rule("profile-validity")
                .profile("device")
                .good("good", device())
                // 3650 days after 2026-01-01T01:00:00Z, which is notBefore and the hour it was set back
                .good("good-the-longest", device().until(utc("351230010000Z")))
                .bad(
                        "one-second-more",
                        device().until(utc("351230010001Z")),
                        "notAfter 2035-12-30T01:00:01Z is after 2035-12-30T01:00:00Z, the latest that profile \"device\""
                                + " allows (3650d)")
                .issuerOf("good-until-ca", issuingCa())
                .profileOf("good-until-ca", "device-until-ca")
                .good("good-until-ca", device().until(utc("491231235959Z")))
                .profileOf("good-until-ca-unknown", "device-until-ca")
                .good("good-until-ca-unknown", device().until(generalized("20500101000000Z")))
                .issuerOf("bad-past-the-ca", issuingCa())
                .profileOf("bad-past-the-ca", "device-until-ca")
                .bad("past-the-ca", device().until(generalized("20500101000000Z")), "\"device-until-ca\" allows (ca)")
                .profileOf("bad-past-the-instant", "device-until-2030")
                .bad("past-the-instant", device(), "is after 2030-01-01T00:00:00Z, the latest")
                .profileOf("good-for-ever", "device-for-ever")
                .good("good-for-ever", device().until(generalized("99991231235959Z")))
                .profileOf("good-from-ca", "device-from-ca")
                .good("good-from-ca", device());
    }

    private static void purposes(LintVectorForge forge) {
        forge.rule("profile-purpose")
                .profile("device")
                .good("good", device())
                .profileOf("good-issuing-ca", "issuing-ca")
                .good("good-issuing-ca", issuingCa())
                .profileOf("good-responder", "responder")
                .good("good-responder", responder())
                .bad(
                        "ca",
                        device().with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(true))),
                        "cA is true, but profile \"device\" says false")
                .profileOf("bad-no-ca", "issuing-ca")
                .bad("no-ca", issuingCa().with(raw(Oids.BASIC_CONSTRAINTS, "3003020100")), "cA is false, but profile")
                .profileOf("bad-no-path-length", "issuing-ca")
                .bad(
                        "no-path-length",
                        issuingCa().with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(true))),
                        "pathLenConstraint is absent, but profile \"issuing-ca\" says 0")
                .profileOf("bad-longer-path", "issuing-ca")
                .bad(
                        "longer-path",
                        issuingCa().with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(1))),
                        "pathLenConstraint is 1, but profile \"issuing-ca\" says 0")
                .bad(
                        "key-usage",
                        device().usage(0, 4),
                        "keyUsage is digitalSignature, keyAgreement, but profile \"device\" says digitalSignature")
                .bad(
                        "extended-key-usage",
                        device().purposes(ExtendedKeyUsage.SERVER_AUTH.oid(), ExtendedKeyUsage.CLIENT_AUTH.oid()),
                        "extKeyUsage is serverAuth, clientAuth, but profile \"device\" says clientAuth")
                .bad("no-purpose", device().without(Oids.EXTENDED_KEY_USAGE), "extKeyUsage is nothing, but profile")
                .bad(
                        "no-check",
                        device().with(plain(Oids.OCSP_NO_CHECK, DERNull.INSTANCE)),
                        "id-pkix-ocsp-nocheck is true, but profile \"device\" says false");
    }

    private static void subjects(LintVectorForge forge) {
        forge.rule("profile-subject")
                .profile("device")
                .good("good", device())
                .good("good-without-organization", device().subject(utf8(COMMON_NAME, "plant-7")))
                .profileOf("good-issuing-ca", "issuing-ca")
                .good("good-issuing-ca", issuingCa())
                .profileOf("good-issuing-ca-without-organization", "issuing-ca")
                .good("good-issuing-ca-without-organization", issuingCa().subject(utf8(COMMON_NAME, "Issuing CA")))
                .bad(
                        "other-order",
                        device().subject(utf8(COMMON_NAME, "plant-7"), utf8(ORGANIZATION, "Acme")),
                        "does not follow profile \"device\", which says \"O={organization}, CN={name}\"")
                .bad(
                        "one-more",
                        device().subject(
                                        utf8(ORGANIZATION, "Acme"),
                                        utf8(ORGANIZATIONAL_UNIT, "Hall 3"),
                                        utf8(COMMON_NAME, "plant-7")),
                        "does not follow profile")
                .bad("no-name", device().subject(utf8(ORGANIZATION, "Acme")), "does not follow profile")
                .profileOf("bad-other-text", "issuing-ca")
                .bad("other-text", issuingCa().subjectName(ForgedCertificate.rootName()), "does not follow profile");
    }

    private static void others(LintVectorForge forge) {
        ForgedCertificate plainDevice =
                device().without(Oids.AUTHORITY_INFO_ACCESS).without(Oids.CRL_DISTRIBUTION_POINTS);
        forge.rule("profile-urls")
                .profile("device-without-urls")
                .good("good", plainDevice)
                .profileOf("good-each", "device")
                .good("good-each", device())
                .profileOf("good-none-yet", "device")
                .good("good-none-yet", plainDevice)
                .bad(
                        "crl",
                        device().without(Oids.AUTHORITY_INFO_ACCESS),
                        "there is a URL of kind crl, which profile \"device-without-urls\" does not name")
                .bad(
                        "ocsp",
                        device().without(Oids.CRL_DISTRIBUTION_POINTS)
                                .access(access(AuthorityInfoAccessRule.OCSP, "http://ocsp.acme.example/")),
                        "there is a URL of kind ocsp")
                .bad(
                        "ca",
                        device().without(Oids.CRL_DISTRIBUTION_POINTS)
                                .access(access(AuthorityInfoAccessRule.CA_ISSUERS, "http://ca.acme.example/i.cer")),
                        "there is a URL of kind ca");
        GeneralName address = new GeneralName(GeneralName.iPAddress, "192.0.2.7");
        String notAllowed = " is of a kind that profile \"device\" does not allow";
        forge.rule("profile-alt-names")
                .profile("device")
                .good("good", device())
                .good("good-orderable", device().names(address))
                .profileOf("good-default", "server")
                .good("good-default", server())
                .bad("dns", device().names(dns("plant-7")), "alternative name \"plant-7\"" + notAllowed)
                .bad("uri", device().names(uri("urn:dev:ops:32473-7")), "\"urn:dev:ops:32473-7\"" + notAllowed)
                .bad("email", device().names(new GeneralName(GeneralName.rfc822Name, "it@acme.example")), notAllowed);
        forge.rule("profile-extensions")
                .profile("device")
                .good("good", device())
                .bad(
                        "policies",
                        device().with(raw(Oids.CERTIFICATE_POLICIES, "3006300406022a03")),
                        "extension certificatePolicies is not of profile \"device\"")
                .bad(
                        "unknown",
                        device().with(plain(ExtensionVectors.UNKNOWN, DERNull.INSTANCE)),
                        "extension 1.3.6.1.4.1.32473.1 is not of profile \"device\"");
    }
}
