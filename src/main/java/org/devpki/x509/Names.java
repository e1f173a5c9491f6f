package org.devpki.x509;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.DistinguishedName;
import org.devpki.model.NameDer;

/** Distinguished names to DER and back (RFC 5280 section 4.1.2.4). */
public final class Names {
    /**
     * An attribute as a certificate has it.
     *
     * @param stringType {@code UTF8String}, {@code PrintableString} or {@code other}
     */
    public record ParsedAttribute(String oid, String value, String stringType) {
        public boolean is(AttributeType type) {
            return type.oid().equals(oid);
        }
    }

    private Names() {}

    /** UTF8String throughout, but PrintableString for country and serialNumber, which allow nothing else. */
    public static NameDer encode(DistinguishedName name) {
        List<RDN> rdns = new ArrayList<>();
        for (DistinguishedName.Attribute attribute : name.attributes()) {
            ASN1Encodable value =
                    switch (attribute.type()) {
                        case COUNTRY, SERIAL_NUMBER -> new DERPrintableString(attribute.value());
                        default -> new DERUTF8String(attribute.value());
                    };
            rdns.add(new RDN(new ASN1ObjectIdentifier(attribute.type().oid()), value));
        }
        return new NameDer(Der.bytes(new X500Name(rdns.toArray(RDN[]::new))));
    }

    /** The attributes in order, those of a multi-valued RDN one after the other. */
    public static List<ParsedAttribute> attributes(NameDer name) {
        return Der.reading("distinguished name", () -> {
            List<ParsedAttribute> attributes = new ArrayList<>();
            for (RDN rdn : x500(name).getRDNs()) {
                for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
                    attributes.add(parsed(attribute));
                }
            }
            return List.copyOf(attributes);
        });
    }

    /** RFC 4514 text, for people; do not compare it. */
    public static String text(NameDer name) {
        return Der.reading("distinguished name", () -> RFC4519Style.INSTANCE.toString(x500(name)));
    }

    static X500Name x500(NameDer name) {
        return X500Name.getInstance(name.octets().toArray());
    }

    static NameDer of(X500Name name) {
        return new NameDer(Bytes.of(Der.encode(name)));
    }

    private static ParsedAttribute parsed(AttributeTypeAndValue attribute) {
        ASN1Encodable value = attribute.getValue();
        String kind = value instanceof ASN1UTF8String
                ? "UTF8String"
                : value instanceof ASN1PrintableString ? "PrintableString" : "other";
        String text = value instanceof ASN1String string ? string.getString() : "";
        return new ParsedAttribute(attribute.getType().getId(), text, kind);
    }
}
