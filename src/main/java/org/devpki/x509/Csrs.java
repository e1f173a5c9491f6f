package org.devpki.x509;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.CsrDer;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.DistinguishedName;
import org.devpki.model.NameDer;
import org.devpki.model.PublicKeyDer;

/** Certification requests (PKCS #10, RFC 2986). */
public final class Csrs {
    private static final int MOST_OCTETS = 65_536;

    private Csrs() {}

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if it is no certification request, or over 64 KiB */
    public static ParsedCsr parse(CsrDer csr) {
        return Der.reading("certification request", () -> {
            if (csr.octets().length() > MOST_OCTETS) {
                throw new IOException("over " + MOST_OCTETS + " octets");
            }
            List<byte[]> outer = Der.members(csr.octets().toArray());
            if (outer.size() != 3) {
                throw new IOException("a request has three members");
            }
            CertificationRequestInfo info =
                    CertificationRequestInfo.getInstance(ASN1Primitive.fromByteArray(outer.get(0)));
            List<String> attributes = new ArrayList<>();
            List<ParsedExtension> extensions = new ArrayList<>();
            ASN1Set all = info.getAttributes();
            for (int i = 0; all != null && i < all.size(); i++) {
                ASN1Sequence attribute = ASN1Sequence.getInstance(all.getObjectAt(i));
                String oid = ASN1ObjectIdentifier.getInstance(attribute.getObjectAt(0))
                        .getId();
                attributes.add(oid);
                if (oid.equals(ParsedCsr.EXTENSION_REQUEST)) {
                    for (ASN1Encodable value : ASN1Set.getInstance(attribute.getObjectAt(1))) {
                        extensions.addAll(ParsedTbs.extensions(ASN1Sequence.getInstance(value)));
                    }
                }
            }
            return new ParsedCsr(
                    csr,
                    Names.of(info.getSubject()),
                    new PublicKeyDer(Der.bytes(info.getSubjectPublicKeyInfo())),
                    AlgorithmIdentifier.getInstance(outer.get(1)).getAlgorithm().getId(),
                    List.copyOf(attributes),
                    List.copyOf(extensions));
        });
    }

    /** Asks for a certificate of this common name for a key, which signs it; no attributes. */
    public static CsrDer request(DeviceKey key, String commonName) {
        NameDer subject = Names.encode(
                new DistinguishedName(List.of(new DistinguishedName.Attribute(AttributeType.COMMON_NAME, commonName))));
        try (SigningKey signer = LocalSigningKey.of(key)) {
            return request(signer, subject);
        }
    }

    /** The same, of any subject. */
    public static CsrDer request(SigningKey key, NameDer subject) {
        CertificationRequestInfo info = new CertificationRequestInfo(
                Names.x500(subject),
                SubjectPublicKeyInfo.getInstance(key.publicKey().octets().toArray()),
                new DERSet());
        Bytes sealed = Seals.seal(Der.bytes(info), key);
        if (!Seals.verify(sealed, key.publicKey())) {
            throw DevpkiException.integrity("the signature of a request does not verify; it is not handed out");
        }
        return new CsrDer(sealed);
    }

    /** The names of a subject alternative name extension that a request asks for. */
    public static List<ParsedTbs.AlternativeName> alternativeNames(Bytes extensionValue) {
        return Der.reading("subjectAltName extension", () -> {
            List<ParsedTbs.AlternativeName> names = new ArrayList<>();
            for (GeneralName name : GeneralNames.getInstance(ASN1Primitive.fromByteArray(extensionValue.toArray()))
                    .getNames()) {
                names.add(GeneralNameText.parse(name));
            }
            return List.copyOf(names);
        });
    }
}
