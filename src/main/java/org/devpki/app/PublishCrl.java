package org.devpki.app;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.ca.CrlProof;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.CrlName;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerCrl;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.publish.FolderShelf;
import org.devpki.store.Store;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCrl;

/**
 * Publishes CRLs: numbered in the ledger, linted, signed, proven from their octets on disk, shelved, and only then
 * announced by hooks. Entries flow from the ledger to the disk one at a time, so memory does not grow with them. A run
 * that was cut short is finished by the next one.
 */
public final class PublishCrl {
    /** The word that publishers lock. */
    static final String LOCK = "publishing CRLs";

    /** How many certificates that must fail the proof looks at. */
    private static final int REVOKED_SAMPLE = 100;

    private final Workshop shop;
    private final Store store;
    private final CrlNames names;

    PublishCrl(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
        this.names = new CrlNames(shop);
    }

    /**
     * Publishes, and tells the metrics what is on the shelf then, well or not.
     *
     * @see #run(CrlOrder)
     */
    public List<ShelvedCrl> run(CrlOrder order, CrlMetrics metrics) {
        try {
            List<ShelvedCrl> crls = run(order);
            metrics.note(crls, true);
            return crls;
        } catch (DevpkiException e) {
            if (metrics.areWanted()) {
                metrics.note(legible(order), false);
            }
            throw e;
        }
    }

    /** What is on the shelf that others read, without what is damaged; nothing if even the ledger cannot be read. */
    private List<ShelvedCrl> legible(CrlOrder order) {
        List<ShelvedCrl> crls = new ArrayList<>();
        try (CrlShelf shelf = CrlShelf.at(shop, order.place())) {
            for (LedgerCa ca : shop.publishingCas()) {
                PublicKeyDer key = shop.certificate(ca.name()).tbs().publicKey();
                for (CrlName name : names.all(ca)) {
                    shelf.crlIfSound(name, key).ifPresent(crl -> crls.add(shelved(ca, name, crl)));
                }
            }
        } catch (DevpkiException e) { // the failure that is told is the publication's
            shop.surroundings().words().accept("the metrics lack a CRL: " + e.sentence());
        }
        return crls;
    }

    /**
     * Publishes for every CA. One whose key is not at hand does not keep the others from theirs, nor does a shelf that
     * cannot be reached keep the store's own from it; that is told at the end. Anything else that is wrong leaves every
     * shelf as it is.
     *
     * @return what is on the shelf now
     */
    public List<ShelvedCrl> run(CrlOrder order) {
        shop.refuseHome("publishes no CRL"); // its numbers would be headquarters' too
        CrlShelf own = CrlShelf.own(shop);
        try (CrlShelf other = CrlShelf.at(shop, order.place());
                Store.Held publishing = store.lock(LOCK)) {
            List<CrlShelf> shelves = own.isAt(other) ? List.of(own) : List.of(own, other);
            reached(Checkpoint.Step.PUBLISH_1_LOCKED);
            store.proveClock(); // a clock that went back would find nothing due until what is out has expired
            List<LedgerCa> cas = shop.publishingCas();
            if (cas.isEmpty() && store.cas().isEmpty()) {
                throw DevpkiException.integrity("the ledger has no CA; nothing is published");
            }
            try (Run run = new Run(order, shelves, cas)) {
                return run.publish();
            }
        }
    }

    /** One publication. */
    private final class Run implements AutoCloseable {
        private final CrlOrder order;
        private final List<CrlShelf> asked;
        private final List<LedgerCa> cas;
        private final FolderShelf bench = new FolderShelf(shop.folder().crls());
        /** Of the shelves, own first, what was on each that can be reached. */
        private final Map<CrlShelf, Map<CrlName, Optional<ParsedCrl>>> found = new LinkedHashMap<>();

        private final Map<CrlName, SignCrl.Signed> made = new LinkedHashMap<>();
        private final List<DevpkiException> failures = new ArrayList<>();

        Run(CrlOrder order, List<CrlShelf> asked, List<LedgerCa> cas) {
            this.order = order;
            this.asked = asked;
            this.cas = cas;
        }

        List<ShelvedCrl> publish() {
            look();
            List<LedgerCa> sound = new ArrayList<>();
            for (LedgerCa ca : own()) {
                try {
                    make(ca); // all are proven before the first is shelved
                    sound.add(ca);
                } catch (DevpkiException e) {
                    if (e.fault() != Fault.KEY_UNAVAILABLE) {
                        throw e; // a shelf or ledger that does not hold is touched no further
                    }
                    failures.add(e);
                }
            }
            boolean hasChanged = shelve();
            if (found.size() == asked.size()) { // else it is for the run that finishes this one
                announce(sound, hasChanged);
            }
            if (!failures.isEmpty()) {
                if (!sound.isEmpty() && found.size() == asked.size()) {
                    shop.surroundings()
                            .words()
                            .accept("CRLs of "
                                    + sound.stream()
                                            .map(ca -> ca.name().value())
                                            .collect(Collectors.joining(", "))
                                    + " are published all the same");
                }
                throw failures.get(0);
            }
            return own().stream()
                    .flatMap(ca -> names.all(ca).stream().map(name -> shelved(ca, name)))
                    .toList();
        }

        /** Those whose key is this store's; the others' CRLs come by {@code crl import} and go out with these. */
        private List<LedgerCa> own() {
            return cas.stream().filter(ca -> !ca.isAtOffice()).toList();
        }

        /** Looks at the shelves. One that cannot be reached has no part in this run, unless it is the store's own. */
        private void look() {
            for (CrlShelf shelf : asked) {
                try {
                    shelf.tidy();
                    found.put(shelf, crls(shelf));
                } catch (DevpkiException e) {
                    if (found.isEmpty() || e.fault() != Fault.STORE_FAILED) {
                        throw e;
                    }
                    failures.add(e);
                }
            }
        }

        private Map<CrlName, Optional<ParsedCrl>> crls(CrlShelf shelf) {
            Map<CrlName, Optional<ParsedCrl>> crls = new LinkedHashMap<>();
            for (LedgerCa ca : cas) {
                PublicKeyDer key = shop.certificate(ca.name()).tbs().publicKey();
                for (CrlName name : names.all(ca)) {
                    Optional<ParsedCrl> crl = find(shelf, name, key);
                    crl.ifPresent(found -> note(ca, name, found, shelf));
                    crls.put(name, crl);
                }
            }
            return crls;
        }

        /** Records a shelved CRL if a run died between shelf and ledger: delta CRLs must add to it too. */
        private void note(LedgerCa ca, CrlName name, ParsedCrl crl, CrlShelf shelf) {
            PublishedCrl.row(store, ca.name(), crl)
                    .filter(row -> row.sha256().isEmpty())
                    .map(row -> new Store.Shelved(
                            name, row.number(), crl.der().octets().sha256()))
                    .ifPresent(shelved -> store.crlsShelved(ca.name(), List.of(shelved), shelf.place()));
        }

        /** A damaged file counts as none only when that is forced. */
        private Optional<ParsedCrl> find(CrlShelf shelf, CrlName name, PublicKeyDer key) {
            try {
                return shelf.crl(name, key);
            } catch (DevpkiException e) {
                if (order.forced().isEmpty() || e.fault() != Fault.INTEGRITY) {
                    throw e;
                }
                shop.surroundings().words().accept("forced: " + e.sentence());
                return Optional.empty();
            }
        }

        private List<ParsedCrl> olds(CrlName name) {
            return found.values().stream()
                    .flatMap(crls -> Stream.ofNullable(crls.get(name)))
                    .flatMap(Optional::stream)
                    .toList();
        }

        private boolean isDue(LedgerCa ca, CrlName name) {
            List<ParsedCrl> olds = olds(name);
            boolean isEverywhere = olds.size() == found.size()
                    && olds.stream().map(ParsedCrl::number).distinct().count() == 1;
            return !isEverywhere || olds.stream().anyMatch(old -> isDue(ca, name, old));
        }

        private boolean isDue(LedgerCa ca, CrlName name, ParsedCrl old) {
            boolean hasFreshest = old.extensions().stream()
                    .anyMatch(extension -> extension.oid().equals(Oids.FRESHEST_CRL));
            return !shop.now().isBefore(PublishedCrl.renewalTime(old))
                    || old.thisUpdate().isAfter(shop.now()) // made by a clock that was ahead
                    || PublishedCrl.isBehind(store, ca.name(), names.shard(ca, name), old)
                    || !old.idp()
                            .map(ParsedCrl.IssuingDistributionPoint::uris)
                            .orElse(List.of())
                            .equals(names.idpUrls(ca, name))
                    || hasFreshest == names.freshestUrls(ca, name).isEmpty();
        }

        private void make(LedgerCa ca) {
            List<CrlName> all = names.all(ca);
            takeBack(ca);
            List<CrlName> due = all.stream()
                    .filter(name -> !order.isOnlyIfNeeded() || isDue(ca, name))
                    .sorted((a, b) -> Boolean.compare(a.isDelta(), b.isDelta())) // a delta's number is above its base
                    .toList();
            if (due.isEmpty()) {
                return;
            }
            shop.authority(ca.name()); // without the key no number is taken
            BigInteger floor = all.stream()
                    .flatMap(name -> olds(name).stream())
                    .flatMap(old -> old.number().stream())
                    .reduce(BigInteger.ZERO, BigInteger::max);
            List<BigInteger> numbers = store.takeCrlNumbers(ca.name(), due, floor);
            reached(Checkpoint.Step.PUBLISH_2_NUMBERED);
            for (int i = 0; i < due.size(); i++) {
                make(ca, due.get(i), numbers.get(i));
            }
        }

        private void make(LedgerCa ca, CrlName name, BigInteger number) {
            CrlPlan plan = plan(ca, name, number);
            // before the ledger tells: what comes later may wait
            SignCrl.Against against = new SignCrl.Against(
                    olds(name).stream()
                            .map(old -> new CrlProof.Shelved(old, mayVanish(ca, name, plan, old)))
                            .toList(),
                    revoked(ca, name, plan));
            made.put(name, new SignCrl(shop, bench).run(ca, name, plan, name.file(), against));
        }

        private CrlPlan plan(LedgerCa ca, CrlName name, BigInteger number) {
            Instant now = shop.now();
            Optional<LedgerCrl> base = name.isDelta() ? Optional.of(base(name)) : Optional.empty();
            Duration validity = name.isDelta()
                    ? shop.settings().crl().deltaValidity().orElseThrow()
                    : shop.settings().crl().validity();
            return new SignCrl(shop, bench)
                    .plan(
                            ca,
                            number,
                            now,
                            now.plus(validity),
                            entries(ca, name, base),
                            new CrlPlan.Scope(
                                    names.idpUrls(ca, name),
                                    base.map(LedgerCrl::number),
                                    names.freshestUrls(ca, name)));
        }

        private RevokedEntries entries(LedgerCa ca, CrlName name, Optional<LedgerCrl> base) {
            OptionalInt shard = names.shard(ca, name);
            // a revoked certificate stays listed until one CRL after its expiry
            Instant expiresFrom = olds(name).stream()
                    .map(PublishCrl.this::shelvedAt)
                    .reduce((one, other) -> one.isBefore(other) ? one : other)
                    .orElse(Instant.EPOCH);
            return consumer -> {
                if (base.isPresent()) {
                    store.eachChangedSince(ca.name(), shard, base.get().takenSequence(), consumer);
                } else {
                    store.eachRevoked(ca.name(), shard, expiresFrom, consumer);
                }
            };
        }

        /**
         * The oldest complete CRL that anybody may still hold as valid, so that the delta CRL adds to every one of them
         * (RFC 5280 section 5.2.4); else the one that this run makes.
         */
        private LedgerCrl base(CrlName delta) {
            CrlName complete = CrlName.ofShard(delta.ca(), delta.shard());
            Instant validFrom = shop.now().minus(shop.settings().crl().validity());
            return store.oldestShelvedCrl(complete, validFrom)
                    .or(() -> olds(complete).stream() // whose validity was longer than the settings say now
                            .flatMap(old -> PublishedCrl.row(store, delta.ca(), old).stream())
                            .min(Comparator.comparing(LedgerCrl::number)))
                    .or(() -> Optional.ofNullable(made.get(complete))
                            .flatMap(crl -> store.crl(delta.ca(), crl.plan().number())))
                    .orElseThrow(() -> DevpkiException.integrity(
                            "there is no complete CRL " + complete.file() + " that a delta CRL could add to"));
        }

        /** Those that were revoked last, and so must be listed. */
        private List<SerialNumber> revoked(LedgerCa ca, CrlName name, CrlPlan plan) {
            return store.lastRevoked(ca.name(), names.shard(ca, name), REVOKED_SAMPLE).stream()
                    .filter(row -> isListed(name, row, plan))
                    .map(LedgerCertificate::serial)
                    .toList();
        }

        /** Whether a revoked certificate must be in the CRL: not if it expired, or may be released at any moment. */
        private boolean isListed(CrlName name, LedgerCertificate row, CrlPlan plan) {
            return !name.isDelta()
                    && row.revocation().orElseThrow().reason() != RevocationReason.CERTIFICATE_HOLD
                    && !row.reservation().validity().isExpired(plan.thisUpdate());
        }

        private Predicate<RevokedEntry> mayVanish(LedgerCa ca, CrlName name, CrlPlan plan, ParsedCrl old) {
            boolean isOtherDelta =
                    name.isDelta() && !old.baseNumber().equals(plan.scope().baseNumber());
            boolean isPart = names.shard(ca, name).isPresent(); // the old one may have been of all
            return entry -> order.forced().isPresent()
                    || isOtherDelta
                    || PublishCrl.this.mayVanish(ca, entry, old)
                    || (isPart && isInAnother(ca, name, entry));
        }

        /** Whether the certificate's own shard lists it. */
        private boolean isInAnother(LedgerCa ca, CrlName name, RevokedEntry entry) {
            return store.certificate(new IssuerAndSerialNumber(ca.name(), entry.serial()))
                    .filter(row -> row.reservation().shard() != name.shard())
                    .filter(row -> row.revocation().isPresent())
                    .isPresent();
        }

        /**
         * Takes revocations into the ledger that stand on a shelf but that the ledger does not know: it was restored from
         * a backup. Shards come before the main CRL, which may list theirs too; what is new in them may be on their delta
         * CRLs alone.
         */
        private void takeBack(LedgerCa ca) {
            List<CrlName> all = new ArrayList<>(names.all(ca));
            Collections.reverse(all);
            for (CrlName name : all) {
                for (ParsedCrl old : olds(name)) {
                    if (order.forced().isEmpty() && isUnknown(ca, old)) {
                        takeBack(ca, name, old);
                    }
                }
            }
        }

        private boolean isUnknown(LedgerCa ca, ParsedCrl old) {
            Optional<LedgerCrl> row = PublishedCrl.row(store, ca.name(), old);
            Optional<Bytes> shelved = row.flatMap(LedgerCrl::sha256);
            return row.isEmpty()
                    || shelved.filter(hash -> !hash.equals(old.der().octets().sha256()))
                            .isPresent();
        }

        private void takeBack(LedgerCa ca, CrlName name, ParsedCrl old) {
            Instant end = shop.certificate(ca.name()).tbs().notAfter().at();
            List<RevokedEntry> missing = new ArrayList<>();
            old.entries().each(entry -> {
                Optional<LedgerCertificate> row =
                        store.certificate(new IssuerAndSerialNumber(ca.name(), entry.serial()));
                boolean isRevoked = row.flatMap(LedgerCertificate::revocation).isPresent();
                boolean isExpired = row.filter(
                                known -> known.reservation().validity().isExpired(shelvedAt(old)))
                        .isPresent();
                boolean isMissing = !isRevoked && !isExpired && entry.reason() != RevocationReason.REMOVE_FROM_CRL;
                if (isMissing) {
                    missing.add(entry);
                }
            });
            if (!missing.isEmpty()) {
                store.takeBack(name, missing, end);
                shop.surroundings()
                        .words()
                        .accept("taken back from published CRL "
                                + old.number().map(BigInteger::toString).orElse("") + " of " + name
                                + ", which the ledger did not know: " + missing.size()
                                + " revoked; was an old backup restored?");
            }
        }

        private boolean shelve() {
            boolean hasMended = false;
            List<CrlName> all =
                    cas.stream().flatMap(ca -> names.all(ca).stream()).toList();
            for (CrlShelf shelf : found.keySet()) {
                for (SignCrl.Signed crl : made.values()) {
                    if (shelf == asked.get(0)) {
                        crl.file().settle();
                    } else {
                        shelf.put(crl.name(), bench.read(crl.name().file()).orElseThrow());
                    }
                    reached(Checkpoint.Step.PUBLISH_5_DER_SHELVED);
                }
                hasMended |= bring(shelf);
                for (CrlName name : all) {
                    hasMended |= shelf.putPem(name);
                    reached(Checkpoint.Step.PUBLISH_6_PEM_SHELVED);
                }
                hasMended |= shelf.putAll(names.inOneFile(cas));
                reached(Checkpoint.Step.PUBLISH_7_ALL_SHELVED);
            }
            record();
            reached(Checkpoint.Step.PUBLISH_8_RECORDED);
            return !made.isEmpty() || hasMended;
        }

        /** Puts what was imported onto another shelf; tells whether that had something else. */
        private boolean bring(CrlShelf shelf) {
            boolean hasChanged = false;
            for (LedgerCa ca : cas) {
                CrlName name = CrlName.main(ca.name());
                if (ca.isAtOffice() && shelf != asked.get(0) && !isAhead(shelf, name)) {
                    hasChanged |= bench.read(name.file())
                            .map(octets -> shelf.bring(name, octets))
                            .orElse(false);
                }
            }
            return hasChanged;
        }

        /** Whether another store that imports the same CA's CRLs brought a later one there. */
        private boolean isAhead(CrlShelf shelf, CrlName name) {
            PublicKeyDer key = shop.certificate(name.ca()).tbs().publicKey();
            Optional<BigInteger> there = shelf.crl(name, key).flatMap(ParsedCrl::number);
            Optional<BigInteger> here = asked.get(0).crl(name, key).flatMap(ParsedCrl::number);
            return there.isPresent() && here.isPresent() && there.get().compareTo(here.get()) > 0;
        }

        private void record() {
            for (LedgerCa ca : cas) {
                List<Store.Shelved> shelved = made.values().stream()
                        .filter(crl -> crl.ca().equals(ca))
                        .map(crl -> new Store.Shelved(
                                crl.name(),
                                crl.plan().number(),
                                bench.read(crl.name().file()).orElseThrow().sha256()))
                        .toList();
                if (!shelved.isEmpty()) {
                    store.crlsShelved(ca.name(), shelved, places());
                    order.forced()
                            .ifPresent(why -> store.audit("crl.force", ca.name().value(), why));
                }
            }
        }

        private String places() {
            return found.keySet().stream().map(CrlShelf::place).collect(Collectors.joining(", "));
        }

        /** Runs the hooks after a change, also after an import and after one that an earlier run could not announce, or had no hooks for. */
        private void announce(List<LedgerCa> sound, boolean hasChanged) {
            Map<CaName, List<BigInteger>> unannounced = new LinkedHashMap<>();
            for (LedgerCa ca : sound) {
                List<BigInteger> numbers = names.all(ca).stream()
                        .flatMap(name -> recorded(ca, name).stream())
                        .filter(row -> row.announcedAt().isEmpty())
                        .map(LedgerCrl::number)
                        .toList();
                if (!numbers.isEmpty()) {
                    unannounced.put(ca.name(), numbers);
                }
            }
            if (!order.hooks().isEmpty()) { // else there is nobody to tell, and a later run may have somebody
                boolean isImportUnannounced = store.note(ImportCrl.UNANNOUNCED)
                        .filter(number -> !number.isEmpty())
                        .isPresent();
                if (hasChanged || !unannounced.isEmpty() || isImportUnannounced) {
                    String place = shown().place();
                    order.hooks()
                            .forEach(hook ->
                                    Hooks.run(hook, place, shop.surroundings().words()));
                }
                unannounced.forEach(store::crlsAnnounced);
                if (isImportUnannounced) {
                    store.setNote(ImportCrl.UNANNOUNCED, "");
                }
            }
            reached(Checkpoint.Step.PUBLISH_9_HOOKS_RUN);
        }

        private Optional<LedgerCrl> recorded(LedgerCa ca, CrlName name) {
            return made.containsKey(name)
                    ? store.crl(ca.name(), made.get(name).plan().number())
                    : shown(name).flatMap(crl -> PublishedCrl.row(store, ca.name(), crl));
        }

        /** The shelf that others read. */
        private CrlShelf shown() {
            return asked.get(asked.size() - 1);
        }

        private Optional<ParsedCrl> shown(CrlName name) {
            return Objects.requireNonNull(found.get(shown())).getOrDefault(name, Optional.empty());
        }

        private ShelvedCrl shelved(LedgerCa ca, CrlName name) {
            SignCrl.Signed crl = made.get(name);
            if (crl == null) {
                return PublishCrl.this.shelved(
                        ca,
                        name,
                        shown(name)
                                .orElseThrow(
                                        () -> DevpkiException.integrity("CRL " + name.file() + " left the shelf")));
            }
            CrlPlan plan = crl.plan();
            boolean isBehind =
                    PublishedCrl.isBehind(store, ca.name(), names.shard(ca, name), store.crl(ca.name(), plan.number()));
            return new ShelvedCrl(
                    name,
                    plan.number(),
                    plan.thisUpdate(),
                    plan.nextUpdate(),
                    crl.entries(),
                    crl.bytes(),
                    isBehind,
                    urgency(plan.thisUpdate(), plan.nextUpdate(), isBehind),
                    true);
        }

        @Override
        public void close() {
            made.values().forEach(crl -> crl.file().close()); // those that were not settled
        }
    }

    /** A CRL that was there before. */
    private ShelvedCrl shelved(LedgerCa ca, CrlName name, ParsedCrl crl) {
        Instant nextUpdate = crl.nextUpdate().orElse(crl.thisUpdate());
        boolean isBehind = PublishedCrl.isBehind(store, ca.name(), names.shard(ca, name), crl);
        return new ShelvedCrl(
                name,
                crl.number().orElse(BigInteger.ZERO),
                crl.thisUpdate(),
                nextUpdate,
                crl.entries().count(),
                crl.der().octets().size(),
                isBehind,
                urgency(crl.thisUpdate(), nextUpdate, isBehind),
                false);
    }

    private Urgency urgency(Instant thisUpdate, Instant nextUpdate, boolean isBehind) {
        Duration least = Duration.between(PublishedCrl.renewalTime(thisUpdate, nextUpdate), nextUpdate);
        return PublishedCrl.urgency(Duration.between(shop.now(), nextUpdate), least, isBehind);
    }

    /** When a CRL was shelved, as far as that can be: a clock that was ahead must not make certificates expire. */
    private Instant shelvedAt(ParsedCrl crl) {
        return crl.thisUpdate().isAfter(shop.now()) ? shop.now() : crl.thisUpdate();
    }

    /**
     * It had expired when the shelved CRL still listed it, or its hold was released. A ledger that does not know the
     * shelved CRL is older than it, and may be older than the hold.
     */
    private boolean mayVanish(LedgerCa ca, RevokedEntry entry, ParsedCrl old) {
        Optional<LedgerCertificate> row = store.certificate(new IssuerAndSerialNumber(ca.name(), entry.serial()));
        if (row.isEmpty()) {
            return false;
        }
        boolean isReleased = PublishedCrl.row(store, ca.name(), old).isPresent()
                && entry.reason() == RevocationReason.CERTIFICATE_HOLD
                && row.get().revocation().isEmpty();
        return isReleased || row.get().reservation().validity().isExpired(shelvedAt(old));
    }

    private void reached(Checkpoint.Step step) {
        shop.surroundings().checkpoint().reached(step);
    }
}
