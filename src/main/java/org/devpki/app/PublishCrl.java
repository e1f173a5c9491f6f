package org.devpki.app;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.ca.Authority;
import org.devpki.ca.CrlProof;
import org.devpki.ca.LintedTbs;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerCrl;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;

/**
 * Publishes CRLs: numbered in the ledger, linted, signed, proven from their octets, shelved, and only then announced by
 * hooks. A run that was cut short is finished by the next one.
 */
public final class PublishCrl {
    /** How many live certificates the proof looks at. */
    private static final int LIVE_SAMPLE = 3;

    private final Workshop shop;
    private final Store store;

    PublishCrl(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /** A CRL that is proven but not shelved yet. */
    private record Proven(CaName ca, CrlPlan plan, CrlDer der) {}

    public List<ShelvedCrl> run(CrlOrder order) {
        CrlShelf shelf = new CrlShelf(shop, order.folder());
        try (Store.Held publishing = store.lock("publishing CRLs")) {
            reached(Checkpoint.Step.PUBLISH_1_LOCKED);
            shelf.tidy();
            List<LedgerCa> cas = store.cas();
            List<Proven> made = new ArrayList<>();
            for (LedgerCa ca : cas) {
                if (!order.isOnlyIfNeeded() || isDue(ca.name(), shelf)) {
                    made.add(make(ca, shelf)); // all are proven before the first is shelved
                }
            }
            boolean hasChanged = shelve(made, cas, shelf);
            announce(cas, shelf, order.hooks(), hasChanged);
            return cas.stream().map(ca -> shelved(ca.name(), shelf, made)).toList();
        }
    }

    private boolean isDue(CaName ca, CrlShelf shelf) {
        Optional<ParsedCrl> crl = shelf.crl(ca, key(ca));
        return crl.isEmpty()
                || !shop.now().isBefore(CrlShelf.renewalTime(crl.get()))
                || CrlShelf.isBehind(store, ca, crl.get());
    }

    private Proven make(LedgerCa ca, CrlShelf shelf) {
        ParsedCertificate issuer = shop.certificate(ca.name());
        Optional<ParsedCrl> old = shelf.crl(ca.name(), issuer.tbs().publicKey());
        Authority authority = shop.authority(ca.name());
        BigInteger floor = old.flatMap(ParsedCrl::number).orElse(BigInteger.ZERO);
        BigInteger number = store.takeCrlNumber(ca.name(), floor);
        reached(Checkpoint.Step.PUBLISH_2_NUMBERED);
        CrlPlan plan = plan(ca, issuer.tbs(), number, old);
        CrlDer der = authority.crl(LintedTbs.crl(Crls.tbs(plan, authority.algorithm()), shop.linter()));
        reached(Checkpoint.Step.PUBLISH_3_SIGNED);
        proof(ca, issuer.tbs(), plan, old).prove(der, plan, shop.now());
        reached(Checkpoint.Step.PUBLISH_4_PROVEN);
        return new Proven(ca.name(), plan, der);
    }

    private CrlPlan plan(LedgerCa ca, ParsedTbs issuer, BigInteger number, Optional<ParsedCrl> old) {
        Instant now = shop.now();
        // a revoked certificate stays listed until one CRL after its expiry
        Instant expiresFrom = old.map(ParsedCrl::thisUpdate).orElse(Instant.EPOCH);
        List<String> idp = List.of();
        // OpenSSL's crl_check_all checks a root, which has no CRL distribution point, by the root's own CRL too; with
        // an
        // issuing distribution point that CRL would not be for it, and error 44 would refuse every device
        boolean isRoot = ca.parent().isEmpty();
        if (shop.settings().crl().isIdpAlways() && !isRoot) {
            idp = List.of(shop.settings()
                    .crlUrl(ca.name())
                    .orElseThrow(
                            () -> DevpkiException.invalid("devpki.yaml says crl.idp: always, but has no urls.crl")));
        }
        return new CrlPlan(
                issuer.subject(),
                issuer.subjectKeyId()
                        .orElseThrow(
                                () -> DevpkiException.integrity("CA " + ca.name() + " has no subject key identifier")),
                number,
                now,
                now.plus(shop.settings().crl().validity()),
                store.revoked(ca.name(), expiresFrom).stream()
                        .map(entry -> entry.at().isAfter(now)
                                ? new RevokedEntry(
                                        entry.serial(), now, entry.reason()) // another station's clock is ahead
                                : entry)
                        .toList(),
                idp);
    }

    private CrlProof proof(LedgerCa ca, ParsedTbs issuer, CrlPlan plan, Optional<ParsedCrl> old) {
        Set<SerialNumber> before = new HashSet<>();
        old.ifPresent(crl -> crl.entries().forEach(entry -> before.add(entry.serial())));
        List<ParsedTbs> newlyRevoked = plan.entries().stream()
                .filter(entry -> !before.contains(entry.serial()))
                .flatMap(entry -> store.certificate(entry.serial()).stream())
                .flatMap(row -> row.certificate().stream())
                .map(der -> Certificates.parse(der).tbs())
                .toList();
        List<ParsedTbs> live = store.live(ca.name(), LIVE_SAMPLE).stream()
                .filter(row -> !row.serial().equals(ca.serial())) // nobody asks a root's CRL about the root
                .flatMap(row -> row.certificate().stream())
                .map(der -> Certificates.parse(der).tbs())
                .filter(tbs -> tbs.extension(org.devpki.x509.Oids.OCSP_NO_CHECK).isEmpty())
                .toList();
        Instant shelvedAt = old.map(ParsedCrl::thisUpdate).orElse(Instant.EPOCH);
        return new CrlProof(issuer, old, entry -> mayVanish(entry, shelvedAt), live, newlyRevoked);
    }

    /** It had expired when the shelved CRL still listed it, or its hold was released. */
    private boolean mayVanish(RevokedEntry entry, Instant shelvedAt) {
        Optional<LedgerCertificate> row = store.certificate(entry.serial());
        if (row.isEmpty()) {
            return false;
        }
        boolean isReleased = entry.reason() == RevocationReason.CERTIFICATE_HOLD
                && row.get().revocation().isEmpty();
        return isReleased || row.get().reservation().validity().isExpired(shelvedAt);
    }

    private boolean shelve(List<Proven> made, List<LedgerCa> cas, CrlShelf shelf) {
        for (Proven crl : made) {
            shelf.putDer(crl.ca(), crl.der());
            reached(Checkpoint.Step.PUBLISH_5_DER_SHELVED);
        }
        boolean hasMended = false;
        for (LedgerCa ca : cas) {
            hasMended |= shelf.putPem(ca.name());
            reached(Checkpoint.Step.PUBLISH_6_PEM_SHELVED);
        }
        hasMended |= shelf.putAll(cas);
        reached(Checkpoint.Step.PUBLISH_7_ALL_SHELVED);
        for (Proven crl : made) {
            store.crlShelved(crl.ca(), crl.plan().number(), crl.der().octets().sha256(), shelf.place());
        }
        reached(Checkpoint.Step.PUBLISH_8_RECORDED);
        return !made.isEmpty() || hasMended;
    }

    /** Runs the hooks after a change, also one that an earlier run could not announce. */
    private void announce(List<LedgerCa> cas, CrlShelf shelf, List<String> hooks, boolean hasChanged) {
        List<LedgerCrl> unannounced = new ArrayList<>();
        for (LedgerCa ca : cas) {
            shelf.crl(ca.name(), key(ca.name()))
                    .flatMap(crl -> crl.number().flatMap(number -> recorded(ca.name(), number, crl, shelf)))
                    .filter(row -> row.announcedAt().isEmpty())
                    .ifPresent(unannounced::add);
        }
        if (hasChanged || !unannounced.isEmpty()) {
            hooks.forEach(
                    hook -> Hooks.run(hook, shelf.place(), shop.surroundings().words()));
        }
        unannounced.forEach(row -> store.crlAnnounced(row.ca(), row.number()));
        reached(Checkpoint.Step.PUBLISH_9_HOOKS_RUN);
    }

    /** The ledger's row of a shelved CRL, completed if a run died between the shelf and the ledger. */
    private Optional<LedgerCrl> recorded(CaName ca, BigInteger number, ParsedCrl crl, CrlShelf shelf) {
        Optional<LedgerCrl> row = store.crl(ca, number);
        if (row.isPresent() && row.get().sha256().isEmpty()) {
            store.crlShelved(ca, number, crl.der().octets().sha256(), shelf.place());
        }
        return row;
    }

    private ShelvedCrl shelved(CaName ca, CrlShelf shelf, List<Proven> made) {
        ParsedCrl crl = shelf.crl(ca, key(ca))
                .orElseThrow(() -> DevpkiException.integrity("the CRL of " + ca + " left the shelf"));
        return new ShelvedCrl(
                ca,
                crl.number().orElse(BigInteger.ZERO),
                crl.thisUpdate(),
                crl.nextUpdate().orElse(crl.thisUpdate()),
                crl.entries().size(),
                made.stream().anyMatch(one -> one.ca().equals(ca)));
    }

    private org.devpki.model.PublicKeyDer key(CaName ca) {
        return shop.certificate(ca).tbs().publicKey();
    }

    private void reached(Checkpoint.Step step) {
        shop.surroundings().checkpoint().reached(step);
    }
}
