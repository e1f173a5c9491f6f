package org.devpki.x509;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.devpki.model.CsrDer;
import org.devpki.model.KeySpec;
import org.devpki.model.SubjectAltName;
import org.devpki.testing.TestKeys;

/** A certification request as a device, or somebody worse, would make it. */
public final class TestCsr {
    private final String subject;
    private KeySpec spec = TestKeys.P_256;
    private SigningKey signer = TestKeys.signing(TestKeys.P_256, "csr");
    private final ExtensionsGenerator extensions = new ExtensionsGenerator();
    private final List<String> strangeAttributes = new ArrayList<>();

    private TestCsr(String subject) {
        this.subject = subject;
    }

    /** A request of this common name. */
    public static TestCsr of(String commonName) {
        return new TestCsr("CN=" + commonName);
    }

    /** @param subject RFC 4514 text; empty for none */
    public static TestCsr ofSubject(String subject) {
        return new TestCsr(subject);
    }

    public TestCsr withKey(KeySpec other) {
        spec = other;
        signer = TestKeys.signing(other, "csr");
        return this;
    }

    /** Signed by a key other than its own. */
    public TestCsr signedByAnother() {
        signer = TestKeys.signing(spec, "another");
        return this;
    }

    public TestCsr withSans(String... names) {
        GeneralName[] encoded = Arrays.stream(names)
                .map(SubjectAltName::parse)
                .map(GeneralNameText::encode)
                .toArray(GeneralName[]::new);
        return with(Oids.SUBJECT_ALT_NAME, false, new GeneralNames(encoded));
    }

    public TestCsr withEmailSan(String address) {
        return with(Oids.SUBJECT_ALT_NAME, false, new GeneralNames(new GeneralName(GeneralName.rfc822Name, address)));
    }

    /** Asks to be a CA, or not to be one. */
    public TestCsr wantingCa(boolean isCa) {
        return with(Oids.BASIC_CONSTRAINTS, true, new org.bouncycastle.asn1.x509.BasicConstraints(isCa));
    }

    public TestCsr wantingKeyUsage(int bits) {
        return with(Oids.KEY_USAGE, true, new org.bouncycastle.asn1.x509.KeyUsage(bits));
    }

    public TestCsr wantingPurpose(String oid) {
        KeyPurposeId purpose = KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid));
        return with(Oids.EXTENDED_KEY_USAGE, false, new ExtendedKeyUsage(purpose));
    }

    public TestCsr wantingExtension(String oid) {
        return with(oid, false, new DERSequence());
    }

    public TestCsr withAttribute(String oid) {
        strangeAttributes.add(oid);
        return this;
    }

    private TestCsr with(String oid, boolean isCritical, ASN1Encodable value) {
        extensions.addExtension(new ASN1ObjectIdentifier(oid), isCritical, Der.encode(value));
        return this;
    }

    public CsrDer der() {
        ASN1EncodableVector attributes = new ASN1EncodableVector();
        if (!extensions.isEmpty()) {
            attributes.add(attribute(ParsedCsr.EXTENSION_REQUEST, extensions.generate()));
        }
        strangeAttributes.forEach(
                oid -> attributes.add(attribute(oid, new org.bouncycastle.asn1.DERUTF8String("secret"))));
        CertificationRequestInfo info = new CertificationRequestInfo(
                new X500Name(subject),
                SubjectPublicKeyInfo.getInstance(
                        TestKeys.key(spec, "csr").publicKey().octets().toArray()),
                new DERSet(attributes));
        return new CsrDer(Seals.seal(Der.bytes(info), signer));
    }

    private static DERSequence attribute(String oid, ASN1Encodable value) {
        return new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(oid), new DERSet(value)});
    }

    /** The OID of the extension, for {@link #wantingExtension}. */
    public static String oidOfNameConstraints() {
        return Extension.nameConstraints.getId();
    }
}
