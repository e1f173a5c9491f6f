package org.devpki.x509;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
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
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int EXPLICIT_0 = 0xa0;
    private static final int EXPLICIT_1 = 0xa1;
    private static final int BY_KEY = 0xa2;
    private static final ASN1ObjectIdentifier NONCE = new ASN1ObjectIdentifier(Oids.OCSP_NONCE);
    private static final Bytes NONCE_OID = Der.bytes(NONCE);

    /** {@code id-pkix-ocsp-basic} (RFC 6960 section 4.2.1). */
    private static final Bytes BASIC_OID = Der.bytes(new ASN1ObjectIdentifier("1.3.6.1.5.5.7.48.1.1"));

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

    /** The octets to be signed, put together by hand: this is what a responder does all day. */
    public static Bytes tbs(OcspAnswer answer) {
        Bytes id = Der.wrap(BY_KEY, Der.wrap(OCTET_STRING, answer.responderKeyHash()));
        Bytes at = time(answer.producedAt());
        Bytes responses =
                Der.wrap(SEQUENCE, answer.singles().stream().map(Ocsp::single).toArray(Bytes[]::new));
        return answer.nonce()
                .map(nonce -> Der.wrap(SEQUENCE, id, at, responses, Der.wrap(EXPLICIT_1, extensions(nonce))))
                .orElseGet(() -> Der.wrap(SEQUENCE, id, at, responses));
    }

    /*
     * SingleResponse ::= SEQUENCE {
     *   certID CertID, certStatus CertStatus, thisUpdate GeneralizedTime, nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL,
     *   singleExtensions [1] EXPLICIT Extensions OPTIONAL }
     * CertStatus ::= CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL }
     * RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }
     */

    private static Bytes single(OcspAnswer.Single single) {
        Bytes status = single.status()
                .match(
                        good -> Der.wrap(0x80),
                        revoked -> revoked.reason() == RevocationReason.UNSPECIFIED
                                ? Der.wrap(EXPLICIT_1, time(revoked.at()))
                                : Der.wrap(
                                        EXPLICIT_1,
                                        time(revoked.at()),
                                        Der.wrap(
                                                EXPLICIT_0,
                                                enumerated(revoked.reason().code()))),
                        unknown -> Der.wrap(0x82));
        return Der.wrap(
                SEQUENCE,
                single.certId().der(),
                status,
                time(single.thisUpdate()),
                Der.wrap(EXPLICIT_0, time(single.nextUpdate())));
    }

    private static Bytes extensions(Bytes nonce) {
        return Der.wrap(SEQUENCE, Der.wrap(SEQUENCE, NONCE_OID, Der.wrap(OCTET_STRING, Der.wrap(OCTET_STRING, nonce))));
    }

    /*
     * OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT SEQUENCE {
     *   responseType OBJECT IDENTIFIER, response OCTET STRING } OPTIONAL }
     * BasicOCSPResponse ::= SEQUENCE {
     *   tbsResponseData ResponseData, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING,
     *   certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
     */

    /** Signs the very octets; the responder's own certificate goes with them (RFC 6960 section 4.2.1). */
    public static Bytes seal(Bytes tbs, SigningKey key, CertificateDer responder) {
        Bytes basic = Der.wrap(
                SEQUENCE,
                tbs,
                Der.bytes(Seals.identifier(key.algorithm())),
                Der.bytes(new DERBitString(key.sign(tbs).toArray())),
                Der.wrap(EXPLICIT_0, Der.wrap(SEQUENCE, responder.octets())));
        return Der.wrap(
                SEQUENCE,
                enumerated(0),
                Der.wrap(EXPLICIT_0, Der.wrap(SEQUENCE, BASIC_OID, Der.wrap(OCTET_STRING, basic))));
    }

    /** An answer that is no answer; unsigned, as the RFC has it. */
    public static Bytes failure(Failure failure) {
        return Der.wrap(SEQUENCE, enumerated(failure.code));
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

    private static Bytes enumerated(int code) {
        return Der.wrap(0x0a, Bytes.of(new byte[] {(byte) code}));
    }

    /** In whole seconds (RFC 5280 section 4.1.2.5.2). */
    private static Bytes time(Instant instant) {
        return Der.wrap(Times.GENERALIZED, Bytes.of(Times.generalized(instant)));
    }
}
