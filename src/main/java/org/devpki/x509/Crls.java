package org.devpki.x509;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.devpki.model.Bytes;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlPlan;
import org.devpki.model.KeySpec;
import org.devpki.model.NameDer;
import org.devpki.model.OctetSource;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.model.Spool;

/** CRLs: plan to octets, octets to what can be judged (RFC 5280 section 5). */
public final class Crls {
    private static final int SEQUENCE = 0x30;
    private static final int BIT_STRING = 0x03;

    /** Of anything but the list of entries; a signature has 512, a name a few hundred. */
    private static final int MOST_MEMBER_OCTETS = 1 << 20;

    private Crls() {}

    /*
     * TBSCertList  ::=  SEQUENCE  {
     *   version Version OPTIONAL, signature AlgorithmIdentifier, issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
     *   revokedCertificates SEQUENCE OF SEQUENCE {
     *     userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
     *   crlExtensions [0] EXPLICIT Extensions OPTIONAL }
     */

    /** The octets to be signed, of a CRL that is small. */
    public static Bytes tbs(CrlPlan plan, SignatureAlgorithm algorithm) {
        return tbs(plan, algorithm, Spool.inMemory()).toBytes();
    }

    /**
     * The octets to be signed; entries in the order in which the plan tells them.
     *
     * @param spool for the entries, whose length stands before them
     */
    public static OctetSource tbs(CrlPlan plan, SignatureAlgorithm algorithm, Spool spool) {
        OctetSource entries = spool.keep(out -> write(plan.entries(), out));
        Bytes before = joined(List.of(
                Der.bytes(new ASN1Integer(1)), // v2
                Der.bytes(Seals.identifier(algorithm)),
                plan.issuer().octets(),
                Bytes.of(Times.encode(plan.thisUpdate())),
                Bytes.of(Times.encode(plan.nextUpdate()))));
        // an empty list must be absent (RFC 5280 section 5.1.2.6)
        Bytes listHeader = entries.size() == 0 ? Bytes.of(new byte[0]) : Der.header(SEQUENCE, entries.size());
        Bytes after = Der.bytes(new DERTaggedObject(true, 0, extensions(plan)));
        long length = before.size() + listHeader.size() + entries.size() + after.size();
        return OctetSource.concat(Der.header(SEQUENCE, length), before, listHeader, entries, after);
    }

    /** Octets of which only the number is known. */
    private record Unread(long size) implements OctetSource {
        @Override
        public InputStream open() {
            throw new IllegalStateException("there are no octets");
        }
    }

    /** How many octets an entry has. */
    public static int entryOctets(RevokedEntry entry) {
        return CrlEntries.encode(entry).length;
    }

    /** How many octets a CRL has at most whose entries have so many; the plan's own do not count. */
    public static long size(CrlPlan plan, KeySpec signer, long entriesOctets) {
        OctetSource tbs = tbs(plan, SignatureAlgorithm.of(signer), filling -> new Unread(entriesOctets));
        return Seals.unsigned(tbs, signer).size();
    }

    /** How many octets a CRL has as PEM that has so many as DER. */
    public static long pemSize(long derOctets) {
        return Pem.crl(new CrlDer(new Unread(derOctets))).size();
    }

    private static void write(RevokedEntries entries, OutputStream out) throws IOException {
        try {
            entries.each(entry -> {
                try {
                    out.write(CrlEntries.encode(entry));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Extensions extensions(CrlPlan plan) {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                Der.encode(new AuthorityKeyIdentifier(plan.authorityKeyId().toArray())));
        extensions.addExtension(Extension.cRLNumber, false, Der.encode(new CRLNumber(plan.number())));
        CrlPlan.Scope scope = plan.scope();
        scope.baseNumber()
                .ifPresent(base ->
                        extensions.addExtension(Extension.deltaCRLIndicator, true, Der.encode(new CRLNumber(base))));
        if (!scope.idpUrls().isEmpty()) {
            IssuingDistributionPoint idp = new IssuingDistributionPoint(
                    DistributionPoints.name(scope.idpUrls()), false, false, null, false, false);
            extensions.addExtension(Extension.issuingDistributionPoint, true, Der.encode(idp));
        }
        if (!scope.freshestUrls().isEmpty()) {
            extensions.addExtension(
                    Extension.freshestCRL, false, Der.encode(DistributionPoints.encode(scope.freshestUrls())));
        }
        return extensions.generate();
    }

    private static Bytes joined(List<Bytes> parts) {
        return OctetSource.concat(parts.toArray(OctetSource[]::new)).toBytes();
    }

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if it is no CRL */
    public static ParsedCrl parse(CrlDer crl) {
        return Der.reading("CRL", () -> {
            try (DerStream der = new DerStream(crl.octets().open())) {
                DerStream.Header outer = der.header(SEQUENCE);
                if (outer.size() != crl.octets().size()) {
                    throw new IOException("octets after the end, or cut");
                }
                long from = der.position();
                DerStream.Header tbs = der.header(SEQUENCE);
                ParsedCrl parsed = parse(crl, crl.octets().slice(from, tbs.size()), der, tbs);
                der.content(der.header(SEQUENCE), MOST_MEMBER_OCTETS);
                der.content(der.header(BIT_STRING), MOST_MEMBER_OCTETS);
                if (der.position() != outer.size()) {
                    throw new IOException("a CRL has three members");
                }
                return parsed;
            }
        });
    }

    /** The same for octets that are not signed yet; the seal of the result is empty. */
    public static ParsedCrl parseTbs(OctetSource tbs) {
        return Der.reading("CRL", () -> {
            try (DerStream der = new DerStream(tbs.open())) {
                DerStream.Header header = der.header(SEQUENCE);
                if (header.size() != tbs.size()) {
                    throw new IOException("octets after the end, or cut");
                }
                return parse(new CrlDer(tbs), tbs, der, header);
            }
        });
    }

    /** @param der behind the header of what was signed */
    private static ParsedCrl parse(CrlDer crl, OctetSource tbs, DerStream der, DerStream.Header header)
            throws IOException {
        long start = der.position() - header.octets();
        List<byte[]> members = new ArrayList<>(); // all but the entries
        ListedEntries entries = ListedEntries.none();
        int entriesAt = -1;
        while (der.position() - start < header.size()) {
            DerStream.Header member = der.header();
            if (der.position() - start + member.length() > header.size()) {
                throw new IOException("a member reaches past the CRL");
            }
            boolean isList = member.tag() == SEQUENCE && !members.isEmpty() && isTime(members.get(members.size() - 1));
            if (isList && entriesAt < 0) {
                entriesAt = members.size();
                entries = ListedEntries.walk(der, tbs.slice(der.position() - start, member.length()));
            } else {
                members.add(der.whole(member, MOST_MEMBER_OCTETS));
            }
        }
        return parsed(crl, tbs, members, entries, der.isMinimal() && entries.isCanonicalDer());
    }

    private static boolean isTime(byte[] member) {
        return member[0] == BERTags.UTC_TIME || member[0] == BERTags.GENERALIZED_TIME;
    }

    private static ParsedCrl parsed(
            CrlDer crl, OctetSource tbs, List<byte[]> members, ListedEntries entries, boolean isCanonicalSoFar)
            throws IOException {
        Iterator<byte[]> at = members.iterator();
        byte[] member = at.next();
        int version = 1;
        if (ASN1Primitive.fromByteArray(member) instanceof ASN1Integer number) {
            version = number.intValueExact() + 1;
            member = at.next();
        }
        String signature = ASN1ObjectIdentifier.getInstance(
                        ASN1Sequence.getInstance(member).getObjectAt(0))
                .getId();
        NameDer issuer = new NameDer(Bytes.of(at.next()));
        Instant thisUpdate = instant(at.next());
        Optional<Instant> nextUpdate = Optional.empty();
        List<ParsedExtension> extensions = List.of();
        while (at.hasNext()) {
            member = at.next();
            if (ASN1Primitive.fromByteArray(member) instanceof ASN1TaggedObject tagged) {
                extensions = ParsedTbs.extensions(ASN1Sequence.getInstance(tagged, true));
            } else {
                nextUpdate = Optional.of(instant(member));
            }
        }
        return new ParsedCrl(
                crl,
                tbs,
                isCanonicalSoFar && members.stream().allMatch(Der::isCanonical),
                version,
                signature,
                issuer,
                thisUpdate,
                nextUpdate,
                entries,
                number(extensions, Oids.CRL_NUMBER),
                authorityKeyId(extensions),
                idp(extensions),
                number(extensions, Oids.DELTA_CRL_INDICATOR),
                extensions);
    }

    private static Instant instant(byte[] time) throws IOException {
        return Times.instant(ASN1Primitive.fromByteArray(time));
    }

    private static Optional<BigInteger> number(List<ParsedExtension> extensions, String oid) throws IOException {
        return value(extensions, oid).map(v -> ASN1Integer.getInstance(v).getValue());
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
}
