package org.devpki.app;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateStatus;
import org.devpki.model.Checkpoint;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.OcspAnswer;
import org.devpki.model.OcspResponse;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Ocsp;
import org.devpki.x509.OcspClient;
import org.devpki.x509.ParsedOcspResponse;
import org.devpki.x509.ParsedTbs;

/**
 * Signs an OCSP answer for every certificate that has not expired and puts it where a web server finds it. What an
 * answer says is read from its file and compared with the ledger, so any folder is brought up to date, whoever wrote,
 * copied or damaged it; without need no key is opened.
 */
public final class PublishOcsp {
    /** The word that publishers lock. */
    static final String LOCK = "publishing OCSP answers";

    private static final int PAGE = 1000;

    /** What became of the files. */
    public record Published(String place, long written, long kept, long removed) {}

    /** Counted so far. */
    private record Tally(long written, long kept, long removed) {
        static final Tally NONE = new Tally(0, 0, 0);
        static final Tally WRITTEN = new Tally(1, 0, 0);
        static final Tally KEPT = new Tally(0, 1, 0);
        static final Tally REMOVED = new Tally(0, 0, 1);

        Tally plus(Tally other) {
            return new Tally(written + other.written, kept + other.kept, removed + other.removed);
        }
    }

    private final Workshop shop;
    private final Store store;
    private final Responders responders;
    private final Map<CaName, ParsedTbs> issuers = new HashMap<>();
    private final Map<CertificateDer, Optional<CaName>> answering = new ConcurrentHashMap<>();

    PublishOcsp(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
        this.responders = new Responders(shop);
    }

    /** @param dir another folder than the store's own; nothing else may be in it */
    public Published run(Optional<Path> dir) {
        shop.refuseHome("publishes no OCSP answers"); // it does not know what headquarters revokes
        OcspFolder folder = new OcspFolder(dir.orElse(shop.folder().ocsp()));
        try (Store.Held publishing = store.lock(LOCK)) {
            reached(Checkpoint.Step.OCSP_1_LOCKED);
            folder.tidy();
            shop.publishingCas().stream()
                    .map(LedgerCa::name)
                    .filter(responders::has)
                    .forEach(ca -> issuers.put(ca, shop.certificate(ca).tbs()));
            Tally tally = publishAll(folder);
            reached(Checkpoint.Step.OCSP_4_ALL_SHELVED);
            if (tally.written() + tally.removed() > 0) {
                store.audit(
                        "ocsp.publish", folder.place(), "written=" + tally.written() + " removed=" + tally.removed());
            }
            reached(Checkpoint.Step.OCSP_5_RECORDED);
            return new Published(folder.place(), tally.written(), tally.kept(), tally.removed());
        }
    }

    private Tally publishAll(OcspFolder folder) {
        Tally tally = Tally.NONE;
        long all = store.count(Store.Filter.all());
        long seen = 0;
        List<LedgerCertificate> page = store.certificates(Store.Filter.all(), 0, PAGE);
        while (!page.isEmpty()) {
            tally = tally.plus(page.parallelStream() // a signature and a synced file each
                    .map(row -> publish(row, folder))
                    .reduce(Tally.NONE, Tally::plus));
            seen += page.size();
            shop.surroundings().words().soFar("certificates", seen, all);
            page = store.certificates(
                    Store.Filter.all(), page.get(page.size() - 1).id(), PAGE);
        }
        return tally;
    }

    private Tally publish(LedgerCertificate row, OcspFolder folder) {
        ParsedTbs issuer = issuers.get(row.reservation().ca());
        if (issuer == null) { // a root: its certificates are on its CRL
            return Tally.NONE;
        }
        Bytes request = OcspClient.request(row.serial().value(), issuer);
        Instant now = shop.now();
        if (!row.status().isKnown() || row.reservation().validity().isExpired(now)) {
            return folder.remove(request) ? Tally.REMOVED : Tally.NONE;
        }
        if (folder.read(request).filter(answer -> isStillTrue(answer, row, now)).isPresent()) {
            return Tally.KEPT;
        }
        Bytes answer = signed(request, row, now);
        reached(Checkpoint.Step.OCSP_2_SIGNED);
        folder.put(request, answer);
        reached(Checkpoint.Step.OCSP_3_SHELVED);
        return Tally.WRITTEN;
    }

    private Bytes signed(Bytes request, LedgerCertificate row, Instant now) {
        Responders.Responder responder = responders.of(row.reservation().ca());
        Instant next = responder.end(now, shop.settings().ocsp().presignedValidity());
        OcspAnswer.Single single =
                new OcspAnswer.Single(Ocsp.parseRequest(request).certIds().get(0), row.status(), now, next);
        return responder.sign(now, List.of(single), Optional.empty(), shop.engine());
    }

    /** Whether a published answer says what the ledger says, by a responder that still counts, and is not due. */
    private boolean isStillTrue(Bytes answer, LedgerCertificate row, Instant now) {
        try {
            ParsedOcspResponse response = OcspClient.parse(answer);
            CertificateStatus status = row.status().asTold();
            return response.singles().stream()
                            .anyMatch(single ->
                                    single.serial().equals(row.serial().value())
                                            && single.status().equals(status)
                                            && single.nextUpdate()
                                                    .map(end -> new OcspResponse.Freshness(single.thisUpdate(), end))
                                                    .filter(freshness -> freshness.isYoung(now))
                                                    .isPresent())
                    && response.responder()
                            .flatMap(this::answersFor)
                            .equals(Optional.of(row.reservation().ca()));
        } catch (DevpkiException e) {
            return false; // damaged, so it is written anew
        }
    }

    /** The CA that a responder answers for; none if it is revoked or a stranger. */
    private Optional<CaName> answersFor(CertificateDer responder) {
        return answering.computeIfAbsent(
                responder,
                der -> shop.row(Certificates.parse(der))
                        .filter(row -> row.revocation().isEmpty())
                        .map(row -> row.reservation().ca()));
    }

    private void reached(Checkpoint.Step step) {
        shop.surroundings().checkpoint().reached(step);
    }
}
