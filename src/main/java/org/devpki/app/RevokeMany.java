package org.devpki.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.store.Store;

/**
 * Revokes, or holds, all certificates that a list or a selection names: first a plan that changes nothing, then groups of
 * them, a short transaction each, so that other processes get their turn. Killed between two groups, the same order
 * again revokes the rest, for what is revoked already is left alone. CAs and OCSP responders are never hit.
 */
public final class RevokeMany {
    private static final int GROUP = 500;
    private static final int FIRST_NAMES = 10;

    /** Whom it is about. */
    public sealed interface Whom {
        /** Everything of this CA, profile and batch; empty members do not narrow it. */
        record Matching(Optional<CaName> ca, Optional<String> profile, Optional<BatchId> batch) implements Whom {
            public Matching {
                if (ca.isEmpty() && profile.isEmpty() && batch.isEmpty()) {
                    throw DevpkiException.invalid("a selection names a batch, a CA or a profile");
                }
            }

            boolean has(LedgerCertificate row) {
                return (ca.isEmpty() || ca.get().equals(row.reservation().ca()))
                        && (profile.isEmpty()
                                || profile.get().equals(row.reservation().profile()))
                        && (batch.isEmpty() || batch.equals(row.reservation().batch()));
            }

            @Override
            public String toString() {
                return Stream.of(
                                batch.map(id -> "batch " + id),
                                ca.map(name -> "CA " + name),
                                profile.map(name -> "profile " + name))
                        .flatMap(Optional::stream)
                        .collect(Collectors.joining(", "));
            }
        }

        /** @param unknown how many lines of the list were left out, for the ledger does not know them */
        record Listed(List<IssuerAndSerialNumber> certificates, long unknown) implements Whom {}

        default <T> T match(Function<Matching, T> matching, Function<Listed, T> listed) {
            return this instanceof Matching m ? matching.apply(m) : listed.apply((Listed) this);
        }
    }

    /**
     * What would be done.
     *
     * @param whom the selection, or of a list those that would be hit
     * @param hits how many would be revoked, by CA and by profile
     * @param revokedBefore how many are revoked already, for whatever reason, or held if this is a hold
     * @param notLive how many have expired or were never signed
     * @param foundations how many CAs and OCSP responders the selection passes over
     * @param ofSameKeys those of the hits that nobody named, where it is the key of a named one that is in wrong hands
     * @param firstNames the first ten that would be hit
     * @param lastId the ledger's last id at the time: what is issued after the plan is not hit
     */
    public record Plan(
            Whom whom,
            RevocationOrder order,
            Map<CaName, Long> hitsByCa,
            Map<String, Long> hitsByProfile,
            long hits,
            long revokedBefore,
            long notLive,
            long foundations,
            List<IssuerAndSerialNumber> ofSameKeys,
            List<String> firstNames,
            long lastId) {
        public long unknown() {
            return whom.match(matching -> 0L, Whom.Listed::unknown);
        }
    }

    private enum Fate {
        HIT,
        REVOKED_BEFORE,
        NOT_LIVE,
        FOUNDATION
    }

    private final Workshop shop;
    private final Store store;
    private final Predicate<LedgerCertificate> isFoundation;

    RevokeMany(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
        this.isFoundation = shop.foundations();
    }

    /** @see CertificateList#read */
    public Whom listed(Bytes file, String origin, boolean skipsUnknown) {
        CertificateList.Read list = CertificateList.read(shop, file, origin, skipsUnknown);
        return new Whom.Listed(list.certificates(), list.unknown());
    }

    /**
     * Counts whom the order would hit, and changes nothing.
     *
     * @param most how many it may hit
     * @throws DevpkiException REFUSED if it would hit more; NOT_FOUND if a selection has no certificate at all
     */
    public Plan plan(Whom whom, RevocationOrder order, OptionalLong most) {
        shop.refuseKeyless("revokes nothing");
        if (order.isRelease()) {
            throw DevpkiException.invalid("a list or selection is not released; release each by device release");
        }
        Census census = new Census(order.at(shop.now()));
        List<IssuerAndSerialNumber> hits = new ArrayList<>();
        SameKeys sameKeys = new SameKeys(whom, order, census);
        Whom planned = whom.match(
                matching -> {
                    eachMatching(matching, Long.MAX_VALUE, row -> {
                        census.count(row);
                        sameKeys.look(row);
                    });
                    return matching;
                },
                listed -> {
                    for (IssuerAndSerialNumber of : listed.certificates()) {
                        Optional<LedgerCertificate> row = store.certificate(of);
                        row.filter(known -> census.count(known) == Fate.HIT).ifPresent(known -> hits.add(of));
                        row.ifPresent(sameKeys::look);
                    }
                    return new Whom.Listed(hits, listed.unknown());
                });
        if (most.isPresent() && census.count(Fate.HIT) > most.getAsLong()) {
            throw DevpkiException.refused(census.count(Fate.HIT) + " certificates would be revoked, more than --max "
                            + most.getAsLong() + " allows; nothing was")
                    .hint("--dry-run without --max shows them");
        }
        return new Plan(
                planned,
                order,
                census.byCa,
                census.byProfile,
                census.count(Fate.HIT),
                census.count(Fate.REVOKED_BEFORE),
                census.count(Fate.NOT_LIVE),
                census.count(Fate.FOUNDATION),
                List.copyOf(sameKeys.found),
                List.copyOf(census.firstNames),
                census.lastId);
    }

    /** Finds what is live for the keys of those that are named, and is not named itself. */
    private final class SameKeys {
        final Set<IssuerAndSerialNumber> found = new LinkedHashSet<>();
        private final RevokeCertificate single = shop.revokeCertificate();
        private final RevocationOrder order;
        private final Census census;
        private final Predicate<LedgerCertificate> isNamed;

        SameKeys(Whom whom, RevocationOrder order, Census census) {
            this.order = order;
            this.census = census;
            this.isNamed = whom.match(matching -> matching::has, listed -> {
                Set<IssuerAndSerialNumber> certificates = Set.copyOf(listed.certificates());
                return row -> certificates.contains(row.issuerAndSerial());
            });
        }

        /** Also of one that is revoked already: a run that was cut short may have got so far. */
        void look(LedgerCertificate named) {
            if (!order.isAboutKey() || isFoundation.test(named)) {
                return;
            }
            single.ofKey(named).stream()
                    .filter(row -> !isNamed.test(row)
                            && !found.contains(row.issuerAndSerial())
                            && fate(row, census.wanted) == Fate.HIT)
                    .forEach(row -> {
                        census.count(row);
                        found.add(row.issuerAndSerial());
                    });
        }
    }

    /** Counts certificates by what would become of them. */
    private final class Census {
        final Map<CaName, Long> byCa = new TreeMap<>(Comparator.comparing(CaName::value));
        final Map<String, Long> byProfile = new TreeMap<>();
        final List<String> firstNames = new ArrayList<>();
        private final Map<Fate, Long> byFate = new EnumMap<>(Fate.class);
        private final Revocation wanted;
        long lastId;

        Census(Revocation wanted) {
            this.wanted = wanted;
        }

        Fate count(LedgerCertificate row) {
            Fate fate = fate(row, wanted);
            byFate.merge(fate, 1L, Long::sum);
            lastId = Math.max(lastId, row.id());
            if (fate == Fate.HIT) {
                if (!byCa.containsKey(row.reservation().ca())) {
                    shop.refuseOffice(row);
                }
                byCa.merge(row.reservation().ca(), 1L, Long::sum);
                byProfile.merge(row.reservation().profile(), 1L, Long::sum);
                if (firstNames.size() < FIRST_NAMES) {
                    firstNames.add(row.reservation().name());
                }
            }
            return fate;
        }

        long count(Fate fate) {
            return byFate.getOrDefault(fate, 0L);
        }
    }

    /** @return how many were revoked: fewer than planned if others were at work in between */
    public long run(Plan plan) {
        step(Checkpoint.Step.REVOKE_1_PLANNED);
        Groups groups = new Groups(plan.order().at(shop.now()), plan.hits());
        plan.whom()
                .match(
                        matching -> {
                            eachMatching(matching, plan.lastId(), groups::addIfHit);
                            return Boolean.TRUE;
                        },
                        hits -> {
                            hits.certificates().forEach(groups::add);
                            return Boolean.TRUE;
                        });
        plan.ofSameKeys().forEach(groups::add);
        groups.revoke();
        return groups.revoked;
    }

    /** Gathers certificates and revokes a group once it is full. */
    private final class Groups {
        private final Revocation revocation;
        private final long all;
        private final List<IssuerAndSerialNumber> group = new ArrayList<>(GROUP);
        long revoked;

        Groups(Revocation revocation, long all) {
            this.revocation = revocation;
            this.all = all;
        }

        void addIfHit(LedgerCertificate row) {
            if (fate(row, revocation) == Fate.HIT) {
                add(row.issuerAndSerial());
            }
        }

        void add(IssuerAndSerialNumber of) {
            group.add(of);
            if (group.size() == GROUP) {
                revoke();
            }
        }

        void revoke() {
            if (!group.isEmpty()) {
                revoked += store.revokeAll(group, revocation);
                group.clear();
                step(Checkpoint.Step.REVOKE_2_GROUP_REVOKED);
                shop.surroundings().words().soFar("certificates", revoked, all);
            }
        }
    }

    private void step(Checkpoint.Step step) {
        shop.surroundings().checkpoint().reached(step);
    }

    private Fate fate(LedgerCertificate row, Revocation wanted) {
        if (isFoundation.test(row)) {
            return Fate.FOUNDATION;
        }
        boolean isRevokedBefore = row.revocation()
                .filter(before ->
                        before.reason() != RevocationReason.CERTIFICATE_HOLD || before.reason() == wanted.reason())
                .isPresent();
        if (isRevokedBefore) {
            return Fate.REVOKED_BEFORE;
        }
        return row.isLive(wanted.at()) ? Fate.HIT : Fate.NOT_LIVE;
    }

    private void eachMatching(Whom.Matching matching, long lastId, Consumer<LedgerCertificate> consumer) {
        matching.ca().ifPresent(shop::ca);
        long[] seen = {0};
        ShowLedger.Query query = new ShowLedger.Query(
                matching.ca(),
                Optional.empty(),
                matching.profile(),
                Optional.empty(),
                Optional.empty(),
                matching.batch(),
                Optional.empty(),
                Optional.empty());
        shop.showLedger().each(query, row -> {
            seen[0]++;
            if (row.id() <= lastId) {
                consumer.accept(row);
            }
        });
        if (seen[0] == 0) {
            throw DevpkiException.notFound("the ledger has no certificate of " + matching)
                    .hint("devpki device list");
        }
    }
}
