package org.devpki.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.Time;
import org.devpki.model.Bytes;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlPlan;
import org.devpki.model.NameDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.SignatureAlgorithm;

/** CRLs: plan to octets, octets to what can be judged (RFC 5280 section 5). */
public final class Crls {
    private Crls() {}

    /*
     * TBSCertList  ::=  SEQUENCE  {
     *   version Version OPTIONAL, signature AlgorithmIdentifier, issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
     *   revokedCertificates SEQUENCE OF SEQUENCE {
     *     userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
     *   crlExtensions [0] EXPLICIT Extensions OPTIONAL }
     */

    /** The octets to be signed; entries in the order of their serials. */
    public static Bytes tbs(CrlPlan plan, SignatureAlgorithm algorithm) {
        ASN1EncodableVector tbs = new ASN1EncodableVector();
        tbs.add(new ASN1Integer(1)); // v2
        tbs.add(Seals.identifier(algorithm));
        tbs.add(Names.x500(plan.issuer()));
        tbs.add(time(plan.thisUpdate()));
        tbs.add(time(plan.nextUpdate()));
        if (!plan.entries().isEmpty()) { // an empty list must be absent (RFC 5280 section 5.1.2.6)
            ASN1EncodableVector entries = new ASN1EncodableVector();
            plan.entries().stream()
                    .sorted(Comparator.comparing(RevokedEntry::serial))
                    .forEach(entry -> entries.add(entry(entry)));
            tbs.add(new DERSequence(entries));
        }
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                Der.encode(new AuthorityKeyIdentifier(plan.authorityKeyId().toArray())));
        extensions.addExtension(Extension.cRLNumber, false, Der.encode(new CRLNumber(plan.number())));
        if (!plan.idpUrls().isEmpty()) {
            IssuingDistributionPoint idp = new IssuingDistributionPoint(
                    DistributionPoints.name(plan.idpUrls()), false, false, null, false, false);
            extensions.addExtension(Extension.issuingDistributionPoint, true, Der.encode(idp));
        }
        tbs.add(new DERTaggedObject(true, 0, extensions.generate()));
        return Der.bytes(new DERSequence(tbs));
    }

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if it is no CRL */
    public static ParsedCrl parse(CrlDer crl) {
        return Der.reading("CRL", () -> {
            List<byte[]> outer = Der.members(crl.octets().toArray());
            if (outer.size() != 3) {
                throw new IOException("a CRL has three members");
            }
            return parse(crl, outer.get(0));
        });
    }

    /** The same for octets that are not signed yet; the seal of the result is empty. */
    public static ParsedCrl parseTbs(Bytes tbs) {
        return Der.reading("CRL", () -> parse(new CrlDer(tbs), tbs.toArray()));
    }

    private static ParsedCrl parse(CrlDer crl, byte[] tbs) throws IOException {
        List<byte[]> raw = Der.members(tbs);
        ASN1Sequence members = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(tbs));
        int at = 0;
        int version = 1;
        if (members.getObjectAt(0) instanceof ASN1Integer number) {
            version = number.intValueExact() + 1;
            at++;
        }
        String signature = ASN1ObjectIdentifier.getInstance(
                        ASN1Sequence.getInstance(members.getObjectAt(at++)).getObjectAt(0))
                .getId();
        NameDer issuer = new NameDer(Bytes.of(raw.get(at++)));
        Instant thisUpdate =
                Time.getInstance(members.getObjectAt(at++)).getDate().toInstant();
        Optional<Instant> nextUpdate = Optional.empty();
        List<RevokedEntry> entries = List.of();
        List<ParsedExtension> extensions = List.of();
        for (; at < members.size(); at++) {
            ASN1Primitive member = members.getObjectAt(at).toASN1Primitive();
            if (member instanceof ASN1TaggedObject tagged) {
                extensions = ParsedTbs.extensions(ASN1Sequence.getInstance(tagged, true));
            } else if (member instanceof ASN1Sequence revoked) {
                entries = entries(revoked);
            } else {
                nextUpdate = Optional.of(Time.getInstance(member).getDate().toInstant());
            }
        }
        return new ParsedCrl(
                crl,
                Bytes.of(tbs),
                version,
                signature,
                issuer,
                thisUpdate,
                nextUpdate,
                entries,
                number(extensions),
                authorityKeyId(extensions),
                idp(extensions),
                extensions);
    }

    private static DERSequence entry(RevokedEntry entry) {
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(new ASN1Integer(entry.serial().value()));
        parts.add(time(entry.at()));
        if (entry.reason() != RevocationReason.UNSPECIFIED) { // absent rather than unspecified (section 5.3.1)
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.reasonCode,
                    false,
                    Der.encode(CRLReason.lookup(entry.reason().code())));
            parts.add(extensions.generate());
        }
        return new DERSequence(parts);
    }

    private static List<RevokedEntry> entries(ASN1Sequence revoked) {
        List<RevokedEntry> entries = new ArrayList<>(revoked.size());
        revoked.forEach(member -> {
            ASN1Sequence parts = ASN1Sequence.getInstance(member);
            RevocationReason reason = RevocationReason.UNSPECIFIED;
            if (parts.size() > 2) {
                Extension extension =
                        Extensions.getInstance(parts.getObjectAt(2)).getExtension(Extension.reasonCode);
                if (extension != null) {
                    reason = RevocationReason.ofCode(ASN1Enumerated.getInstance(extension.getParsedValue())
                            .intValueExact());
                }
            }
            entries.add(new RevokedEntry(
                    new SerialNumber(
                            ASN1Integer.getInstance(parts.getObjectAt(0)).getValue()),
                    Time.getInstance(parts.getObjectAt(1)).getDate().toInstant(),
                    reason));
        });
        return List.copyOf(entries);
    }

    private static Optional<BigInteger> number(List<ParsedExtension> extensions) throws IOException {
        Optional<ASN1Primitive> value = value(extensions, Oids.CRL_NUMBER);
        return value.map(v -> ASN1Integer.getInstance(v).getValue());
    }

    private static Optional<Bytes> authorityKeyId(List<ParsedExtension> extensions) throws IOException {
        return value(extensions, Oids.AUTHORITY_KEY_IDENTIFIER)
                .map(AuthorityKeyIdentifier::getInstance)
                .flatMap(aki -> Optional.ofNullable(aki.getKeyIdentifierOctets()))
                .map(Bytes::of);
    }

    private static Optional<ParsedCrl.IssuingDistributionPoint> idp(List<ParsedExtension> extensions)
            throws IOException {
        return value(extensions, Oids.ISSUING_DISTRIBUTION_POINT)
                .map(IssuingDistributionPoint::getInstance)
                .map(idp -> new ParsedCrl.IssuingDistributionPoint(
                        Optional.ofNullable(idp.getDistributionPoint()).map(Der::bytes),
                        Optional.ofNullable(idp.getDistributionPoint())
                                .map(DistributionPoints::uris)
                                .orElse(List.of()),
                        idp.onlyContainsUserCerts(),
                        idp.onlyContainsCACerts(),
                        idp.onlyContainsAttributeCerts(),
                        idp.isIndirectCRL(),
                        idp.getOnlySomeReasons() != null));
    }

    private static Optional<ASN1Primitive> value(List<ParsedExtension> extensions, String oid) throws IOException {
        for (ParsedExtension extension : extensions) {
            if (extension.oid().equals(oid)) {
                return Optional.of(ASN1Primitive.fromByteArray(extension.value().toArray()));
            }
        }
        return Optional.empty();
    }

    private static Time time(Instant instant) {
        return new Time(Date.from(instant));
    }
}
