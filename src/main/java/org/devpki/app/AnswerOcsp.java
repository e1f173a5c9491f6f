package org.devpki.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateStatus;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.LedgerCa;
import org.devpki.model.OcspAnswer;
import org.devpki.model.OcspCertId;
import org.devpki.model.OcspQuery;
import org.devpki.model.OcspResponse;
import org.devpki.x509.Ocsp;

/**
 * Answers OCSP requests from the ledger as it is at that moment; what is not known is never good. An answer that was
 * signed before is said again while the ledger still says the same.
 */
public final class AnswerOcsp {
    /** More than any client asks for in one request. */
    private static final int MOST_CERT_IDS = 100;

    /** Largest request that is looked at, in octets. */
    public static final int MOST_REQUEST_OCTETS = 65_536;

    private final Workshop shop;
    private final Responders responders;
    private final Issuers issuers;
    private final KnownStatuses statuses;
    private final SignedAnswers signed;

    AnswerOcsp(Workshop shop) {
        this(shop, new SignedAnswers());
    }

    AnswerOcsp(Workshop shop, SignedAnswers signed) {
        this.shop = shop;
        this.responders = new Responders(shop);
        this.issuers = new Issuers(shop);
        this.statuses = new KnownStatuses(shop);
        this.signed = signed;
    }

    /**
     * Opens the keys of the responders that are in use, so that a wrong passphrase shows now.
     *
     * @throws DevpkiException REFUSED in a factory home
     */
    public void openKeys() {
        shop.refuseHome("answers no OCSP requests"); // it does not know what headquarters revokes
        responders.openAll(shop.publishingCas().stream()
                .map(LedgerCa::name)
                .filter(ca -> !shop.certificate(ca).tbs().notAfter().at().isBefore(shop.now()))
                .toList());
    }

    /** Never throws for anything that a client sent: errors of the protocol are answers too (RFC 6960 section 2.3). */
    public OcspResponse run(Bytes request) {
        try {
            OcspQuery query = Ocsp.parseRequest(request);
            if (query.certIds().size() > MOST_CERT_IDS) {
                return failure(Ocsp.Failure.MALFORMED_REQUEST);
            }
            Optional<CaName> ca = issuers.of(query.certIds().get(0)).filter(responders::has);
            if (ca.isEmpty()) {
                return failure(Ocsp.Failure.UNAUTHORIZED);
            }
            boolean isForAnybody = query.certIds().size() == 1 && query.nonce().isEmpty();
            return isForAnybody ? answer(query.certIds().get(0), ca.get()) : answer(query, ca.get());
        } catch (DevpkiException e) {
            if (e.fault() == Fault.INVALID_INPUT) {
                return failure(Ocsp.Failure.MALFORMED_REQUEST);
            }
            shop.surroundings().words().accept("ocsp: " + e.sentence());
            return failure(e.fault() == Fault.BUSY ? Ocsp.Failure.TRY_LATER : Ocsp.Failure.INTERNAL_ERROR);
        }
    }

    /** The answer that was signed before, if nothing that it rests on has changed; else a new one, which is kept. */
    private OcspResponse answer(OcspCertId id, CaName ca) {
        // read before the status: a revocation between the two makes the answer seem old, never new
        long sequence = sequence(ca);
        Instant now = shop.now();
        Optional<SignedAnswers.Signed> old = signed.about(id).filter(answer -> answer.isYoung(now));
        if (old.isPresent() && old.get().sequence() == sequence) {
            return old.get().response();
        }
        Responders.Responder responder = responders.of(ca, sequence);
        CertificateStatus status = statuses.of(id, ca, sequence);
        OcspResponse response = old.filter(answer -> answer.status().equals(status)
                        && answer.responder().equals(responder.serial())) // others were revoked meanwhile, not this one
                .map(SignedAnswers.Signed::response)
                .orElseGet(() -> signed(responder, List.of(id), List.of(status), Optional.empty()));
        if (status.isKnown()) { // what is unknown may become good without a trace in the sequence
            signed.keep(id, new SignedAnswers.Signed(response, status, responder.serial(), sequence));
        }
        return response;
    }

    private OcspResponse answer(OcspQuery query, CaName ca) {
        long sequence = sequence(ca);
        List<CertificateStatus> told = new ArrayList<>();
        for (OcspCertId id : query.certIds()) {
            boolean isOurs = issuers.of(id).equals(Optional.of(ca)); // another CA's is another responder's to answer
            told.add(isOurs ? statuses.of(id, ca, sequence) : new CertificateStatus.Unknown());
        }
        return signed(responders.of(ca, sequence), query.certIds(), told, query.nonce());
    }

    private long sequence(CaName ca) {
        return shop.store().revocationSequence(ca, OptionalInt.empty());
    }

    private OcspResponse signed(
            Responders.Responder responder,
            List<OcspCertId> ids,
            List<CertificateStatus> statuses,
            Optional<Bytes> nonce) {
        Instant now = shop.now();
        Instant next = responder.end(now, shop.settings().ocsp().validity());
        List<OcspAnswer.Single> singles = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            singles.add(new OcspAnswer.Single(ids.get(i), statuses.get(i), now, next));
        }
        return new OcspResponse(
                responder.sign(now, singles, nonce, shop.engine()),
                nonce.isPresent() ? Optional.empty() : Optional.of(new OcspResponse.Freshness(now, next)));
    }

    private static OcspResponse failure(Ocsp.Failure failure) {
        return new OcspResponse(Ocsp.failure(failure), Optional.empty());
    }
}
