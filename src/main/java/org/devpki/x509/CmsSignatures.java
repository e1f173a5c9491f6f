package org.devpki.x509;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.CMSSignedDataParser;
import org.bouncycastle.cms.CMSTypedData;
import org.bouncycastle.cms.CMSTypedStream;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.util.CollectionStore;
import org.bouncycastle.util.Store;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.OctetSource;

/** CMS SignedData as OpenSSL makes it: beside a file, without the content, or around it (RFC 5652 section 5.2). */
public final class CmsSignatures {
    private CmsSignatures() {}

    /**
     * Signs a file.
     *
     * @param signer of the key
     * @param others between the signer and the root, which a verifier needs too
     * @return DER of a ContentInfo
     */
    public static Bytes sign(
            OctetSource content, SigningKey key, CertificateDer signer, List<CertificateDer> others, Instant at) {
        return signed(content, key, signer, others, at, false);
    }

    /** The same with the content inside. */
    public static Bytes signWhole(
            Bytes content, SigningKey key, CertificateDer signer, List<CertificateDer> others, Instant at) {
        return signed(content, key, signer, others, at, true);
    }

    private static Bytes signed(
            OctetSource content,
            SigningKey key,
            CertificateDer signer,
            List<CertificateDer> others,
            Instant at,
            boolean isInside) {
        try {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            List<X509CertificateHolder> certificates = new ArrayList<>(List.of(holder(signer)));
            for (CertificateDer other : others) {
                certificates.add(holder(other));
            }
            generator.addCertificates(new CollectionStore<>(certificates));
            ASN1EncodableVector signedTime = new ASN1EncodableVector();
            signedTime.add(new Attribute(CMSAttributes.signingTime, new DERSet(Times.time(at))));
            generator.addSignerInfoGenerator(new SignerInfoGeneratorBuilder(new BcDigestCalculatorProvider())
                    .setSignedAttributeGenerator(
                            new DefaultSignedAttributeTableGenerator(new AttributeTable(signedTime)))
                    .build(new KeySigner(key), holder(signer)));
            return Bytes.of(generator
                    .generate(new Content(content), isInside)
                    .toASN1Structure()
                    .getEncoded(ASN1Encoding.DER));
        } catch (CMSException | OperatorCreationException | IOException e) {
            throw DevpkiException.storeFailed("the signature cannot be made: " + e.getMessage())
                    .causedBy(e);
        }
    }

    /**
     * A signature that holds; whether its signer is to be trusted is another question.
     *
     * @param signer the certificate of the key that made it
     * @param others that came with it
     */
    public record Signed(ParsedCertificate signer, List<ParsedCertificate> others) {}

    /**
     * Looks whether a signature is one of the file, by the key of a certificate that it brings.
     *
     * @param origin the signature's file, for messages
     * @throws DevpkiException INTEGRITY if it is not
     */
    public static Signed verify(OctetSource content, Bytes signature, String origin) {
        try (InputStream octets = content.open()) {
            CMSSignedDataParser parser = new CMSSignedDataParser(
                    new BcDigestCalculatorProvider(), new CMSTypedStream(octets), signature.toArray());
            parser.getSignedContent().drain();
            return verified(parser, origin);
        } catch (CMSException
                | OperatorCreationException
                | java.security.cert.CertificateException
                | IOException
                | IllegalArgumentException
                | ClassCastException
                | IllegalStateException e) { // the library throws some of each at broken octets
            throw broken(origin).causedBy(e);
        }
    }

    /** What a signature stands around, and the signature. */
    public record Whole(Bytes content, Signed signed) {}

    /**
     * Looks whether a signature with its content inside holds.
     *
     * @param most octets of the content
     * @param origin the file, for messages
     * @throws DevpkiException INTEGRITY if it does not
     */
    public static Whole open(Bytes whole, int most, String origin) {
        try {
            CMSSignedDataParser parser = new CMSSignedDataParser(new BcDigestCalculatorProvider(), whole.toArray());
            CMSTypedStream inside = parser.getSignedContent();
            if (inside == null) {
                throw DevpkiException.integrity(origin + " is a signature without what is signed");
            }
            Bytes content = Bytes.of(inside.getContentStream().readNBytes(most + 1));
            inside.drain();
            if (content.size() > most) {
                throw DevpkiException.integrity(origin + " has more than " + most + " octets inside");
            }
            return new Whole(content, verified(parser, origin));
        } catch (CMSException
                | OperatorCreationException
                | java.security.cert.CertificateException
                | IOException
                | IllegalArgumentException
                | ClassCastException
                | IllegalStateException e) { // the library throws some of each at broken octets
            throw DevpkiException.integrity(origin + " is not signed octets that hold")
                    .causedBy(e);
        }
    }

    private static Signed verified(CMSSignedDataParser parser, String origin)
            throws CMSException, OperatorCreationException, java.security.cert.CertificateException, IOException {
        Store<?> certificates = parser.getCertificates();
        Collection<SignerInformation> signers = parser.getSignerInfos().getSigners();
        if (signers.size() != 1) {
            throw DevpkiException.integrity(origin + " has " + signers.size() + " signers; one is right");
        }
        SignerInformation signer = signers.iterator().next();
        List<ParsedCertificate> others = new ArrayList<>();
        Optional<X509CertificateHolder> own = Optional.empty();
        for (Object found : certificates.getMatches(null)) {
            X509CertificateHolder certificate = (X509CertificateHolder) found;
            if (signer.getSID().match(certificate)) {
                own = Optional.of(certificate);
            } else {
                others.add(parsed(certificate));
            }
        }
        if (own.isEmpty()) {
            throw DevpkiException.integrity(origin + " does not bring its signer's certificate");
        }
        SignerInformationVerifier verifier = new JcaSimpleSignerInfoVerifierBuilder()
                .setProvider(new BouncyCastleProvider())
                .build(own.get());
        if (!signer.verify(verifier)) {
            throw broken(origin);
        }
        return new Signed(parsed(own.get()), others);
    }

    private static DevpkiException broken(String origin) {
        return DevpkiException.integrity(origin + " is not a signature of this file");
    }

    private static X509CertificateHolder holder(CertificateDer certificate) throws IOException {
        return new X509CertificateHolder(certificate.octets().toArray());
    }

    private static ParsedCertificate parsed(X509CertificateHolder certificate) throws CMSException, IOException {
        try {
            return Certificates.parse(new CertificateDer(Bytes.of(certificate.getEncoded())));
        } catch (DevpkiException e) { // one that the library reads, and is none all the same
            throw new CMSException(e.sentence(), e);
        }
    }

    /** Octets as the library reads what is to be signed. */
    private record Content(OctetSource octets) implements CMSTypedData {
        @Override
        public ASN1ObjectIdentifier getContentType() {
            return CMSObjectIdentifiers.data;
        }

        @Override
        public void write(OutputStream out) throws IOException {
            octets.copyTo(out);
        }

        @Override
        public Object getContent() {
            return octets;
        }
    }

    /** A signing key as the library asks it: for the signed attributes, which are few octets. */
    private static final class KeySigner implements ContentSigner {
        private final SigningKey key;
        private final ByteArrayOutputStream attributes = new ByteArrayOutputStream();

        KeySigner(SigningKey key) {
            this.key = key;
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return Seals.identifier(key.algorithm());
        }

        @Override
        public OutputStream getOutputStream() {
            return attributes;
        }

        @Override
        public byte[] getSignature() {
            return key.sign(Bytes.of(attributes.toByteArray())).toArray();
        }
    }
}
