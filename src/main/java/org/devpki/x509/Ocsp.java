package org.devpki.x509;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.OcspAnswer;
import org.devpki.model.OcspCertId;
import org.devpki.model.OcspQuery;
import org.devpki.model.RevocationReason;

/** OCSP messages (RFC 6960 section 4, nonces by RFC 9654). */
public final class Ocsp {
    /** OCSPResponseStatus other than successful (RFC 6960 section 4.2.1). */
    public enum Failure {
        MALFORMED_REQUEST(1),
        INTERNAL_ERROR(2),
        TRY_LATER(3),
        UNAUTHORIZED(6);

        private final int code;

        Failure(int code) {
            this.code = code;
        }
    }

    private static final int MOST_NONCE_OCTETS = 128;
    private static final ASN1ObjectIdentifier BASIC = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
    private static final ASN1ObjectIdentifier NONCE = new ASN1ObjectIdentifier(Oids.OCSP_NONCE);
    private static final Map<String, String> DIGESTS = Map.of(
            "1.3.14.3.2.26", "SHA-1",
            "2.16.840.1.101.3.4.2.1", "SHA-256",
            "2.16.840.1.101.3.4.2.2", "SHA-384",
            "2.16.840.1.101.3.4.2.3", "SHA-512");

    private Ocsp() {}

    /** The hashes that a CertID may be made with, by their JDK names. */
    public static Collection<String> digests() {
        return DIGESTS.values();
    }

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if it is no OCSPRequest */
    public static OcspQuery parseRequest(Bytes der) {
        return Der.reading("OCSP request", () -> {
            byte[] octets = der.toArray();
            Der.members(octets); // refuses octets after the end
            TBSRequest tbs =
                    OCSPRequest.getInstance(ASN1Primitive.fromByteArray(octets)).getTbsRequest();
            List<OcspCertId> ids = new ArrayList<>();
            for (int i = 0; i < tbs.getRequestList().size(); i++) {
                CertID id =
                        Request.getInstance(tbs.getRequestList().getObjectAt(i)).getReqCert();
                ids.add(new OcspCertId(
                        Der.bytes(id),
                        DIGESTS.getOrDefault(
                                id.getHashAlgorithm().getAlgorithm().getId(), "unknown"),
                        Bytes.of(id.getIssuerNameHash().getOctets()),
                        Bytes.of(id.getIssuerKeyHash().getOctets()),
                        id.getSerialNumber().getValue()));
            }
            if (ids.isEmpty()) {
                throw new IOException("no certificate is asked about");
            }
            return new OcspQuery(ids, nonce(tbs.getRequestExtensions()));
        });
    }

    /*
     * ResponseData ::= SEQUENCE {
     *   version [0] EXPLICIT Version DEFAULT v1, responderID ResponderID, producedAt GeneralizedTime,
     *   responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT Extensions OPTIONAL }
     */

    /** The octets to be signed. */
    public static Bytes tbs(OcspAnswer answer) {
        ASN1EncodableVector responses = new ASN1EncodableVector();
        for (OcspAnswer.Single single : answer.singles()) {
            responses.add(new SingleResponse(
                    CertID.getInstance(single.certId().der().toArray()),
                    status(single),
                    time(single.thisUpdate()),
                    time(single.nextUpdate()),
                    (Extensions) null));
        }
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        answer.nonce()
                .ifPresent(nonce ->
                        extensions.addExtension(NONCE, false, Der.encode(new DEROctetString(nonce.toArray()))));
        return Der.bytes(new ResponseData(
                new ResponderID(new DEROctetString(answer.responderKeyHash().toArray())),
                time(answer.producedAt()),
                new DERSequence(responses),
                extensions.isEmpty() ? null : extensions.generate()));
    }

    /** Signs the very octets; the responder's own certificate goes with them (RFC 6960 section 4.2.1). */
    public static Bytes seal(Bytes tbs, SigningKey key, CertificateDer responder) {
        return Der.reading("OCSP answer", () -> {
            ASN1EncodableVector basic = new ASN1EncodableVector();
            basic.add(ASN1Primitive.fromByteArray(tbs.toArray()));
            basic.add(Seals.identifier(key.algorithm()));
            basic.add(new DERBitString(key.sign(tbs).toArray()));
            basic.add(new DERTaggedObject(
                    true,
                    0,
                    new DERSequence(
                            ASN1Primitive.fromByteArray(responder.octets().toArray()))));
            ASN1EncodableVector bytes = new ASN1EncodableVector();
            bytes.add(BASIC);
            bytes.add(new DEROctetString(Der.encode(new DERSequence(basic))));
            ASN1EncodableVector response = new ASN1EncodableVector();
            response.add(new ASN1Enumerated(0));
            response.add(new DERTaggedObject(true, 0, new DERSequence(bytes)));
            return Der.bytes(new DERSequence(response));
        });
    }

    /** An answer that is no answer; unsigned, as the RFC has it. */
    public static Bytes failure(Failure failure) {
        return Der.bytes(new DERSequence(new ASN1Enumerated(failure.code)));
    }

    private static Optional<Bytes> nonce(@org.jspecify.annotations.Nullable Extensions extensions) throws IOException {
        if (extensions == null) {
            return Optional.empty();
        }
        for (ASN1ObjectIdentifier oid : extensions.getExtensionOIDs()) {
            if (!oid.equals(NONCE) && extensions.getExtension(oid).isCritical()) {
                throw new IOException("critical extension " + oid);
            }
        }
        Extension extension = extensions.getExtension(NONCE);
        if (extension == null) {
            return Optional.empty();
        }
        byte[] nonce = ASN1OctetString.getInstance(extension.getParsedValue()).getOctets();
        if (nonce.length == 0 || nonce.length > MOST_NONCE_OCTETS) {
            throw new IOException("a nonce of " + nonce.length + " octets");
        }
        return Optional.of(Bytes.of(nonce));
    }

    private static CertStatus status(OcspAnswer.Single single) {
        return single.status()
                .match(
                        good -> new CertStatus(),
                        revoked -> new CertStatus(new RevokedInfo(
                                time(revoked.at()),
                                revoked.reason() == RevocationReason.UNSPECIFIED
                                        ? null
                                        : CRLReason.lookup(revoked.reason().code()))),
                        unknown -> new CertStatus(2, DERNull.INSTANCE));
    }

    private static ASN1GeneralizedTime time(java.time.Instant instant) {
        return new org.bouncycastle.asn1.DERGeneralizedTime(
                Date.from(instant.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
    }
}
