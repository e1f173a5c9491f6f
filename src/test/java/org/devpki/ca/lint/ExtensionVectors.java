package org.devpki.ca.lint;

import static org.devpki.ca.lint.Forged.critical;
import static org.devpki.ca.lint.Forged.criticalFalse;
import static org.devpki.ca.lint.Forged.criticalRaw;
import static org.devpki.ca.lint.Forged.name;
import static org.devpki.ca.lint.Forged.plain;
import static org.devpki.ca.lint.Forged.raw;
import static org.devpki.ca.lint.Forged.uri;
import static org.devpki.ca.lint.Forged.utf8;
import static org.devpki.ca.lint.ForgedCertificate.access;
import static org.devpki.ca.lint.ForgedCertificate.device;
import static org.devpki.ca.lint.ForgedCertificate.dns;
import static org.devpki.ca.lint.ForgedCertificate.issuingCa;
import static org.devpki.ca.lint.ForgedCertificate.point;
import static org.devpki.ca.lint.ForgedCertificate.responder;
import static org.devpki.ca.lint.ForgedCertificate.root;
import static org.devpki.ca.lint.ForgedCertificate.server;
import static org.devpki.model.AttributeType.COMMON_NAME;
import static org.devpki.model.AttributeType.ORGANIZATION;

import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Oids;

/** Vectors for the rules on the extensions of a certificate. */
final class ExtensionVectors {
    private static final String CLIENT = ExtendedKeyUsage.CLIENT_AUTH.oid();
    private static final String SERVER = ExtendedKeyUsage.SERVER_AUTH.oid();
    private static final String OCSP = ExtendedKeyUsage.OCSP_SIGNING.oid();

    /** An extension that nobody knows: the arc is for documentation (RFC 5612 is its like for enterprises). */
    static final String UNKNOWN = "1.3.6.1.4.1.32473.1";

    private ExtensionVectors() {}

    static void make(LintVectorForge forge) {
        all(forge);
        keyIdentifiers(forge);
        keyUsages(forge);
        paths(forge);
        names(forge);
        addresses(forge);
        responders(forge);
    }

    private static void all(LintVectorForge forge) {
        forge.rule("extension-unique")
                .good("good", device())
                .bad(
                        "key-usage-twice",
                        device().again(critical(Oids.KEY_USAGE, ForgedCertificate.DIGITAL_SIGNATURE)),
                        "extension keyUsage is there more than once");
        forge.rule("extension-known")
                .good("good", device())
                .good("good-not-critical", device().with(plain(UNKNOWN, DERNull.INSTANCE)))
                .bad(
                        "critical",
                        device().with(critical(UNKNOWN, DERNull.INSTANCE)),
                        "extension 1.3.6.1.4.1.32473.1 is critical and not known")
                .bad(
                        "of-a-crl",
                        device().with(critical(Oids.CRL_NUMBER, new ASN1Integer(1))),
                        "extension cRLNumber is critical and not known in certificates");
        forge.rule("extension-unfamiliar")
                .good("good", device())
                .bad(
                        "not-critical",
                        device().with(plain(UNKNOWN, DERNull.INSTANCE)),
                        "extension 1.3.6.1.4.1.32473.1 is not known in certificates; nothing of it is checked");
        forge.rule("der-encoding")
                .good("good", device())
                .good("good-basic-constraints-without-ca", device().with(raw(Oids.BASIC_CONSTRAINTS, "3000")))
                .bad(
                        "set-not-sorted",
                        device().subjectName(Forged.unsortedName()),
                        "the certificate is not in canonical DER")
                .bad(
                        "long-length-in-an-extension",
                        issuingCa().with(criticalRaw(Oids.BASIC_CONSTRAINTS, "3081060101ff020100")),
                        "the value of extension basicConstraints is not in canonical DER")
                .bad(
                        "boolean-of-1",
                        issuingCa().with(criticalRaw(Oids.BASIC_CONSTRAINTS, "3003010101")),
                        "the value of extension basicConstraints is not in canonical DER")
                .bad(
                        "critical-false",
                        device().with(criticalFalse(Oids.SUBJECT_KEY_IDENTIFIER, new DEROctetString(new byte[20]))),
                        "extension subjectKeyIdentifier has critical FALSE written out; leave the default out")
                .bad(
                        "ca-false",
                        device().with(raw(Oids.BASIC_CONSTRAINTS, "3003010100")),
                        "basicConstraints has cA FALSE written out; leave the default out");
    }

    private static void keyIdentifiers(LintVectorForge forge) {
        forge.rule("authority-key-identifier")
                .issuer(issuingCa())
                .good("good", device())
                .issuerOf("good-root", root())
                .good("good-root", root())
                .bad("absent", device().without(Oids.AUTHORITY_KEY_IDENTIFIER), "there is no authorityKeyIdentifier")
                .bad(
                        "critical",
                        device().with(critical(
                                Oids.AUTHORITY_KEY_IDENTIFIER,
                                new AuthorityKeyIdentifier(
                                        Bytes.fromHex("02" + "00".repeat(19)).toArray()))),
                        "authorityKeyIdentifier is critical; it must not be")
                .bad(
                        "by-name-and-serial",
                        device().with(plain(
                                Oids.AUTHORITY_KEY_IDENTIFIER,
                                new AuthorityKeyIdentifier(
                                        new GeneralNames(
                                                new GeneralName(X500Name.getInstance(ForgedCertificate.rootName()))),
                                        BigInteger.TEN))),
                        "authorityKeyIdentifier has no keyIdentifier")
                .bad(
                        "another-key",
                        device().with(plain(
                                Oids.AUTHORITY_KEY_IDENTIFIER, new AuthorityKeyIdentifier(new byte[] {1, 2, 3, 4}))),
                        "authorityKeyIdentifier 01020304 is not the issuer's subjectKeyIdentifier, 0200");
        forge.rule("subject-key-identifier")
                .good("good", issuingCa())
                .good("good-device-without", device().without(Oids.SUBJECT_KEY_IDENTIFIER))
                .bad(
                        "ca-without",
                        issuingCa().without(Oids.SUBJECT_KEY_IDENTIFIER),
                        "there is no subjectKeyIdentifier; a CA must have one")
                .bad(
                        "critical",
                        device().with(critical(Oids.SUBJECT_KEY_IDENTIFIER, new DEROctetString(new byte[20]))),
                        "subjectKeyIdentifier is critical; it must not be")
                .bad(
                        "empty",
                        device().with(plain(Oids.SUBJECT_KEY_IDENTIFIER, new DEROctetString(new byte[0]))),
                        "subjectKeyIdentifier is empty");
    }

    private static void keyUsages(LintVectorForge forge) {
        forge.rule("key-usage")
                .good("good", device())
                .good("good-ca", issuingCa())
                .good("good-server-without", server().without(Oids.KEY_USAGE))
                .good("good-encipher-only", server().usage(4, 7))
                .bad("ca-without", issuingCa().without(Oids.KEY_USAGE), "there is no keyUsage; a CA must have it")
                .bad(
                        "not-critical",
                        device().with(plain(Oids.KEY_USAGE, ForgedCertificate.DIGITAL_SIGNATURE)),
                        "keyUsage is not critical; it should be")
                .bad("no-bit", device().usage(), "keyUsage has no bit set; at least one must be")
                .bad("cert-sign-without-ca", server().usage(0, 5), "keyUsage has keyCertSign, but this is not a CA")
                .bad("ca-without-cert-sign", issuingCa().usage(6), "keyUsage lacks keyCertSign, but this is a CA")
                .bad("encipher-only", server().usage(0, 7), "which mean nothing without keyAgreement")
                .bad("decipher-only", server().usage(0, 8), "which mean nothing without keyAgreement")
                .bad(
                        "no-bit-string",
                        device().with(critical(Oids.KEY_USAGE, DERNull.INSTANCE)),
                        "the keyUsage extension is not well-formed DER");
        forge.rule("key-usage-algorithm")
                .good("good", device())
                .good("good-rsa", server().key(ForgedKeys.rsa2048()).usage(0, 2))
                .good("good-ec-key-agreement", server().usage(0, 4))
                .bad(
                        "ec-key-encipherment",
                        server().usage(0, 2),
                        "has keyEncipherment, which is not for a key of kind P-256")
                .bad("ec-data-encipherment", server().usage(0, 3), "keyUsage has dataEncipherment, which is not for")
                .bad(
                        "ed25519-key-agreement",
                        server().key(ForgedKeys.ed25519()).usage(0, 4),
                        "keyUsage has keyAgreement, which is not for a key of kind Ed25519")
                .bad(
                        "ml-dsa-key-encipherment",
                        server().key(ForgedKeys.mlDsa44()).usage(0, 2),
                        "keyUsage has keyEncipherment, which is not for a key of kind ML-DSA-44");
        forge.rule("client-key-usage")
                .good("good", device())
                .good(
                        "good-client-and-server",
                        rsaServer()
                                .purposes(CLIENT, SERVER)
                                .subject(cn("broker"))
                                .usage(0, 2))
                .good("good-server", rsaServer().usage(0, 2))
                .bad(
                        "rsa-key-encipherment",
                        device().key(ForgedKeys.rsa2048()).usage(0, 2),
                        "keyUsage is digitalSignature, keyEncipherment; with clientAuth alone it is digitalSignature alone")
                .bad("absent", device().without(Oids.KEY_USAGE), "keyUsage is nothing; with clientAuth alone it is");
    }

    private static ForgedCertificate rsaServer() {
        return server().key(ForgedKeys.rsa2048());
    }

    private static DERSequence cn(String text) {
        return Forged.utf8(AttributeType.COMMON_NAME, text);
    }

    private static void paths(LintVectorForge forge) {
        forge.rule("basic-constraints")
                .good("good", issuingCa())
                .good("good-device", device())
                .bad(
                        "not-critical",
                        issuingCa().with(plain(Oids.BASIC_CONSTRAINTS, new BasicConstraints(true))),
                        "basicConstraints is not critical; in a CA it must be")
                .bad(
                        "path-length-of-a-device",
                        device().with(raw(Oids.BASIC_CONSTRAINTS, "3003020100")),
                        "basicConstraints has pathLenConstraint 0, but this is not a CA")
                .bad(
                        "path-length-without-cert-sign",
                        issuingCa().usage(6),
                        "basicConstraints has pathLenConstraint 0, but keyUsage lacks keyCertSign")
                .bad(
                        "negative-path-length",
                        issuingCa().with(criticalRaw(Oids.BASIC_CONSTRAINTS, "30060101ff0201ff")),
                        "basicConstraints has pathLenConstraint -1; it must be 0 or more");
        ForgedCertificate room = root().with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(1)));
        forge.rule("path-length")
                .issuer(issuingCa())
                .good("good", device())
                .issuerOf("good-ca-with-room", room)
                .good("good-ca-with-room", issuingCa())
                .good(
                        "good-self-issued",
                        issuingCa()
                                .issuer(ForgedCertificate.issuingName())
                                .signature(SignatureAlgorithm.ECDSA_WITH_SHA256)
                                .with(plain(
                                        Oids.AUTHORITY_KEY_IDENTIFIER,
                                        new AuthorityKeyIdentifier(Bytes.fromHex("02" + "00".repeat(19))
                                                .toArray()))))
                .issuerOf("bad-issuer-is-no-ca", issuingCa().without(Oids.BASIC_CONSTRAINTS))
                .bad("issuer-is-no-ca", device(), "the issuer is not a CA")
                .issuerOf("bad-issuer-without-cert-sign", issuingCa().usage(6))
                .bad("issuer-without-cert-sign", device(), "the issuer's keyUsage lacks keyCertSign")
                .issuerOf("bad-no-room", root().with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(0))))
                .bad("no-room", issuingCa(), "the issuer's pathLenConstraint is 0, so it may not issue to another CA")
                .issuerOf(
                        "bad-no-room-above",
                        issuingCa().with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(1))))
                .issuersOf("bad-no-room-above", 2)
                .bad("no-room-above", issuingCa(), ", above it, is 1, and 2 CAs would be below")
                .issuerOf(
                        "good-with-room-above",
                        issuingCa().with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(1))))
                .issuersOf("good-with-room-above", 2)
                .good("good-with-room-above", device());
        forge.rule("extended-key-usage")
                .good("good", device())
                .good("good-without", server().without(Oids.EXTENDED_KEY_USAGE))
                .good("good-responder", responder())
                .bad("empty", server().purposes(), "extKeyUsage is empty; it must name a purpose")
                .bad("twice", device().purposes(CLIENT, CLIENT), "extKeyUsage names a purpose twice")
                .bad("any", server().purposes(SERVER, "2.5.29.37.0"), "extKeyUsage has anyExtendedKeyUsage")
                .bad("ocsp-signing-ca", issuingCa().purposes(OCSP), "extKeyUsage has OCSPSigning, but this is a CA")
                .bad("ocsp-signing-client", responder().purposes(CLIENT, OCSP), "has OCSPSigning and other purposes");
    }

    private static void names(LintVectorForge forge) {
        String notGood = "which is no well-formed DNS name, IP address or absolute URI";
        forge.rule("subject-alt-name")
                .good("good", server())
                .good(
                        "good-each-kind",
                        server().names(
                                        dns("*.acme.example"),
                                        uri("urn:dev:ops:32473-plant-7"),
                                        ip("c0000207"),
                                        ip("20010db8000000000000000000000007")))
                .good("good-device-without", device())
                .bad("empty", device().names(), "subjectAltName is empty; leave it out")
                .bad("server-without", server().without(Oids.SUBJECT_ALT_NAME), "with serverAuth there must be")
                .bad("dns-name-with-underscore", server().names(dns("broker_1.acme.example")), notGood)
                .bad("relative-uri", server().names(uri("/broker")), "subjectAltName has \"/broker\", " + notGood)
                .bad("ip-address-of-5-octets", server().names(ip("c000020700")), "\"c000020700\", " + notGood)
                .bad("email", server().names(new GeneralName(GeneralName.rfc822Name, "it@acme.example")), notGood);
        NameConstraints acmeOnly =
                new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(dns("acme.example"))}, null);
        forge.rule("name-constraints")
                .good("good", issuingCa().with(critical(Oids.NAME_CONSTRAINTS, acmeOnly)))
                .good("good-without", issuingCa())
                .bad(
                        "device",
                        device().with(critical(Oids.NAME_CONSTRAINTS, acmeOnly)),
                        "there are nameConstraints, but this is not a CA")
                .bad(
                        "not-critical",
                        issuingCa().with(plain(Oids.NAME_CONSTRAINTS, acmeOnly)),
                        "nameConstraints is not critical; it must be")
                .bad(
                        "empty",
                        issuingCa().with(critical(Oids.NAME_CONSTRAINTS, new DERSequence())),
                        "nameConstraints is empty; it must permit or exclude something")
                .bad(
                        "empty-list",
                        issuingCa()
                                .with(critical(
                                        Oids.NAME_CONSTRAINTS,
                                        new NameConstraints(
                                                new GeneralSubtree[] {new GeneralSubtree(dns("acme.example"))},
                                                new GeneralSubtree[0]))),
                        "nameConstraints has a list without a subtree; such a list is left out");
        GeneralSubtree[] plant = {
            new GeneralSubtree(dns("plant.example")),
            new GeneralSubtree(ip("c0000200ffffff00")),
            new GeneralSubtree(new GeneralName(GeneralName.directoryName, name(utf8(ORGANIZATION, "Acme"))))
        };
        NameConstraints plantOnly =
                new NameConstraints(plant, new GeneralSubtree[] {new GeneralSubtree(dns("lab.plant.example"))});
        forge.rule("constrained-names")
                .issuer(issuingCa().with(critical(Oids.NAME_CONSTRAINTS, plantOnly)))
                .good("good", device())
                .good("good-names", device().names(dns("a.plant.example"), ip("c0000207")))
                .good("good-unconstrained", server())
                .issuerOf("good-unconstrained", issuingCa())
                .bad("subject", device().subject(utf8(COMMON_NAME, "plant-8")), "the name cn=plant-8 is not within the")
                .bad(
                        "host",
                        device().names(dns("a.example")),
                        "the name a.example is not within the nameConstraints of")
                .bad(
                        "excluded",
                        device().names(dns("a.lab.plant.example")),
                        "the name a.lab.plant.example is not within")
                .bad("address", device().names(ip("c0000307")), "the name ip:192.0.3.7 is not within the")
                .bad(
                        "common-name-like-a-host",
                        device().subject(utf8(ORGANIZATION, "Acme"), utf8(COMMON_NAME, "a.example")),
                        "the name a.example is");
    }

    private static GeneralName ip(String hex) {
        return new GeneralName(
                GeneralName.iPAddress, new DEROctetString(Bytes.fromHex(hex).toArray()));
    }

    private static void addresses(LintVectorForge forge) {
        DistributionPoint crl = new DistributionPoint(point(uri("http://crl.acme.example/issuing.crl")), null, null);
        GeneralName directory = new GeneralName(X500Name.getInstance(ForgedCertificate.issuingName()));
        forge.rule("crl-distribution-points")
                .good("good", device())
                .good("good-ldap", device().crlAt(at("ldap://ldap.acme.example/cn=ca?certificateRevocationList")))
                .good("good-without", device().without(Oids.CRL_DISTRIBUTION_POINTS))
                .bad(
                        "critical",
                        device().with(critical(
                                Oids.CRL_DISTRIBUTION_POINTS, new CRLDistPoint(new DistributionPoint[] {crl}))),
                        "cRLDistributionPoints is critical; it should not be")
                .bad("empty", device().crlAt(), "the cRLDistributionPoints extension is not well-formed DER")
                .bad(
                        "directory-name",
                        device().crlAt(new DistributionPoint(point(directory), null, null)),
                        "a CRL distribution point has no URL")
                .bad("file-url", device().crlAt(at("file:///issuing.crl")), "\"file:///issuing.crl\" is not an http,")
                .bad("relative-url", device().crlAt(at("issuing.crl")), "\"issuing.crl\" is not an http, https or ldap")
                .bad("url-with-space", device().crlAt(at("http://crl.acme.example/a b")), "is not an http, https or")
                .bad(
                        "reasons",
                        device().crlAt(new DistributionPoint(
                                crl.getDistributionPoint(), new ReasonFlags(ReasonFlags.keyCompromise), null)),
                        "a CRL distribution point is for some reasons only")
                .bad(
                        "crl-issuer",
                        device().crlAt(new DistributionPoint(
                                crl.getDistributionPoint(), null, new GeneralNames(directory))),
                        "a CRL distribution point names another CRL issuer");
        String ocsp = AuthorityInfoAccessRule.OCSP;
        String issuers = AuthorityInfoAccessRule.CA_ISSUERS;
        forge.rule("authority-info-access")
                .good("good", device())
                .good("good-without", device().without(Oids.AUTHORITY_INFO_ACCESS))
                .bad(
                        "critical",
                        device().with(critical(
                                Oids.AUTHORITY_INFO_ACCESS,
                                new DERSequence(access(ocsp, "http://ocsp.acme.example/")))),
                        "authorityInfoAccess is critical; it must not be")
                .bad(
                        "empty",
                        device().with(raw(Oids.AUTHORITY_INFO_ACCESS, "3000")),
                        "extension is not well-formed DER")
                .bad(
                        "ocsp-by-ldap",
                        device().access(access(ocsp, "ldap://ocsp.acme.example/")),
                        "has for OCSP \"ldap://ocsp.acme.example/\", which is not an http or https URL")
                .bad(
                        "relative-ca-issuers",
                        device().access(access(issuers, "issuing.cer")),
                        "has for caIssuers \"issuing.cer\", which is not an http or https URL");
        forge.rule("certificate-policies")
                .good("good", device().with(raw(Oids.CERTIFICATE_POLICIES, "3006300406022a03")))
                .good("good-without", device())
                .bad(
                        "critical",
                        device().with(criticalRaw(Oids.CERTIFICATE_POLICIES, "3006300406022a03")),
                        "certificatePolicies is critical; mbedTLS refuses that");
    }

    private static DistributionPoint at(String uri) {
        return new DistributionPoint(point(uri(uri)), null, null);
    }

    private static void responders(LintVectorForge forge) {
        forge.rule("ocsp-no-check")
                .good("good", responder())
                .good("good-device", device())
                .bad("absent", responder().without(Oids.OCSP_NO_CHECK), "with OCSPSigning it must be there")
                .bad(
                        "device",
                        device().with(plain(Oids.OCSP_NO_CHECK, DERNull.INSTANCE)),
                        "without OCSPSigning it must not be there")
                .bad(
                        "critical",
                        responder().with(critical(Oids.OCSP_NO_CHECK, DERNull.INSTANCE)),
                        "id-pkix-ocsp-nocheck is critical; it should not be")
                .bad(
                        "not-null",
                        responder().with(raw(Oids.OCSP_NO_CHECK, "0101ff")),
                        "id-pkix-ocsp-nocheck has the value 0101ff; it must be NULL, 0500");
    }
}
