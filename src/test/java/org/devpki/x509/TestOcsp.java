package org.devpki.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
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
import org.bouncycastle.cert.ocsp.CertificateID;
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
        ASN1EncodableVector tbs = new ASN1EncodableVector();
        tbs.add(new DERSequence(new DERSequence(certId(issuer, digest, serial))));
        nonce.ifPresent(octets -> {
            Extension extension = new Extension(
                    new ASN1ObjectIdentifier(Oids.OCSP_NONCE), false, Der.encode(new DEROctetString(octets.toArray())));
            tbs.add(new DERTaggedObject(true, 2, new Extensions(extension)));
        });
        return Der.bytes(new DERSequence(new DERSequence(tbs)));
    }

    private static CertID certId(ParsedTbs issuer, String digest, BigInteger serial) {
        return new CertID(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier(DIGESTS.get(digest)), DERNull.INSTANCE),
                new DEROctetString(issuer.subject().octets().digest(digest).toArray()),
                new DEROctetString(Keys.bitsHash(issuer.publicKey(), digest).toArray()),
                new ASN1Integer(serial));
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

    /**
     * What an answer says of one certificate.
     *
     * @param isOfIssuer whether the hashes, by the algorithm that they name, are the issuer's
     */
    public record Told(boolean isOfIssuer, BigInteger serial, String status) {}

    /** All that an answer says; empty where it is an error. */
    public static List<Told> told(byte[] der, ParsedTbs issuer) {
        try {
            OCSPResp response = new OCSPResp(der);
            if (response.getStatus() != 0) {
                return List.of();
            }
            BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
            List<Told> all = new ArrayList<>();
            for (SingleResp single : basic.getResponses()) {
                CertificateID id = single.getCertID();
                boolean isOfIssuer = DIGESTS.entrySet().stream()
                        .filter(digest ->
                                digest.getValue().equals(id.getHashAlgOID().getId()))
                        .anyMatch(digest -> Bytes.of(id.getIssuerNameHash())
                                        .equals(issuer.subject().octets().digest(digest.getKey()))
                                && Bytes.of(id.getIssuerKeyHash())
                                        .equals(Keys.bitsHash(issuer.publicKey(), digest.getKey())));
                all.add(new Told(isOfIssuer, id.getSerialNumber(), status(single)));
            }
            return all;
        } catch (IOException | OCSPException e) {
            throw new AssertionError(e);
        }
    }

    /** A request about several certificates. */
    public static Bytes request(ParsedTbs issuer, List<SerialNumber> serials) {
        ASN1EncodableVector requests = new ASN1EncodableVector();
        serials.forEach(serial -> requests.add(new DERSequence(certId(issuer, "SHA-256", serial.value()))));
        return Der.bytes(new DERSequence(new DERSequence(new DERSequence(requests))));
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
            return Engine.PLAIN.verify(
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
