package org.devpki.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateStatus;
import org.devpki.model.RevocationReason;

/** The other side of OCSP: what a client asks and what it reads. */
public final class OcspClient {
    private static final ASN1ObjectIdentifier SHA_1 = new ASN1ObjectIdentifier("1.3.14.3.2.26");

    private static final Map<Integer, String> STATUSES = Map.of(
            0, "successful",
            1, "malformedRequest",
            2, "internalError",
            3, "tryLater",
            5, "sigRequired",
            6, "unauthorized");

    private OcspClient() {}

    /** A request about one certificate, without nonce, with the SHA-1 CertID of RFC 5019 section 2.1.1. */
    public static Bytes request(BigInteger serial, ParsedTbs issuer) {
        CertID id = new CertID(
                new AlgorithmIdentifier(SHA_1, DERNull.INSTANCE),
                new DEROctetString(issuer.subject().octets().digest("SHA-1").toArray()),
                new DEROctetString(Keys.bitsHash(issuer.publicKey(), "SHA-1").toArray()),
                new ASN1Integer(serial));
        Request request = new Request(id, null);
        return Der.bytes(new OCSPRequest(new TBSRequest(null, new DERSequence(request), (Extensions) null), null));
    }

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if it is no OCSPResponse */
    public static ParsedOcspResponse parse(Bytes der) {
        return Der.reading("OCSP response", () -> {
            OCSPResponse response = OCSPResponse.getInstance(ASN1Primitive.fromByteArray(der.toArray()));
            int code = response.getResponseStatus().getIntValue();
            String status = STATUSES.getOrDefault(code, String.valueOf(code));
            if (response.getResponseBytes() == null) {
                return new ParsedOcspResponse(
                        status, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty());
            }
            return parse(
                    status,
                    BasicOCSPResponse.getInstance(ASN1Primitive.fromByteArray(
                            response.getResponseBytes().getResponse().getOctets())));
        });
    }

    private static ParsedOcspResponse parse(String status, BasicOCSPResponse basic) throws IOException {
        ResponseData data = basic.getTbsResponseData();
        List<ParsedOcspResponse.Single> singles = new ArrayList<>();
        for (int i = 0; i < data.getResponses().size(); i++) {
            singles.add(single(SingleResponse.getInstance(data.getResponses().getObjectAt(i))));
        }
        Optional<CertificateDer> responder = Optional.empty();
        if (basic.getCerts() != null && basic.getCerts().size() > 0) {
            responder =
                    Optional.of(new CertificateDer(Der.bytes(basic.getCerts().getObjectAt(0))));
        }
        return new ParsedOcspResponse(
                status,
                Optional.of(Times.instant(data.getProducedAt())),
                responder,
                Optional.of(Der.bytes(new DERSequence(new ASN1Encodable[] {
                    ASN1Primitive.fromByteArray(data.getEncoded(ASN1Encoding.DER)),
                    basic.getSignatureAlgorithm(),
                    basic.getSignature()
                }))),
                List.copyOf(singles),
                nonce(data));
    }

    private static ParsedOcspResponse.Single single(SingleResponse single) {
        BigInteger serial = single.getCertID().getSerialNumber().getValue();
        return new ParsedOcspResponse.Single(
                serial,
                status(single.getCertStatus()),
                Times.instant(single.getThisUpdate()),
                Optional.ofNullable(single.getNextUpdate()).map(Times::instant));
    }

    private static CertificateStatus status(CertStatus status) {
        if (status.getTagNo() == 1) {
            RevokedInfo info = RevokedInfo.getInstance(status.getStatus());
            RevocationReason reason = info.getRevocationReason() == null
                    ? RevocationReason.UNSPECIFIED
                    : RevocationReason.ofCode(
                            info.getRevocationReason().getValue().intValueExact());
            return new CertificateStatus.Revoked(Times.instant(info.getRevocationTime()), reason);
        }
        return status.getTagNo() == 0 ? new CertificateStatus.Good() : new CertificateStatus.Unknown();
    }

    private static Optional<Bytes> nonce(ResponseData data) {
        Extensions extensions = data.getResponseExtensions();
        Extension nonce =
                extensions == null ? null : extensions.getExtension(new ASN1ObjectIdentifier(Oids.OCSP_NONCE));
        return nonce == null
                ? Optional.empty()
                : Optional.of(Bytes.of(
                        ASN1OctetString.getInstance(nonce.getParsedValue()).getOctets()));
    }
}
