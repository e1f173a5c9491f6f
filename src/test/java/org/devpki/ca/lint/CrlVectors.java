package org.devpki.ca.lint;

import static org.devpki.ca.lint.Forged.critical;
import static org.devpki.ca.lint.Forged.criticalFalse;
import static org.devpki.ca.lint.Forged.plain;
import static org.devpki.ca.lint.Forged.raw;
import static org.devpki.ca.lint.Forged.uri;
import static org.devpki.ca.lint.Forged.utc;
import static org.devpki.ca.lint.ForgedCertificate.point;
import static org.devpki.ca.lint.ForgedCrl.empty;

import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.devpki.model.RevocationReason;
import org.devpki.x509.Oids;

/** Vectors for the rules on CRLs. */
final class CrlVectors {
    /** id-ce-issuerAltName, RFC 5280 section 5.2.2. */
    private static final String ISSUER_ALT_NAME = "2.5.29.18";

    private CrlVectors() {}

    static void make(LintVectorForge forge) {
        fields(forge);
        extensions(forge);
        issuingDistributionPoints(forge);
        entries(forge);
    }

    private static void fields(LintVectorForge forge) {
        forge.rule("crl-version")
                .good("good", empty())
                .bad("v1", empty().version(1), "the version is v1; it must be v2")
                .bad("v3", empty().version(3), "the version is v3; it must be v2");
        forge.rule("crl-signature-algorithm")
                .good("good", empty())
                .bad("ecdsa-with-sha1", empty().signature("1.2.840.10045.4.1"), "uses SHA-1, which is broken")
                .bad("rsa-with-sha384", empty().signature("1.2.840.113549.1.1.12"), "is not one that devpki uses");
        forge.rule("crl-issuer")
                .good("good", empty())
                .bad("empty", empty().issuer(Forged.name()), "the issuer is empty");
        forge.rule("crl-next-update")
                .good("good", empty())
                .bad("absent", empty().nextUpdate(null), "there is no nextUpdate; it must be there")
                .bad(
                        "the-same",
                        empty().nextUpdate(utc("260601000000Z")),
                        "nextUpdate 2026-06-01T00:00:00Z is not after thisUpdate 2026-06-01T00:00:00Z");
        forge.rule("crl-der-encoding")
                .good("good", empty().entry(7, "260501000000Z", 1))
                .bad("set-not-sorted", empty().issuer(Forged.unsortedName()), "the CRL is not in canonical DER")
                .bad(
                        "long-length-in-an-extension",
                        empty().with(raw(Oids.CRL_NUMBER, "02810105")),
                        "the value of extension cRLNumber is not in canonical DER")
                .bad(
                        "critical-false",
                        empty().with(criticalFalse(Oids.CRL_NUMBER, new ASN1Integer(5))),
                        "extension cRLNumber has critical FALSE written out; leave the default out");
    }

    private static void extensions(LintVectorForge forge) {
        forge.rule("crl-number")
                .good("good", empty())
                .good("good-zero", empty().number("0"))
                .good("good-20-octets", empty().number("7fffffffffffffffffffffffffffffffffffffff"))
                .bad("absent", empty().without(Oids.CRL_NUMBER), "there is no cRLNumber; it must be there")
                .bad("critical", empty().with(critical(Oids.CRL_NUMBER, new ASN1Integer(5))), "cRLNumber is critical")
                .bad("negative", empty().number("-5"), "cRLNumber -5 is negative; it must be 0 or more")
                .bad(
                        "21-octets",
                        empty().number("80000000000000000000000000000000000000ff"),
                        "cRLNumber has 21 octets; at most 20 are allowed");
        forge.rule("crl-authority-key-identifier")
                .good("good", empty())
                .bad("absent", empty().without(Oids.AUTHORITY_KEY_IDENTIFIER), "there is no authorityKeyIdentifier")
                .bad(
                        "critical",
                        empty().with(critical(Oids.AUTHORITY_KEY_IDENTIFIER, new AuthorityKeyIdentifier(new byte[20]))),
                        "authorityKeyIdentifier is critical; it must not be")
                .bad(
                        "no-key-identifier",
                        empty().with(plain(Oids.AUTHORITY_KEY_IDENTIFIER, new DERSequence())),
                        "authorityKeyIdentifier has no keyIdentifier");
        forge.rule("crl-extension-unique")
                .good("good", empty())
                .bad(
                        "number-twice",
                        empty().again(plain(Oids.CRL_NUMBER, new ASN1Integer(6))),
                        "extension cRLNumber is there more than once");
        forge.rule("crl-extension-known")
                .good("good", empty())
                .good("good-not-critical", empty().with(plain(ExtensionVectors.UNKNOWN, DERNull.INSTANCE)))
                .bad(
                        "unknown",
                        empty().with(critical(ExtensionVectors.UNKNOWN, DERNull.INSTANCE)),
                        "is critical and not known in CRLs");
        forge.rule("crl-delta")
                .good("good", empty())
                .good("good-delta", delta().entry(0x4f01, "260501000000Z", RevocationReason.REMOVE_FROM_CRL.code()))
                .good("good-freshest", empty().with(plain(Oids.FRESHEST_CRL, freshest())))
                .bad(
                        "not-critical",
                        empty().with(plain(Oids.DELTA_CRL_INDICATOR, new ASN1Integer(1))),
                        "deltaCRLIndicator is not critical; it must be")
                .bad(
                        "base-not-below",
                        empty().with(critical(Oids.DELTA_CRL_INDICATOR, new ASN1Integer(1_780_272_000_000L))),
                        "the base CRL number 1780272000000 is not below the CRL's own number 1780272000000")
                .bad(
                        "freshest-in-delta",
                        delta().with(plain(Oids.FRESHEST_CRL, freshest())),
                        "freshestCRL is in a delta CRL; it must not be")
                .bad(
                        "freshest-critical",
                        empty().with(critical(Oids.FRESHEST_CRL, freshest())),
                        "freshestCRL is critical; it must not be");
        forge.rule("crl-extension-unfamiliar")
                .good("good", empty())
                .bad(
                        "issuer-alt-name",
                        empty().with(plain(ISSUER_ALT_NAME, new GeneralNames(ForgedCertificate.dns("acme.example")))),
                        "extension 2.5.29.18 is not known in CRLs; nothing of it is checked");
    }

    private static ForgedCrl delta() {
        return empty().with(critical(Oids.DELTA_CRL_INDICATOR, new ASN1Integer(1)));
    }

    /** FreshestCRL ::= CRLDistributionPoints */
    private static DERSequence freshest() {
        DERTaggedObject name = new DERTaggedObject(true, 0, point(uri("http://crl.acme.example/issuing.delta.crl")));
        return new DERSequence(new DERSequence(name));
    }

    /*
     * IssuingDistributionPoint ::= SEQUENCE {
     *   distributionPoint [0] DistributionPointName OPTIONAL, onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE,
     *   onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE, onlySomeReasons [3] ReasonFlags OPTIONAL,
     *   indirectCRL [4] BOOLEAN DEFAULT FALSE, onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
     */
    private static void issuingDistributionPoints(LintVectorForge forge) {
        DERTaggedObject name = new DERTaggedObject(true, 0, point(uri("http://crl.acme.example/issuing-1.crl")));
        DERTaggedObject users = new DERTaggedObject(false, 1, ASN1Boolean.TRUE);
        DERTaggedObject authorities = new DERTaggedObject(false, 2, ASN1Boolean.TRUE);
        DERTaggedObject reasons = new DERTaggedObject(false, 3, new ReasonFlags(ReasonFlags.keyCompromise));
        DERTaggedObject indirect = new DERTaggedObject(false, 4, ASN1Boolean.TRUE);
        DERTaggedObject attributes = new DERTaggedObject(false, 5, ASN1Boolean.TRUE);
        forge.rule("crl-issuing-distribution-point")
                .good("good", empty())
                .good("good-shard", limitedTo(name))
                .good("good-user-certificates", limitedTo(users))
                .good("good-ca-certificates", limitedTo(authorities))
                .bad(
                        "not-critical",
                        empty().with(plain(Oids.ISSUING_DISTRIBUTION_POINT, new DERSequence(name))),
                        "issuingDistributionPoint is not critical; it must be")
                .bad("empty", limitedTo(), "issuingDistributionPoint is empty; it must have a name or a limit")
                .bad("users-and-authorities", limitedTo(users, authorities), "for user and for CA certificates only")
                .bad("some-reasons", limitedTo(reasons), "issuingDistributionPoint is for some reasons only")
                .bad("indirect", limitedTo(indirect), "issuingDistributionPoint is for an indirect CRL")
                .bad("attributes", limitedTo(attributes), "is for attribute certificates only");
    }

    private static ForgedCrl limitedTo(ASN1Encodable... members) {
        return empty().with(critical(Oids.ISSUING_DISTRIBUTION_POINT, new DERSequence(members)));
    }

    private static void entries(LintVectorForge forge) {
        forge.rule("crl-entries")
                .good("good", empty())
                .good("good-in-any-order", empty().entry(9, "260501000000Z", 1).entry(7, "260601000000Z", -1))
                .bad(
                        "twice",
                        empty().entry(0x4f01, "260501000000Z", -1).entry(0x4f01, "260502000000Z", 1),
                        "serial 4f01 is listed more than once")
                .bad(
                        "remove-from-crl",
                        empty().entry(0x4f01, "260501000000Z", RevocationReason.REMOVE_FROM_CRL.code()),
                        "serial 4f01 has the reason removeFromCRL, which is for delta CRLs")
                .bad(
                        "not-yet",
                        empty().entry(0x4f01, "260601000001Z", -1),
                        "serial 4f01 is revoked at 2026-06-01T00:00:01Z, after thisUpdate 2026-06-01T00:00:00Z");
    }
}
