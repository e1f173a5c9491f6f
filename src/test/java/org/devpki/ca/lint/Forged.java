package org.devpki.ca.lint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.GeneralName;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.jspecify.annotations.Nullable;

/** ASN.1 for those who mean to write it wrong; nothing here checks or sorts anything. */
final class Forged {
    private Forged() {}

    /**
     * One extension.
     *
     * @param critical the BOOLEAN's value; null for none, as DER wants it for FALSE
     */
    record ForgedExtension(String oid, @Nullable Boolean critical, Bytes value) {
        ASN1Encodable toAsn1() {
            ASN1EncodableVector parts = new ASN1EncodableVector();
            parts.add(new ASN1ObjectIdentifier(oid));
            if (critical != null) {
                parts.add(ASN1Boolean.getInstance((boolean) critical));
            }
            parts.add(new DEROctetString(value.toArray()));
            return new DLSequence(parts);
        }
    }

    static ForgedExtension critical(String oid, ASN1Encodable value) {
        return new ForgedExtension(oid, true, Bytes.of(encode(value)));
    }

    static ForgedExtension plain(String oid, ASN1Encodable value) {
        return new ForgedExtension(oid, null, Bytes.of(encode(value)));
    }

    /** An extension with octets that may be anything. */
    static ForgedExtension raw(String oid, String hex) {
        return new ForgedExtension(oid, null, Bytes.fromHex(hex));
    }

    static ForgedExtension criticalRaw(String oid, String hex) {
        return new ForgedExtension(oid, true, Bytes.fromHex(hex));
    }

    /** An extension with the default, critical FALSE, written out. */
    static ForgedExtension criticalFalse(String oid, ASN1Encodable value) {
        return new ForgedExtension(oid, false, Bytes.of(encode(value)));
    }

    static DLSequence extensions(List<ForgedExtension> extensions) {
        return sequence(extensions.stream().map(ForgedExtension::toAsn1).toList());
    }

    /** The same list with this extension in the place of the one that it replaces, or at the end. */
    static List<ForgedExtension> with(List<ForgedExtension> extensions, ForgedExtension extension) {
        List<ForgedExtension> changed = new ArrayList<>(extensions);
        for (int i = 0; i < changed.size(); i++) {
            if (changed.get(i).oid().equals(extension.oid())) {
                changed.set(i, extension);
                return changed;
            }
        }
        changed.add(extension);
        return changed;
    }

    static List<ForgedExtension> without(List<ForgedExtension> extensions, String oid) {
        return extensions.stream()
                .filter(extension -> !extension.oid().equals(oid))
                .toList();
    }

    /** One attribute to an RDN. */
    static DERSequence name(ASN1Encodable... attributes) {
        ASN1EncodableVector rdns = new ASN1EncodableVector();
        for (ASN1Encodable attribute : attributes) {
            rdns.add(new DERSet(attribute));
        }
        return new DERSequence(rdns);
    }

    /** Two attributes in one RDN, in the order that DER does not allow. */
    static DLSequence unsortedName() {
        return new DLSequence(new DLSet(new ASN1Encodable[] {
            utf8(AttributeType.COMMON_NAME, "plant-7"), utf8(AttributeType.ORGANIZATION, "Acme")
        }));
    }

    static DERSequence utf8(AttributeType type, String value) {
        return attribute(type, new DERUTF8String(value));
    }

    static DERSequence printable(AttributeType type, String value) {
        return attribute(type, new DERPrintableString(value));
    }

    static DERSequence bmp(AttributeType type, String value) {
        return attribute(type, new DERBMPString(value));
    }

    private static DERSequence attribute(AttributeType type, ASN1Encodable value) {
        return new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(type.oid()), value});
    }

    static ASN1UTCTime utc(String written) {
        return new ASN1UTCTime(written);
    }

    static ASN1GeneralizedTime generalized(String written) {
        return new ASN1GeneralizedTime(written);
    }

    static AlgorithmIdentifier algorithm(String oid) {
        return new AlgorithmIdentifier(new ASN1ObjectIdentifier(oid));
    }

    /** A named BIT STRING; bits in the order of the standard, so bit 0 is the first octet's highest. */
    static DERBitString bits(int... bits) {
        byte[] octets = new byte[2];
        int last = -1;
        for (int bit : bits) {
            octets[bit / 8] |= (byte) (0x80 >> bit % 8);
            last = Math.max(last, bit);
        }
        int length = (last + 8) / 8;
        return new DERBitString(Arrays.copyOf(octets, length), length * 8 - 1 - last);
    }

    static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    static DLSequence sequence(List<? extends ASN1Encodable> members) {
        return new DLSequence(members.toArray(ASN1Encodable[]::new));
    }

    static DERSequence oids(String... oids) {
        return new DERSequence(
                Arrays.stream(oids).map(ASN1ObjectIdentifier::new).toArray(ASN1Encodable[]::new));
    }

    /** With definite lengths, but sets and defaults as they were put. */
    static byte[] encode(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
