package org.devpki.ca.lint;

import static org.devpki.ca.lint.Forged.critical;
import static org.devpki.ca.lint.Forged.generalized;
import static org.devpki.ca.lint.Forged.name;
import static org.devpki.ca.lint.Forged.plain;
import static org.devpki.ca.lint.Forged.uri;
import static org.devpki.ca.lint.Forged.utc;
import static org.devpki.ca.lint.Forged.utf8;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DLTaggedObject;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.devpki.ca.lint.Forged.ForgedExtension;
import org.devpki.model.AttributeType;
import org.devpki.model.Curve;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Oids;

/** A TBSCertificate that begins sound and is then bent in one place. Each method bends this very one. */
final class ForgedCertificate {
    static final DERBitString DIGITAL_SIGNATURE = Forged.bits(0);
    static final DERBitString CA_BITS = Forged.bits(5, 6);

    private static final byte[] ROOT_KEY_ID = keyId(1);
    private static final byte[] ISSUING_KEY_ID = keyId(2);

    private int version = 3;
    private BigInteger serial = new BigInteger("4f0102030405060708090a0b0c0d0e0f", 16);
    private String signature = SignatureAlgorithm.ECDSA_WITH_SHA256.oid();
    private ASN1Encodable issuer;
    private ASN1Encodable notBefore = utc("260101000000Z");
    private ASN1Encodable notAfter = utc("350101000000Z");
    private ASN1Encodable subject;
    private SubjectPublicKeyInfo key;
    private boolean isUniqueIdThere;
    private List<ForgedExtension> extensions = new ArrayList<>();

    private ForgedCertificate(ASN1Encodable issuer, ASN1Encodable subject, SubjectPublicKeyInfo key) {
        this.issuer = issuer;
        this.subject = subject;
        this.key = key;
    }

    /** A root with a P-384 key, without end. */
    static ForgedCertificate root() {
        return new ForgedCertificate(rootName(), rootName(), ForgedKeys.ec(Curve.P_384.oid(), 3))
                .signature(SignatureAlgorithm.ECDSA_WITH_SHA384)
                .life(utc("240101000000Z"), generalized("99991231235959Z"))
                .with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(true)))
                .with(critical(Oids.KEY_USAGE, CA_BITS))
                .with(plain(Oids.SUBJECT_KEY_IDENTIFIER, new DEROctetString(ROOT_KEY_ID)));
    }

    /** A root with this key, which signs with this algorithm. */
    static ForgedCertificate rootOf(SubjectPublicKeyInfo key, SignatureAlgorithm algorithm) {
        return root().key(key).signature(algorithm);
    }

    /** A CA under the root, with a P-256 key and room for no CA below it. */
    static ForgedCertificate issuingCa() {
        return new ForgedCertificate(rootName(), issuingName(), ForgedKeys.ec(Curve.P_256.oid(), 5))
                .signature(SignatureAlgorithm.ECDSA_WITH_SHA384)
                .life(utc("250101000000Z"), utc("491231235959Z"))
                .with(critical(Oids.BASIC_CONSTRAINTS, new BasicConstraints(0)))
                .with(critical(Oids.KEY_USAGE, CA_BITS))
                .with(plain(Oids.SUBJECT_KEY_IDENTIFIER, new DEROctetString(ISSUING_KEY_ID)))
                .with(plain(Oids.AUTHORITY_KEY_IDENTIFIER, new AuthorityKeyIdentifier(ROOT_KEY_ID)));
    }

    /** A TLS client of the issuing CA. */
    static ForgedCertificate device() {
        return leaf("plant-7", ExtendedKeyUsage.CLIENT_AUTH);
    }

    /** A TLS server of the issuing CA. */
    static ForgedCertificate server() {
        return leaf("Broker of hall 3", ExtendedKeyUsage.SERVER_AUTH).names(dns("broker.acme.example"));
    }

    /** An OCSP responder of the issuing CA. */
    static ForgedCertificate responder() {
        return leaf("Acme OCSP", ExtendedKeyUsage.OCSP_SIGNING)
                .without(Oids.CRL_DISTRIBUTION_POINTS)
                .without(Oids.AUTHORITY_INFO_ACCESS)
                .with(plain(Oids.OCSP_NO_CHECK, DERNull.INSTANCE));
    }

    private static ForgedCertificate leaf(String commonName, ExtendedKeyUsage purpose) {
        return new ForgedCertificate(issuingName(), acme(commonName), ForgedKeys.ec(Curve.P_256.oid(), 7))
                .with(plain(Oids.SUBJECT_KEY_IDENTIFIER, new DEROctetString(keyId(3))))
                .with(plain(Oids.AUTHORITY_KEY_IDENTIFIER, new AuthorityKeyIdentifier(ISSUING_KEY_ID)))
                .with(critical(Oids.KEY_USAGE, DIGITAL_SIGNATURE))
                .purposes(purpose.oid())
                .crlAt(new DistributionPoint(point(uri("http://crl.acme.example/issuing.crl")), null, null))
                .access(
                        access(AuthorityInfoAccessRule.OCSP, "http://ocsp.acme.example/"),
                        access(AuthorityInfoAccessRule.CA_ISSUERS, "http://ca.acme.example/issuing.cer"));
    }

    static ASN1Encodable rootName() {
        return acme("Acme Root CA");
    }

    static ASN1Encodable issuingName() {
        return acme("Acme Issuing CA");
    }

    static ASN1Encodable acme(String commonName) {
        return name(utf8(AttributeType.ORGANIZATION, "Acme"), utf8(AttributeType.COMMON_NAME, commonName));
    }

    static GeneralName dns(String text) {
        return new GeneralName(GeneralName.dNSName, text);
    }

    static DistributionPointName point(GeneralName... names) {
        return new DistributionPointName(new GeneralNames(names));
    }

    static AccessDescription access(String method, String uri) {
        return new AccessDescription(new ASN1ObjectIdentifier(method), uri(uri));
    }

    private static byte[] keyId(int which) {
        byte[] id = new byte[20];
        id[0] = (byte) which;
        return id;
    }

    ForgedCertificate version(int wrong) {
        version = wrong;
        return this;
    }

    ForgedCertificate serial(String hex) {
        serial = new BigInteger(hex, 16);
        return this;
    }

    ForgedCertificate signature(SignatureAlgorithm algorithm) {
        return signature(algorithm.oid());
    }

    ForgedCertificate signature(String oid) {
        signature = oid;
        return this;
    }

    ForgedCertificate issuer(ASN1Encodable wrong) {
        issuer = wrong;
        return this;
    }

    ForgedCertificate life(ASN1Encodable from, ASN1Encodable until) {
        notBefore = from;
        notAfter = until;
        return this;
    }

    ForgedCertificate until(ASN1Encodable end) {
        notAfter = end;
        return this;
    }

    ForgedCertificate subject(ASN1Encodable... attributes) {
        return subjectName(name(attributes));
    }

    ForgedCertificate subjectName(ASN1Encodable wrong) {
        subject = wrong;
        return this;
    }

    ForgedCertificate key(SubjectPublicKeyInfo other) {
        key = other;
        return this;
    }

    ForgedCertificate uniqueId() {
        isUniqueIdThere = true;
        return this;
    }

    ForgedCertificate with(ForgedExtension extension) {
        extensions = Forged.with(extensions, extension);
        return this;
    }

    ForgedCertificate without(String oid) {
        extensions = Forged.without(extensions, oid);
        return this;
    }

    ForgedCertificate withoutExtensions() {
        extensions = List.of();
        return this;
    }

    /** Puts a second one behind, where {@link #with} would replace the first. */
    ForgedCertificate again(ForgedExtension extension) {
        extensions = new ArrayList<>(extensions);
        extensions.add(extension);
        return this;
    }

    ForgedCertificate usage(int... bits) {
        return with(critical(Oids.KEY_USAGE, Forged.bits(bits)));
    }

    ForgedCertificate purposes(String... oids) {
        return with(plain(Oids.EXTENDED_KEY_USAGE, Forged.oids(oids)));
    }

    ForgedCertificate names(GeneralName... names) {
        return with(plain(Oids.SUBJECT_ALT_NAME, new GeneralNames(names)));
    }

    ForgedCertificate crlAt(DistributionPoint... points) {
        return with(plain(Oids.CRL_DISTRIBUTION_POINTS, new CRLDistPoint(points)));
    }

    ForgedCertificate access(AccessDescription... descriptions) {
        return with(plain(Oids.AUTHORITY_INFO_ACCESS, new AuthorityInformationAccess(descriptions)));
    }

    byte[] octets() {
        List<ASN1Encodable> parts = new ArrayList<>();
        if (version != 1) {
            parts.add(new DERTaggedObject(true, 0, new ASN1Integer(version - 1)));
        }
        parts.add(new ASN1Integer(serial));
        parts.add(Forged.algorithm(signature));
        parts.add(issuer);
        parts.add(Forged.sequence(List.of(notBefore, notAfter)));
        parts.add(subject);
        parts.add(key);
        if (isUniqueIdThere) {
            parts.add(new DERTaggedObject(false, 1, new DERBitString(new byte[] {1})));
        }
        if (!extensions.isEmpty()) {
            parts.add(new DLTaggedObject(true, 3, Forged.extensions(extensions)));
        }
        return Forged.encode(Forged.sequence(parts));
    }
}
