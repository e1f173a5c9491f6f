package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.ca.CrlProof;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlName;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntries;
import org.devpki.model.SerialNumber;
import org.devpki.publish.FolderShelf;
import org.devpki.store.Store;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;

/**
 * Signs CRLs ahead, for a CA whose key is seldom at hand: each holds from where the one before is half over. They list every
 * certificate that was ever revoked, also those that have expired, so that whoever releases them can see without a ledger that none
 * vanished. Numbers go on where the ledger's end, so a CRL that is signed later takes the place of the whole queue.
 */
public final class PresignCrl {
    /** More would mean that the interval was not meant so. */
    private static final int MOST = 1000;

    private static final int REVOKED_SAMPLE = 100;

    /**
     * What is to be signed.
     *
     * @param cas whose CRLs; of all whose keys are here when empty
     * @param runway how long the last one should still hold, from now
     * @param every how far apart they begin; half a CRL's life when absent
     * @param out the queue's folder
     */
    public record Order(List<CaName> cas, Duration runway, Optional<Duration> every, Path out) {}

    /** One CRL in the queue. */
    public record Presigned(
            CrlName name, BigInteger number, Instant thisUpdate, Instant nextUpdate, long entries, String file) {}

    private final Workshop shop;
    private final Store store;
    private final CrlNames names;

    PresignCrl(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
        this.names = shop.crlNames();
    }

    /**
     * Signs, proves and puts all into the folder; what a former run put there goes then.
     *
     * @throws DevpkiException INVALID_INPUT for an interval that leaves gaps or a queue without end; REFUSED for a CA that has
     *     delta CRLs or whose key is elsewhere
     */
    public List<Presigned> run(Order order) {
        shop.refuseHome("signs no CRL");
        List<Instant> starts = starts(order);
        try (Store.Held publishing = store.lock(PublishCrl.LOCK)) {
            store.proveClock();
            List<LedgerCa> cas = cas(order);
            cas.forEach(ca -> shop.authority(ca.name())); // without all keys no number is taken
            List<Presigned> all = new ArrayList<>();
            for (LedgerCa ca : cas) {
                all.addAll(presign(ca, starts, order.out()));
            }
            return all;
        }
    }

    private List<Instant> starts(Order order) {
        Duration validity = shop.settings().crl().validity();
        Duration every = order.every().orElse(validity.dividedBy(2));
        if (every.isNegative() || every.isZero() || every.compareTo(validity) >= 0) {
            throw DevpkiException.invalid("CRLs that begin every " + Durations.format(every) + " and hold for "
                    + Durations.format(validity) + " leave gaps; crl.validity must be longer");
        }
        Instant now = shop.now();
        List<Instant> starts = new ArrayList<>(List.of(now));
        Instant end = now.plus(order.runway());
        while (starts.get(starts.size() - 1).plus(validity).isBefore(end)) {
            if (starts.size() == MOST) {
                throw DevpkiException.invalid("a queue until " + end + " takes over " + MOST + " CRLs of "
                        + Durations.format(validity) + " each; a longer crl.validity or --every makes fewer");
            }
            starts.add(starts.get(starts.size() - 1).plus(every));
        }
        return starts;
    }

    private List<LedgerCa> cas(Order order) {
        List<LedgerCa> all = shop.publishingCas();
        if (order.cas().isEmpty()) {
            return all.stream().filter(ca -> !ca.isAtOffice()).map(this::fit).toList();
        }
        return order.cas().stream().map(shop::ca).map(this::fit).toList();
    }

    private LedgerCa fit(LedgerCa ca) {
        if (ca.isAtOffice()) {
            throw DevpkiException.refused(
                    "the key of CA " + ca.name() + " is at the office, and its CRLs are signed there");
        }
        boolean hasDeltas = names.all(ca).stream().anyMatch(CrlName::isDelta);
        if (hasDeltas) {
            throw DevpkiException.refused(
                            "CA " + ca.name() + " has delta CRLs (crl.delta-validity), which cannot be signed ahead")
                    .hint("--ca names the CAs that are meant");
        }
        return ca;
    }

    private List<Presigned> presign(LedgerCa ca, List<Instant> starts, Path out) {
        List<CrlName> complete = names.complete(ca);
        List<CrlName> wanted = new ArrayList<>();
        starts.forEach(start -> wanted.addAll(complete));
        PublicKeyDer key = shop.certificate(ca.name()).tbs().publicKey();
        CrlShelf own = CrlShelf.own(shop);
        BigInteger floor = complete.stream()
                .flatMap(name -> own.crl(name, key).stream())
                .flatMap(crl -> crl.number().stream())
                .reduce(BigInteger.ZERO, BigInteger::max);
        List<BigInteger> numbers = store.takeCrlNumbers(ca.name(), wanted, floor);
        FolderShelf queue = new FolderShelf(out);
        queue.tidy();
        SignCrl sign = new SignCrl(shop, queue);
        List<Presigned> made = new ArrayList<>();
        List<SignCrl.Signed> signed = new ArrayList<>();
        try {
            for (int i = 0; i < wanted.size(); i++) {
                Instant start = starts.get(i / complete.size());
                CrlName name = wanted.get(i);
                signed.add(sign(ca, name, numbers.get(i), start, own.crl(name, key), sign));
            }
            complete.forEach(name ->
                    queue.put(CrlQueue.live(name), live(ca, name, sign))); // all are proven before the first is put
            for (SignCrl.Signed crl : signed) {
                crl.file().settle();
                CrlPlan plan = crl.plan();
                made.add(new Presigned(
                        crl.name(),
                        plan.number(),
                        plan.thisUpdate(),
                        plan.nextUpdate(),
                        crl.entries(),
                        CrlQueue.file(crl.name(), plan.number())));
            }
        } finally {
            signed.forEach(crl -> crl.file().close());
        }
        complete.forEach(name -> new CrlQueue(out).forgetBefore(name, numbers.get(0)));
        store.audit(
                "crl.presign",
                ca.name().value(),
                "number=" + numbers.get(0) + ".." + numbers.get(numbers.size() - 1) + " until="
                        + made.get(made.size() - 1).nextUpdate());
        return made;
    }

    private SignCrl.Signed sign(
            LedgerCa ca, CrlName name, BigInteger number, Instant start, Optional<ParsedCrl> shelved, SignCrl sign) {
        OptionalInt shard = names.shard(ca, name);
        RevokedEntries everyOne = consumer -> store.eachRevoked(ca.name(), shard, Instant.EPOCH, consumer);
        CrlPlan plan = sign.plan(
                ca,
                number,
                start,
                start.plus(shop.settings().crl().validity()),
                everyOne,
                CrlPlan.Scope.complete(names.idpUrls(ca, name)));
        List<SerialNumber> revoked = store.lastRevoked(ca.name(), shard, REVOKED_SAMPLE).stream()
                .filter(PresignCrl::isRevokedForGood)
                .map(LedgerCertificate::serial)
                .toList();
        List<CrlProof.Shelved> olds = shelved.stream()
                .map(old -> new CrlProof.Shelved(old, entry -> entry.reason() == RevocationReason.CERTIFICATE_HOLD))
                .toList();
        return sign.run(ca, name, plan, CrlQueue.file(name, number), new SignCrl.Against(olds, revoked));
    }

    private static boolean isRevokedForGood(LedgerCertificate row) {
        return row.revocation()
                .filter(revocation -> revocation.reason() != RevocationReason.CERTIFICATE_HOLD)
                .isPresent();
    }

    private Bytes live(LedgerCa ca, CrlName name, SignCrl sign) {
        List<CertificateDer> certificates = sign.live(ca, name).stream()
                .flatMap(tbs -> store.certificate(new IssuerAndSerialNumber(ca.name(), tbs.serialNumber())).stream())
                .flatMap(row -> row.certificate().stream())
                .toList();
        return Bytes.utf8(Pem.certificates(certificates));
    }
}
