package org.devpki.x509;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.PolicyQualifierInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificatePlan;
import org.devpki.model.CertificatePolicy;
import org.devpki.model.SignatureAlgorithm;

/** Certificates: plan to octets, octets to what can be judged (RFC 5280 section 4). */
public final class Certificates {
    private Certificates() {}

    /** The octets to be signed. */
    public static Bytes tbs(CertificatePlan plan, SignatureAlgorithm algorithm) {
        V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
        tbs.setSerialNumber(new ASN1Integer(plan.serial().value()));
        tbs.setSignature(Seals.identifier(algorithm));
        tbs.setIssuer(Names.x500(plan.issuer()));
        tbs.setStartDate(Times.time(plan.validity().notBefore()));
        tbs.setEndDate(Times.time(plan.validity().notAfter()));
        tbs.setSubject(Names.x500(plan.subject()));
        tbs.setSubjectPublicKeyInfo(
                SubjectPublicKeyInfo.getInstance(plan.publicKey().octets().toArray()));
        tbs.setExtensions(extensions(plan).generate());
        return Der.bytes(tbs.generateTBSCertificate());
    }

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if it is no certificate */
    public static ParsedCertificate parse(CertificateDer certificate) {
        return Der.reading("certificate", () -> {
            List<byte[]> members = Der.members(certificate.octets().toArray());
            if (members.size() != 3) {
                throw new java.io.IOException("a certificate has three members");
            }
            return new ParsedCertificate(
                    certificate,
                    ParsedTbs.parse(Bytes.of(members.get(0))),
                    Bytes.of(members.get(1)),
                    Bytes.of(members.get(2)));
        });
    }

    /*
     * Extension  ::=  SEQUENCE  { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
     *
     * A certificate that is not a CA's has no basic constraints at all: they would say nothing, and cA FALSE must never
     * be encoded.
     */
    private static ExtensionsGenerator extensions(CertificatePlan plan) {
        CertificatePlan.Extensions wanted = plan.extensions();
        ExtensionsGenerator made = new ExtensionsGenerator();
        if (wanted.isCa()) {
            BasicConstraints constraints = wanted.pathLength().isPresent()
                    ? new BasicConstraints(wanted.pathLength().getAsInt())
                    : new BasicConstraints(true);
            add(made, Extension.basicConstraints, true, constraints);
        }
        add(
                made,
                Extension.subjectKeyIdentifier,
                false,
                new DEROctetString(wanted.subjectKeyId().toArray()));
        wanted.authorityKeyId()
                .ifPresent(id ->
                        add(made, Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(id.toArray())));
        if (!wanted.keyUsage().isEmpty()) {
            int bits = wanted.keyUsage().stream().mapToInt(KeyUsages::bit).reduce(0, (a, b) -> a | b);
            add(made, Extension.keyUsage, true, new KeyUsage(bits));
        }
        if (!wanted.bounds().policies().isEmpty()) { // not critical, for mbedTLS refuses that
            add(
                    made,
                    Extension.certificatePolicies,
                    false,
                    policies(wanted.bounds().policies()));
        }
        if (wanted.bounds().constrainNames()) { // critical (RFC 5280 section 4.2.1.10)
            add(made, Extension.nameConstraints, true, NameBounds.encode(wanted.bounds()));
        }
        if (!wanted.extendedKeyUsage().isEmpty()) {
            KeyPurposeId[] purposes = wanted.extendedKeyUsage().stream()
                    .sorted()
                    .map(purpose -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(purpose.oid())))
                    .toArray(KeyPurposeId[]::new);
            add(made, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
        }
        if (!plan.sans().isEmpty()) {
            GeneralName[] names =
                    plan.sans().stream().map(GeneralNameText::encode).toArray(GeneralName[]::new);
            // critical where there is no subject to go by (RFC 5280 section 4.2.1.6)
            add(
                    made,
                    Extension.subjectAlternativeName,
                    Names.attributes(plan.subject()).isEmpty(),
                    new GeneralNames(names));
        }
        if (!wanted.crlUrls().isEmpty()) {
            add(made, Extension.cRLDistributionPoints, false, DistributionPoints.encode(wanted.crlUrls()));
        }
        List<AccessDescription> access = new ArrayList<>();
        wanted.ocspUrls()
                .forEach(url ->
                        access.add(new AccessDescription(AccessDescription.id_ad_ocsp, GeneralNameText.uri(url))));
        wanted.issuerUrls()
                .forEach(url ->
                        access.add(new AccessDescription(AccessDescription.id_ad_caIssuers, GeneralNameText.uri(url))));
        if (!access.isEmpty()) {
            AccessDescription[] descriptions = access.toArray(AccessDescription[]::new);
            add(made, Extension.authorityInfoAccess, false, new AuthorityInformationAccess(descriptions));
        }
        if (wanted.isOcspNoCheck()) {
            add(made, new ASN1ObjectIdentifier(Oids.OCSP_NO_CHECK), false, DERNull.INSTANCE);
        }
        return made;
    }

    private static CertificatePolicies policies(List<CertificatePolicy> policies) {
        return new CertificatePolicies(policies.stream()
                .map(policy -> policy.cps()
                        .map(uri -> new PolicyInformation(
                                new ASN1ObjectIdentifier(policy.oid()), new DERSequence(new PolicyQualifierInfo(uri))))
                        .orElseGet(() -> new PolicyInformation(new ASN1ObjectIdentifier(policy.oid()))))
                .toArray(PolicyInformation[]::new));
    }

    private static void add(
            ExtensionsGenerator extensions, ASN1ObjectIdentifier oid, boolean isCritical, ASN1Encodable value) {
        extensions.addExtension(oid, isCritical, Der.encode(value));
    }
}
