package org.devpki.x509;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.KeyUsage;
import org.devpki.model.NameDer;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SerialNumber;
import org.devpki.model.SubjectAltName;

/**
 * A TBSCertificate, read without judging (RFC 5280 section 4.1.2). Reading keeps what is odd, for lint to see.
 *
 * @param octets as they were, header and all
 * @param version 1 to 3
 * @param serial any integer
 * @param signatureOid of the inner AlgorithmIdentifier
 */
public record ParsedTbs(
        Bytes octets,
        int version,
        BigInteger serial,
        String signatureOid,
        NameDer issuer,
        ParsedTime notBefore,
        ParsedTime notAfter,
        NameDer subject,
        PublicKeyDer publicKey,
        boolean hasUniqueIds,
        List<ParsedExtension> extensions) {

    /** A Time with the form it was written in: UTCTime, or else GeneralizedTime. */
    public record ParsedTime(Instant at, boolean isUtcTime, String written) {}

    /**
     * @param isCaEncoded whether the BOOLEAN is there at all; DER forbids it for FALSE (X.690 11.5)
     */
    public record BasicConstraints(boolean isCa, boolean isCaEncoded, OptionalInt pathLength) {}

    /**
     * One distribution point.
     *
     * @param name the DistributionPointName's octets, for comparison with a CRL's issuing distribution point
     * @param uris the URIs of its full name
     */
    public record DistributionPoint(
            Optional<Bytes> name, List<String> uris, boolean hasReasons, boolean hasCrlIssuer) {}

    /** One GeneralName of an alternative name; {@code san} is absent for kinds and syntaxes that devpki does not write. */
    public record AlternativeName(int tag, String text, Optional<SubjectAltName> san) {}

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if it is no TBSCertificate */
    public static ParsedTbs parse(Bytes octets) {
        return Der.reading("certificate", () -> {
            byte[] raw = octets.toArray();
            List<byte[]> rawMembers = Der.members(raw);
            ASN1Sequence members = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(raw));
            int at = 0;
            int version = 1;
            if (members.getObjectAt(0) instanceof ASN1TaggedObject tagged && tagged.hasContextTag(0)) {
                version = ASN1Integer.getInstance(tagged, true).intValueExact() + 1;
                at++;
            }
            BigInteger serial =
                    ASN1Integer.getInstance(members.getObjectAt(at++)).getValue();
            String signature = ASN1ObjectIdentifier.getInstance(
                            ASN1Sequence.getInstance(members.getObjectAt(at++)).getObjectAt(0))
                    .getId();
            NameDer issuer = name(rawMembers.get(at++));
            ASN1Sequence validity = ASN1Sequence.getInstance(members.getObjectAt(at++));
            NameDer subject = name(rawMembers.get(at++));
            PublicKeyDer key = new PublicKeyDer(Bytes.of(rawMembers.get(at++)));
            boolean hasUniqueIds = false;
            List<ParsedExtension> extensions = List.of();
            for (; at < members.size(); at++) {
                ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(members.getObjectAt(at));
                if (tagged.hasContextTag(3)) {
                    extensions = extensions(ASN1Sequence.getInstance(tagged, true));
                } else {
                    hasUniqueIds = true;
                }
            }
            return new ParsedTbs(
                    octets,
                    version,
                    serial,
                    signature,
                    issuer,
                    time(validity.getObjectAt(0).toASN1Primitive()),
                    time(validity.getObjectAt(1).toASN1Primitive()),
                    subject,
                    key,
                    hasUniqueIds,
                    extensions);
        });
    }

    /** Only extensions, to read what a request asks for with the readers below. */
    public static ParsedTbs ofExtensions(List<ParsedExtension> extensions) {
        Bytes none = Bytes.of(new byte[0]);
        ParsedTime never = new ParsedTime(Instant.EPOCH, true, "");
        return new ParsedTbs(
                none,
                3,
                BigInteger.ONE,
                "",
                new NameDer(none),
                never,
                never,
                new NameDer(none),
                new PublicKeyDer(none),
                false,
                extensions);
    }

    /** Whether the whole TBSCertificate is in the one form that DER allows. */
    public boolean isCanonicalDer() {
        return Der.isCanonical(octets.toArray());
    }

    /** The serial as devpki's own value. */
    public SerialNumber serialNumber() {
        return new SerialNumber(serial);
    }

    public boolean isSelfIssued() {
        return issuer.equals(subject);
    }

    public Optional<ParsedExtension> extension(String oid) {
        return extensions.stream().filter(e -> e.oid().equals(oid)).findFirst();
    }

    /** The common names in order; a good certificate has one. */
    public List<String> commonNames() {
        return Names.attributes(subject).stream()
                .filter(a -> a.is(AttributeType.COMMON_NAME))
                .map(Names.ParsedAttribute::value)
                .toList();
    }

    public Optional<BasicConstraints> basicConstraints() {
        return read(Oids.BASIC_CONSTRAINTS, value -> {
            ASN1Sequence members = ASN1Sequence.getInstance(value);
            boolean isCaEncoded = members.size() > 0 && members.getObjectAt(0) instanceof ASN1Boolean;
            boolean isCa = isCaEncoded
                    && ASN1Boolean.getInstance(members.getObjectAt(0)).isTrue();
            int lengthAt = isCaEncoded ? 1 : 0;
            return new BasicConstraints(
                    isCa,
                    isCaEncoded,
                    members.size() > lengthAt
                            ? OptionalInt.of(ASN1Integer.getInstance(members.getObjectAt(lengthAt))
                                    .intValueExact())
                            : OptionalInt.empty());
        });
    }

    public boolean isCa() {
        return basicConstraints().map(BasicConstraints::isCa).orElse(false);
    }

    public Optional<Set<KeyUsage>> keyUsage() {
        return read(Oids.KEY_USAGE, value -> {
            org.bouncycastle.asn1.x509.KeyUsage bits = org.bouncycastle.asn1.x509.KeyUsage.getInstance(value);
            Set<KeyUsage> usages = new TreeSet<>();
            for (KeyUsage usage : KeyUsage.values()) {
                if (bits.hasUsages(KeyUsages.bit(usage))) {
                    usages.add(usage);
                }
            }
            return usages;
        });
    }

    /** The OIDs of the purposes, in order. */
    public Optional<List<String>> extendedKeyUsage() {
        return read(Oids.EXTENDED_KEY_USAGE, value -> {
            List<String> oids = new ArrayList<>();
            ASN1Sequence.getInstance(value)
                    .forEach(oid ->
                            oids.add(ASN1ObjectIdentifier.getInstance(oid).getId()));
            return oids;
        });
    }

    public Optional<Bytes> subjectKeyId() {
        return read(
                Oids.SUBJECT_KEY_IDENTIFIER,
                value -> Bytes.of(ASN1OctetString.getInstance(value).getOctets()));
    }

    public Optional<Bytes> authorityKeyId() {
        return read(Oids.AUTHORITY_KEY_IDENTIFIER, value -> AuthorityKeyIdentifier.getInstance(value))
                .flatMap(
                        aki -> Optional.ofNullable(aki.getKeyIdentifierOctets()).map(Bytes::of));
    }

    /** The serial by which the certificate names its issuer's, if it does; devpki's own do not. */
    public Optional<BigInteger> authorityCertSerial() {
        return read(Oids.AUTHORITY_KEY_IDENTIFIER, value -> AuthorityKeyIdentifier.getInstance(value))
                .flatMap(aki -> Optional.ofNullable(aki.getAuthorityCertSerialNumber()));
    }

    public List<AlternativeName> subjectAltNames() {
        return read(Oids.SUBJECT_ALT_NAME, value -> {
                    List<AlternativeName> names = new ArrayList<>();
                    for (GeneralName name : GeneralNames.getInstance(value).getNames()) {
                        names.add(GeneralNameText.parse(name));
                    }
                    return names;
                })
                .orElse(List.of());
    }

    public List<DistributionPoint> crlDistributionPoints() {
        return read(Oids.CRL_DISTRIBUTION_POINTS, DistributionPoints::parse).orElse(List.of());
    }

    /** URIs of the authority information access with this access method, such as {@code 1.3.6.1.5.5.7.48.1} for OCSP. */
    public List<String> accessUris(String method) {
        return read(Oids.AUTHORITY_INFO_ACCESS, value -> {
                    List<String> uris = new ArrayList<>();
                    for (AccessDescription description :
                            AuthorityInformationAccess.getInstance(value).getAccessDescriptions()) {
                        if (description.getAccessMethod().getId().equals(method)) {
                            uris.add(GeneralNameText.parse(description.getAccessLocation())
                                    .text());
                        }
                    }
                    return uris;
                })
                .orElse(List.of());
    }

    private <T> Optional<T> read(String oid, Function<ASN1Primitive, T> reader) {
        return extension(oid)
                .map(extension -> Der.reading(
                        Oids.name(oid) + " extension",
                        () -> reader.apply(
                                ASN1Primitive.fromByteArray(extension.value().toArray()))));
    }

    private static NameDer name(byte[] octets) {
        return new NameDer(Bytes.of(octets));
    }

    static List<ParsedExtension> extensions(ASN1Sequence members) {
        List<ParsedExtension> extensions = new ArrayList<>();
        members.forEach(member -> {
            ASN1Sequence parts = ASN1Sequence.getInstance(member);
            boolean isCriticalEncoded = parts.size() == 3;
            extensions.add(new ParsedExtension(
                    ASN1ObjectIdentifier.getInstance(parts.getObjectAt(0)).getId(),
                    isCriticalEncoded
                            && ASN1Boolean.getInstance(parts.getObjectAt(1)).isTrue(),
                    isCriticalEncoded,
                    Bytes.of(ASN1OctetString.getInstance(parts.getObjectAt(parts.size() - 1))
                            .getOctets())));
        });
        return List.copyOf(extensions);
    }

    private static ParsedTime time(ASN1Primitive value) {
        return value instanceof ASN1UTCTime utc
                ? new ParsedTime(Times.instant(utc), true, utc.toString()) // getTime() would give a normalized form
                : new ParsedTime(
                        Times.instant(value),
                        false,
                        ASN1GeneralizedTime.getInstance(value).getTimeString());
    }
}
