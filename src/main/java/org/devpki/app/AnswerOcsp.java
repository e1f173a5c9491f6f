package org.devpki.app;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateStatus;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.OcspAnswer;
import org.devpki.model.OcspCertId;
import org.devpki.model.OcspQuery;
import org.devpki.model.OcspResponse;
import org.devpki.model.SerialNumber;
import org.devpki.x509.Keys;
import org.devpki.x509.Ocsp;
import org.devpki.x509.ParsedTbs;

/** Answers OCSP requests from the ledger as it is at that moment; what is not known is never good. */
public final class AnswerOcsp {
    /** More than any client asks for in one request. */
    private static final int MOST_CERT_IDS = 100;

    /** Largest request that is looked at, in octets. */
    public static final int MOST_REQUEST_OCTETS = 65_536;

    private final Workshop shop;
    private final Responders responders;
    private final Map<String, Optional<CaName>> issuers = new ConcurrentHashMap<>();
    private final List<LedgerCa> cas;

    AnswerOcsp(Workshop shop) {
        this.shop = shop;
        this.responders = new Responders(shop);
        this.cas = shop.store().cas();
    }

    /** Opens the responders' keys, so that a wrong passphrase shows now. */
    public void openKeys() {
        responders.openAll(cas.stream().map(LedgerCa::name).toList());
    }

    /** Never throws for anything that a client sent: errors of the protocol are answers too (RFC 6960 section 2.3). */
    public OcspResponse run(Bytes request) {
        try {
            OcspQuery query = Ocsp.parseRequest(request);
            if (query.certIds().size() > MOST_CERT_IDS) {
                return failure(Ocsp.Failure.MALFORMED_REQUEST);
            }
            Optional<CaName> ca = issuer(query.certIds().get(0)).filter(responders::has);
            return ca.isPresent() ? answer(query, ca.get()) : failure(Ocsp.Failure.UNAUTHORIZED);
        } catch (DevpkiException e) {
            if (e.fault() == Fault.INVALID_INPUT) {
                return failure(Ocsp.Failure.MALFORMED_REQUEST);
            }
            shop.surroundings().words().accept("ocsp: " + e.sentence());
            return failure(e.fault() == Fault.BUSY ? Ocsp.Failure.TRY_LATER : Ocsp.Failure.INTERNAL_ERROR);
        }
    }

    private OcspResponse answer(OcspQuery query, CaName ca) {
        Responders.Responder responder = responders.of(ca);
        Instant now = shop.now();
        Instant responderEnd = responder.certificate().tbs().notAfter().at();
        Instant wanted = now.plus(shop.settings().ocsp().validity());
        Instant next = wanted.isBefore(responderEnd) ? wanted : responderEnd;
        List<OcspAnswer.Single> singles = new ArrayList<>();
        for (OcspCertId id : query.certIds()) {
            boolean isOurs = issuer(id).equals(Optional.of(ca)); // another CA's is another responder's to answer
            singles.add(
                    new OcspAnswer.Single(id, isOurs ? status(id, ca) : new CertificateStatus.Unknown(), now, next));
        }
        Bytes tbs = Ocsp.tbs(new OcspAnswer(
                Keys.bitsHash(responder.certificate().tbs().publicKey(), "SHA-1"), now, singles, query.nonce()));
        Bytes der = Ocsp.seal(tbs, responder.key(), responder.certificate().der());
        return new OcspResponse(
                der, query.nonce().isPresent() ? Optional.empty() : Optional.of(new OcspResponse.Freshness(now, next)));
    }

    private CertificateStatus status(OcspCertId id, CaName ca) {
        BigInteger serial = id.serial();
        if (serial.signum() <= 0 || serial.bitLength() > 159) {
            return new CertificateStatus.Unknown();
        }
        return shop.store()
                .certificate(new SerialNumber(serial))
                .filter(row -> row.reservation().ca().equals(ca))
                .map(LedgerCertificate::status)
                .orElse(new CertificateStatus.Unknown());
    }

    private Optional<CaName> issuer(OcspCertId id) {
        if (id.digest().equals("unknown")) {
            return Optional.empty();
        }
        String key =
                id.digest() + id.issuerNameHash().hex() + id.issuerKeyHash().hex();
        Optional<CaName> known = issuers.get(key);
        if (known != null) {
            return known;
        }
        Optional<CaName> found =
                cas.stream().map(LedgerCa::name).filter(ca -> isIssuer(ca, id)).findFirst();
        if (found.isPresent()) { // strangers' hashes are not kept, or they could fill the memory
            issuers.put(key, found);
        }
        return found;
    }

    private boolean isIssuer(CaName ca, OcspCertId id) {
        ParsedTbs tbs = shop.certificate(ca).tbs();
        return tbs.subject().octets().digest(id.digest()).equals(id.issuerNameHash())
                && Keys.bitsHash(tbs.publicKey(), id.digest()).equals(id.issuerKeyHash());
    }

    private static OcspResponse failure(Ocsp.Failure failure) {
        return new OcspResponse(Ocsp.failure(failure), Optional.empty());
    }
}
