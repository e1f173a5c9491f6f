package org.devpki.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.SerialNumber;

/** An OCSP client: makes requests and reads answers with another code than the responder's. */
public final class TestOcsp {
    private static final Map<String, String> DIGESTS =
            Map.of("SHA-1", "1.3.14.3.2.26", "SHA-256", "2.16.840.1.101.3.4.2.1", "MD5", "1.2.840.113549.2.5");

    private TestOcsp() {}

    public static Bytes request(ParsedTbs issuer, String digest, SerialNumber serial, Optional<Bytes> nonce) {
        return request(issuer, digest, serial.value(), nonce);
    }

    /** @param serial any integer, as a client may send it */
    public static Bytes request(ParsedTbs issuer, String digest, BigInteger serial, Optional<Bytes> nonce) {
        CertID id = new CertID(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier(DIGESTS.get(digest)), DERNull.INSTANCE),
                new DEROctetString(issuer.subject().octets().digest(digest).toArray()),
                new DEROctetString(Keys.bitsHash(issuer.publicKey(), digest).toArray()),
                new ASN1Integer(serial));
        ASN1EncodableVector tbs = new ASN1EncodableVector();
        tbs.add(new DERSequence(new DERSequence(id)));
        nonce.ifPresent(octets -> {
            Extension extension = new Extension(
                    new ASN1ObjectIdentifier(Oids.OCSP_NONCE), false, Der.encode(new DEROctetString(octets.toArray())));
            tbs.add(new DERTaggedObject(true, 2, new Extensions(extension)));
        });
        return Der.bytes(new DERSequence(new DERSequence(tbs)));
    }

    /**
     * What an answer says.
     *
     * @param responseStatus 0 for successful (RFC 6960 section 4.2.1)
     * @param certStatus {@code good}, {@code revoked} with its reason's code, {@code unknown}; empty without an answer
     */
    public record Read(
            int responseStatus, String certStatus, Optional<Bytes> nonce, Optional<CertificateDer> responder) {}

    /** Reads an answer to one question. */
    public static Read read(byte[] der) {
        try {
            OCSPResp response = new OCSPResp(der);
            if (response.getStatus() != 0) {
                return new Read(response.getStatus(), "", Optional.empty(), Optional.empty());
            }
            BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
            SingleResp single = basic.getResponses()[0];
            Extension nonce = basic.getExtension(new ASN1ObjectIdentifier(Oids.OCSP_NONCE));
            X509CertificateHolder responder = basic.getCerts()[0];
            return new Read(
                    0,
                    status(single),
                    Optional.ofNullable(nonce)
                            .map(n -> Bytes.of(DEROctetString.getInstance(n.getParsedValue())
                                    .getOctets())),
                    Optional.of(new CertificateDer(Bytes.of(responder.getEncoded()))));
        } catch (IOException | OCSPException e) {
            throw new AssertionError(e);
        }
    }

    private static String status(SingleResp single) {
        if (single.getCertStatus() == null) {
            return "good";
        }
        if (single.getCertStatus() instanceof RevokedStatus revoked) {
            return "revoked " + (revoked.hasRevocationReason() ? revoked.getRevocationReason() : 0);
        }
        return "unknown";
    }

    /** Whether the answer's signature verifies with the responder's certificate that came with it. */
    public static boolean isSigned(byte[] der) {
        try {
            BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(der).getResponseObject();
            ParsedCertificate responder =
                    Certificates.parse(new CertificateDer(Bytes.of(basic.getCerts()[0].getEncoded())));
            SigningParts parts = new SigningParts(basic.getTBSResponseData(), basic.getSignature());
            return Seals.verify(
                    Bytes.of(parts.tbs()),
                    org.devpki.model.SignatureAlgorithm.of(
                            Keys.spec(responder.tbs().publicKey()).orElseThrow()),
                    parts.signature(),
                    responder.tbs().publicKey());
        } catch (IOException | OCSPException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // lives for one call
    private record SigningParts(byte[] tbs, byte[] signature) {}
}
