package org.devpki.app;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CrlName;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCa;
import org.devpki.model.Percentage;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Crls;
import org.devpki.x509.Keys;
import org.devpki.x509.ParsedTbs;

/**
 * How large CRLs are and become. Sizes are those that the encoder gives, from counts of the ledger's revoked certificates
 * by what their entries look like; no CRL is read and no key opened.
 *
 * <p>The later sizes are high estimates: the fleet stays as large as it is, and whatever is revoked in the years to come
 * stays listed to their end. What is revoked today leaves when it expires.
 */
public final class ForecastCrls {
    private static final Duration YEAR = Duration.ofDays(365);
    private static final int MOST_YEARS = 50;
    private static final int SERIAL_OCTETS = 16;

    /**
     * By what Mosquitto 2.0.11 with OpenSSL 3.0 grew for an entry with a reason, measured with 100 000 of them: 490 octets
     * at its start, and these when it reloads at SIGHUP, with the old CRL beside the new one.
     */
    private static final long MOSQUITTO_ENTRY_OCTETS = 930;

    /** How far above its mean a shard that is filled at random may be, in standard deviations; one of 30 000 is. */
    private static final double DEVIATIONS = 4;

    /**
     * What is asked.
     *
     * @param batch what may have to be revoked at once
     * @param years 1 to {@value ForecastCrls#MOST_YEARS}
     * @param perYear what part of the fleet is revoked in a year; that of the last year when absent
     * @param shardOctets what a shard's CRL should stay below
     */
    public record Order(Optional<BatchId> batch, int years, Optional<Percentage> perYear, long shardOctets) {
        public Order {
            if (years < 1 || years > MOST_YEARS) {
                throw DevpkiException.invalid("a forecast of " + years + " years is not within 1 to " + MOST_YEARS);
            }
            if (shardOctets < 1024) {
                throw DevpkiException.invalid(
                        "a CRL of less than " + shardOctets + " octets has no room for entries; 1 KiB is the least");
            }
        }
    }

    /** @param octets of the DER */
    public record Size(long entries, long octets) {}

    /** @param withBatch as if the batch were revoked too */
    public record Crl(CrlName name, Size today, Optional<Size> withBatch, Size later) {}

    /**
     * A CA's CRLs.
     *
     * @param live certificates that can still be revoked
     * @param entryOctets of an entry, rounded up
     * @param shards how many keep each below the limit at the end, of certificates that are issued from now on; absent for
     *     a root, and when more would be needed than there can be
     */
    public record Ca(
            LedgerCa ca,
            long live,
            long revokedLastYear,
            Percentage perYear,
            int entryOctets,
            OptionalInt shards,
            List<Crl> crls) {}

    /**
     * The file of all CRLs, for brokers that read one.
     *
     * @param octets of the PEM
     * @param memoryOctets that Mosquitto needs for it while it reloads
     */
    public record AllInOne(long octets, long memoryOctets) {}

    public record Forecast(List<Ca> cas, AllInOne today, Optional<AllInOne> withBatch, AllInOne later) {}

    private final Workshop shop;
    private final Store store;
    private final CrlNames names;

    ForecastCrls(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
        this.names = shop.crlNames();
    }

    /** @throws DevpkiException NOT_FOUND if no certificate is in the batch */
    public Forecast run(Order order) {
        order.batch().ifPresent(batch -> {
            if (store.count(Store.Filter.all().inBatch(batch)) == 0) {
                throw DevpkiException.notFound("no certificate is in batch " + batch);
            }
        });
        List<LedgerCa> cas = shop.publishingCas();
        List<Ca> all = cas.stream().map(ca -> forecast(ca, order)).toList();
        Set<CrlName> together = Set.copyOf(names.inOneFile(cas));
        List<Crl> crls = all.stream()
                .flatMap(ca -> ca.crls().stream())
                .filter(crl -> together.contains(crl.name()))
                .toList();
        return new Forecast(
                all,
                allInOne(crls.stream().map(Crl::today).toList()),
                order.batch()
                        .map(batch -> allInOne(crls.stream()
                                .map(crl -> crl.withBatch().orElseThrow())
                                .toList())),
                allInOne(crls.stream().map(Crl::later).toList()));
    }

    private static AllInOne allInOne(List<Size> crls) {
        long octets = crls.stream().mapToLong(crl -> Crls.pemSize(crl.octets())).sum();
        return new AllInOne(octets, crls.stream().mapToLong(Size::entries).sum() * MOSQUITTO_ENTRY_OCTETS);
    }

    /** A CA, and what its CRLs are made of whatever they list. */
    private record Issuer(LedgerCa ca, ParsedTbs tbs, Bytes keyId, KeySpec key) {}

    /** Entries with the octets that they have together. */
    private record Load(long entries, long octets) {
        static final Load NONE = new Load(0, 0);

        Load plus(Load other) {
            return new Load(entries + other.entries, octets + other.octets);
        }

        /** How many octets an entry has, rounded up; as devpki makes them where there is none. */
        int entryOctets(Instant at) {
            return entries == 0
                    ? ForecastCrls.entryOctets(SERIAL_OCTETS, RevocationReason.KEY_COMPROMISE, false, at)
                    : (int) Math.ceil((double) octets / entries);
        }
    }

    private Ca forecast(LedgerCa ca, Order order) {
        Instant now = shop.now();
        Instant end = now.plus(YEAR.multipliedBy(order.years()));
        Issuer issuer = issuer(ca);
        Map<Integer, Load> today = revoked(ca, now, now);
        Map<Integer, Load> staying = revoked(ca, end, end);
        Map<Integer, Long> live = store.countLive(ca.name(), Optional.empty());
        long alive = live.values().stream().mapToLong(Long::longValue).sum();
        long lastYear = store.countRevokedSince(ca.name(), now.minus(YEAR));
        Percentage perYear = order.perYear().orElseGet(() -> Percentage.of(lastYear, alive + lastYear));
        int entryOctets = sum(today, OptionalInt.empty()).entryOctets(end);
        Optional<Map<Integer, Load>> batch = order.batch()
                .map(wanted -> loads(store.countLive(ca.name(), Optional.of(wanted)), count -> count, entryOctets));
        Map<Integer, Load> coming =
                loads(live, count -> Math.min(count, perYear.share() * order.years() * count), entryOctets);
        List<Crl> crls = new ArrayList<>();
        for (CrlName name : names.complete(ca)) {
            OptionalInt shard = names.shard(ca, name);
            CrlPlan.Scope scope =
                    new CrlPlan.Scope(names.idpUrls(ca, name), Optional.empty(), names.freshestUrls(ca, name));
            Load listed = sum(today, shard);
            crls.add(new Crl(
                    name,
                    size(issuer, scope, listed),
                    batch.map(some -> size(issuer, scope, listed.plus(sum(some, shard)))),
                    size(issuer, scope, sum(staying, shard).plus(sum(coming, shard)))));
        }
        long later = sum(staying, OptionalInt.empty()).entries()
                + sum(coming, OptionalInt.empty()).entries();
        return new Ca(
                ca,
                alive,
                lastYear,
                perYear,
                entryOctets,
                ca.parent().isPresent() ? shards(issuer, later, entryOctets, order) : OptionalInt.empty(),
                crls);
    }

    private Issuer issuer(LedgerCa ca) {
        ParsedTbs tbs = shop.certificate(ca.name()).tbs();
        return new Issuer(
                ca,
                tbs,
                tbs.subjectKeyId()
                        .orElseThrow(
                                () -> DevpkiException.integrity("CA " + ca.name() + " has no subject key identifier")),
                Keys.spec(tbs.publicKey())
                        .orElseThrow(
                                () -> DevpkiException.integrity("CA " + ca.name() + " has a key of an unknown kind")));
    }

    /** By shard, what is revoked and expires at {@code expiresFrom} or later, as entries of a CRL made at {@code at}. */
    private Map<Integer, Load> revoked(LedgerCa ca, Instant expiresFrom, Instant at) {
        Map<Integer, Load> loads = new HashMap<>();
        for (Store.RevokedAlike alike : store.countRevoked(ca.name(), expiresFrom)) {
            long octets =
                    alike.count() * entryOctets(alike.serialOctets(), alike.reason(), alike.hasInvalidityDate(), at);
            loads.merge(alike.shard(), new Load(alike.count(), octets), Load::plus);
        }
        return loads;
    }

    private static Map<Integer, Load> loads(
            Map<Integer, Long> counts, ToDoubleFunction<Long> expected, int entryOctets) {
        Map<Integer, Load> loads = new HashMap<>();
        counts.forEach((shard, count) -> {
            long entries = Math.round(expected.applyAsDouble(count));
            loads.put(shard, new Load(entries, entries * entryOctets));
        });
        return loads;
    }

    private static Load sum(Map<Integer, Load> loads, OptionalInt shard) {
        return shard.isPresent()
                ? loads.getOrDefault(shard.getAsInt(), Load.NONE)
                : loads.values().stream().reduce(Load.NONE, Load::plus);
    }

    private Size size(Issuer issuer, CrlPlan.Scope scope, Load load) {
        Instant now = shop.now();
        CrlPlan plan = new CrlPlan(
                issuer.tbs().subject(),
                issuer.keyId(),
                BigInteger.valueOf(now.toEpochMilli()),
                now,
                now.plus(shop.settings().crl().validity()),
                consumer -> {},
                scope);
        return new Size(load.entries(), Crls.size(plan, issuer.key(), load.octets()));
    }

    /** How many shards keep nearly every one below the limit, though certificates fall into them at random. */
    private OptionalInt shards(Issuer issuer, long entries, int entryOctets, Order order) {
        CrlName shard = CrlName.ofShard(issuer.ca().name(), CrlName.MOST_SHARDS);
        CrlPlan.Scope scope = CrlPlan.Scope.complete(
                shop.settings().crlUrl(shard).map(List::of).orElse(List.of()));
        double room =
                (double) (order.shardOctets() - size(issuer, scope, Load.NONE).octets()) / entryOctets;
        if (room < 1) {
            return OptionalInt.empty();
        }
        // of a mean m a shard has at most m + DEVIATIONS * sqrt(m), which is the room; solved for m
        double root = Math.sqrt(DEVIATIONS * DEVIATIONS / 4 + room) - DEVIATIONS / 2;
        double count = Math.max(1, Math.ceil(entries / (root * root)));
        return count > CrlName.MOST_SHARDS ? OptionalInt.empty() : OptionalInt.of((int) count);
    }

    private static int entryOctets(int serialOctets, RevocationReason reason, boolean hasInvalidityDate, Instant at) {
        SerialNumber serial = new SerialNumber(BigInteger.ONE.shiftLeft(Byte.SIZE * serialOctets - 2)); // first bits 01
        return Crls.entryOctets(
                new RevokedEntry(serial, at, reason, hasInvalidityDate ? Optional.of(at) : Optional.empty()));
    }
}
