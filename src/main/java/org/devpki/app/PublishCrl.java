package org.devpki.app;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.devpki.ca.Authority;
import org.devpki.ca.CrlProof;
import org.devpki.ca.LintedTbs;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlName;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerCrl;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;

/**
 * Publishes CRLs: numbered in the ledger, linted, signed, proven from their octets, shelved, and only then announced by
 * hooks. A run that was cut short is finished by the next one.
 */
public final class PublishCrl {
    /** The word that publishers lock. */
    static final String LOCK = "publishing CRLs";

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

    /**
     * Publishes for every CA. One whose key is not at hand does not keep the others from theirs, and is told at the end;
     * anything else that is wrong leaves every shelf as it is.
     *
     * @return what is on the shelf now
     */
    public List<ShelvedCrl> run(CrlOrder order) {
        List<CrlShelf> shelves = shelves(order);
        try (Store.Held publishing = store.lock(LOCK)) {
            reached(Checkpoint.Step.PUBLISH_1_LOCKED);
            shelves.forEach(CrlShelf::tidy);
            List<LedgerCa> cas = store.cas();
            if (cas.isEmpty()) {
                throw DevpkiException.integrity("the ledger has no CA; nothing is published");
            }
            List<DevpkiException> failures = new ArrayList<>();
            List<LedgerCa> sound = new ArrayList<>();
            List<Proven> made = new ArrayList<>();
            for (LedgerCa ca : cas) {
                try {
                    if (!order.isOnlyIfNeeded() || isDue(ca.name(), shelves)) {
                        made.add(make(ca, shelves)); // all are proven before the first is shelved
                    }
                    sound.add(ca);
                } catch (DevpkiException e) {
                    if (e.fault() != Fault.KEY_UNAVAILABLE) {
                        throw e; // a shelf or ledger that does not hold is touched no further
                    }
                    failures.add(e);
                }
            }
            boolean hasChanged = shelve(made, cas, shelves);
            announce(sound, shelves, order.hooks(), hasChanged);
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
            CrlShelf shown = shelves.get(shelves.size() - 1);
            return cas.stream().map(ca -> shelved(ca.name(), shown, made)).toList();
        }
    }

    /** The store's own shelf, which status, verify and doctor look at, and the one that was asked for. */
    private List<CrlShelf> shelves(CrlOrder order) {
        CrlShelf own = new CrlShelf(shop, Optional.empty());
        CrlShelf other = new CrlShelf(shop, order.folder());
        return own.isAt(other) ? List.of(own) : List.of(own, other);
    }

    private boolean isDue(CaName ca, List<CrlShelf> shelves) {
        Set<Optional<BigInteger>> numbers = new HashSet<>();
        for (CrlShelf shelf : shelves) {
            Optional<ParsedCrl> crl = shelf.crl(ca, key(ca));
            if (crl.isEmpty()
                    || !shop.now().isBefore(CrlShelf.renewalTime(crl.get()))
                    || crl.get().thisUpdate().isAfter(shop.now()) // made by a clock that was ahead
                    || CrlShelf.isBehind(store, ca, crl.get())) {
                return true;
            }
            numbers.add(crl.get().number());
        }
        return numbers.size() > 1;
    }

    private Proven make(LedgerCa ca, List<CrlShelf> shelves) {
        ParsedCertificate issuer = shop.certificate(ca.name());
        List<ParsedCrl> olds = shelves.stream()
                .flatMap(shelf -> shelf.crl(ca.name(), issuer.tbs().publicKey()).stream())
                .toList();
        Authority authority = shop.authority(ca.name());
        BigInteger floor = olds.stream().flatMap(old -> old.number().stream()).reduce(BigInteger.ZERO, BigInteger::max);
        BigInteger number = store.takeCrlNumbers(ca.name(), List.of(CrlName.main(ca.name())), floor)
                .get(0);
        reached(Checkpoint.Step.PUBLISH_2_NUMBERED);
        CrlPlan plan = plan(ca, issuer.tbs(), number, olds);
        CrlDer der = authority.crl(LintedTbs.crl(Crls.tbs(plan, authority.algorithm()), shop.linter()));
        reached(Checkpoint.Step.PUBLISH_3_SIGNED);
        proof(ca, issuer.tbs(), plan, Optional.empty()).prove(der, plan, shop.now());
        olds.forEach(old -> proof(ca, issuer.tbs(), plan, Optional.of(old)).prove(der, plan, shop.now()));
        reached(Checkpoint.Step.PUBLISH_4_PROVEN);
        return new Proven(ca.name(), plan, der);
    }

    private CrlPlan plan(LedgerCa ca, ParsedTbs issuer, BigInteger number, List<ParsedCrl> olds) {
        Instant now = shop.now();
        // a revoked certificate stays listed until one CRL after its expiry
        Instant expiresFrom = olds.stream()
                .map(this::shelvedAt)
                .reduce((one, other) -> one.isBefore(other) ? one : other)
                .orElse(Instant.EPOCH);
        return new CrlPlan(
                issuer.subject(),
                issuer.subjectKeyId()
                        .orElseThrow(
                                () -> DevpkiException.integrity("CA " + ca.name() + " has no subject key identifier")),
                number,
                now,
                now.plus(shop.settings().crl().validity()),
                entries(ca, expiresFrom, now),
                idp(ca));
    }

    private List<RevokedEntry> entries(LedgerCa ca, Instant expiresFrom, Instant now) {
        List<RevokedEntry> entries = new ArrayList<>();
        store.eachRevoked(ca.name(), OptionalInt.empty(), expiresFrom, entry -> entries.add(notAfter(entry, now)));
        return entries;
    }

    /** When a CRL was shelved, as far as that can be: a clock that was ahead must not make certificates expire. */
    private Instant shelvedAt(ParsedCrl crl) {
        return crl.thisUpdate().isAfter(shop.now()) ? shop.now() : crl.thisUpdate();
    }

    /** Another station's clock may be ahead. */
    private static RevokedEntry notAfter(RevokedEntry entry, Instant now) {
        return entry.at().isAfter(now)
                ? new RevokedEntry(entry.serial(), now, entry.reason(), entry.invalidAt())
                : entry;
    }

    /**
     * None for a root: OpenSSL's crl_check_all checks the root itself, which has no distribution point, by the root's own
     * CRL; with an issuing distribution point that CRL would not be for it, and error 44 would refuse every device.
     */
    private List<String> idp(LedgerCa ca) {
        if (!shop.settings().crl().isIdpAlways() || ca.parent().isEmpty()) {
            return List.of();
        }
        return List.of(shop.settings()
                .crlUrl(CrlName.main(ca.name()))
                .orElseThrow(() -> DevpkiException.invalid("devpki.yaml says crl.idp: always, but has no urls.crl")));
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
        List<ParsedTbs> live = store.live(ca.name(), OptionalInt.empty(), LIVE_SAMPLE).stream()
                .filter(row -> !row.serial().equals(ca.serial())) // nobody asks a root's CRL about the root
                .flatMap(row -> row.certificate().stream())
                .map(der -> Certificates.parse(der).tbs())
                .filter(tbs -> tbs.extension(Oids.OCSP_NO_CHECK).isEmpty())
                .toList();
        return new CrlProof(issuer, old, entry -> mayVanish(ca, entry, old), live, newlyRevoked);
    }

    /**
     * It had expired when the shelved CRL still listed it, or its hold was released. A ledger that does not know the
     * shelved CRL is older than it, and may be older than the hold.
     */
    private boolean mayVanish(LedgerCa ca, RevokedEntry entry, Optional<ParsedCrl> old) {
        Optional<LedgerCertificate> row = store.certificate(entry.serial());
        if (row.isEmpty() || old.isEmpty()) {
            return false;
        }
        boolean isKnown = old.get()
                .number()
                .flatMap(number -> store.crl(ca.name(), number))
                .isPresent();
        boolean isReleased = isKnown
                && entry.reason() == RevocationReason.CERTIFICATE_HOLD
                && row.get().revocation().isEmpty();
        return isReleased || row.get().reservation().validity().isExpired(shelvedAt(old.get()));
    }

    private boolean shelve(List<Proven> made, List<LedgerCa> cas, List<CrlShelf> shelves) {
        boolean hasMended = false;
        for (CrlShelf shelf : shelves) {
            for (Proven crl : made) {
                shelf.putDer(crl.ca(), crl.der());
                reached(Checkpoint.Step.PUBLISH_5_DER_SHELVED);
            }
            for (LedgerCa ca : cas) {
                hasMended |= shelf.putPem(ca.name());
                reached(Checkpoint.Step.PUBLISH_6_PEM_SHELVED);
            }
            hasMended |= shelf.putAll(cas);
            reached(Checkpoint.Step.PUBLISH_7_ALL_SHELVED);
        }
        for (Proven crl : made) {
            store.crlsShelved(
                    crl.ca(),
                    List.of(new Store.Shelved(
                            CrlName.main(crl.ca()),
                            crl.plan().number(),
                            crl.der().octets().sha256())),
                    places(shelves));
        }
        reached(Checkpoint.Step.PUBLISH_8_RECORDED);
        return !made.isEmpty() || hasMended;
    }

    /** Runs the hooks after a change, also after one that an earlier run could not announce, or had no hooks for. */
    private void announce(List<LedgerCa> cas, List<CrlShelf> shelves, List<String> hooks, boolean hasChanged) {
        CrlShelf shown = shelves.get(shelves.size() - 1);
        List<LedgerCrl> unannounced = new ArrayList<>();
        for (LedgerCa ca : cas) {
            shown.crl(ca.name(), key(ca.name()))
                    .flatMap(crl -> crl.number().flatMap(number -> recorded(ca.name(), number, crl, shelves)))
                    .filter(row -> row.announcedAt().isEmpty())
                    .ifPresent(unannounced::add);
        }
        if (!hooks.isEmpty()) { // else there is nobody to tell, and a later run may have somebody
            if (hasChanged || !unannounced.isEmpty()) {
                hooks.forEach(hook ->
                        Hooks.run(hook, shown.place(), shop.surroundings().words()));
            }
            unannounced.forEach(row -> store.crlsAnnounced(row.name().ca(), List.of(row.number())));
        }
        reached(Checkpoint.Step.PUBLISH_9_HOOKS_RUN);
    }

    /** The ledger's row of a shelved CRL, completed if a run died between the shelf and the ledger. */
    private Optional<LedgerCrl> recorded(CaName ca, BigInteger number, ParsedCrl crl, List<CrlShelf> shelves) {
        Optional<LedgerCrl> row = store.crl(ca, number);
        if (row.isPresent() && row.get().sha256().isEmpty()) {
            store.crlsShelved(
                    ca,
                    List.of(new Store.Shelved(
                            CrlName.main(ca), number, crl.der().octets().sha256())),
                    places(shelves));
        }
        return row;
    }

    private static String places(List<CrlShelf> shelves) {
        return shelves.stream().map(CrlShelf::place).collect(Collectors.joining(", "));
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

    private PublicKeyDer key(CaName ca) {
        return shop.certificate(ca).tbs().publicKey();
    }

    private void reached(Checkpoint.Step step) {
        shop.surroundings().checkpoint().reached(step);
    }
}
