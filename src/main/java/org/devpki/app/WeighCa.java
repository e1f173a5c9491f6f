package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.devpki.config.Profiles;
import org.devpki.model.CaName;
import org.devpki.model.CrlName;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.LedgerCa;
import org.devpki.model.Profile;
import org.devpki.model.Succession;
import org.devpki.model.UrlKind;
import org.devpki.model.Validity;
import org.devpki.store.Store;

/** Tells what hangs on a CA: who would fail without it, and until when. */
public final class WeighCa {
    private static final Duration YEAR = Duration.ofDays(365);

    /** Years from now that live certificates are counted up to. */
    private static final List<Integer> HORIZONS = List.of(1, 2, 5, 10, 20);

    /**
     * What one CA issued and is live.
     *
     * @param byProfile how many, by the profile's name
     * @param endingWithin how many end within {@code 1y}, {@code 2y}, {@code 5y}, {@code 10y}, {@code 20y}, each with those
     *     before; devices and servers, not what devpki made for itself
     * @param lastEnd of what it issued; empty if it issued nothing
     */
    public record Leaves(
            CaName ca, Map<String, Long> byProfile, Map<String, Long> endingWithin, Optional<Instant> lastEnd) {
        public long count() {
            return byProfile.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * What hangs on a CA.
     *
     * @param leaves of the CA itself, then of each one below it
     * @param servers names with a live certificate for servers, such as brokers
     * @param orders who issues by it, in words
     * @param crlUrls where its CRLs are found; a shard's is not told
     * @param bundles files in the store that hold its certificate or its CRL, and that brokers are given
     */
    public record Weight(
            LedgerCa ca,
            List<Leaves> leaves,
            List<String> servers,
            List<String> orders,
            List<String> crlUrls,
            Map<UrlKind, String> otherUrls,
            int shards,
            List<String> bundles) {
        public long count() {
            return leaves.stream().mapToLong(Leaves::count).sum();
        }
    }

    private final Workshop shop;
    private final Store store;

    WeighCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    public Weight run(CaName name) {
        LedgerCa ca = shop.ca(name);
        List<LedgerCa> tree = below(ca, store.cas());
        int shards = shop.crlNames().complete(ca).size() - 1;
        return new Weight(
                ca,
                tree.stream().map(this::leaves).toList(),
                tree.stream().flatMap(one -> servers(one).stream()).sorted().toList(),
                Stream.concat(orders(name).stream(), tokens(name)).toList(),
                shop.settings().crlUrl(CrlName.main(name)).stream().toList(),
                otherUrls(name),
                shards,
                List.of(
                        shop.folder().issuers().resolve(InitStore.ALL).toString(),
                        shop.folder().crls().resolve(CrlShelf.ALL).toString()));
    }

    private Map<UrlKind, String> otherUrls(CaName name) {
        Map<UrlKind, String> urls = new TreeMap<>();
        shop.settings().ocspUrl().ifPresent(url -> urls.put(UrlKind.OCSP, url));
        shop.settings().issuerUrl(name).ifPresent(url -> urls.put(UrlKind.CA, url));
        return urls;
    }

    /** The CA, then those below it. */
    private static List<LedgerCa> below(LedgerCa ca, List<LedgerCa> all) {
        List<LedgerCa> tree = new ArrayList<>(List.of(ca));
        for (LedgerCa child : all) {
            if (child.parent().equals(Optional.of(ca.name()))) {
                tree.addAll(below(child, all));
            }
        }
        return tree;
    }

    private Leaves leaves(LedgerCa ca) {
        List<Instant> ends = new ArrayList<>();
        HORIZONS.forEach(years -> ends.add(shop.now().plus(YEAR.multipliedBy(years))));
        ends.add(Validity.NO_WELL_DEFINED_EXPIRATION); // all
        Map<String, Long> byProfile = new TreeMap<>();
        long[] within = new long[ends.size()];
        store.countLiveUntil(ca.name(), ends).forEach((profile, counts) -> {
            if (isLeaf(profile)) {
                byProfile.put(profile, counts.get(counts.size() - 1));
                for (int i = 0; i < within.length; i++) {
                    within[i] += counts.get(i);
                }
            }
        });
        Map<String, Long> endingWithin = new LinkedHashMap<>();
        for (int i = 0; i < HORIZONS.size(); i++) {
            endingWithin.put(HORIZONS.get(i) + "y", within[i]);
        }
        return new Leaves(ca.name(), byProfile, endingWithin, shop.lastEnd(ca));
    }

    /** CAs are told as what they are, and what devpki makes for itself hangs on nothing. */
    private boolean isLeaf(String profile) {
        return !Delegates.Task.isProfile(profile)
                && found(profile).filter(known -> known.purpose().isCa()).isEmpty();
    }

    /** A site's profile may have been deleted since. */
    private Optional<Profile> found(String profile) {
        return origins().containsKey(profile) ? Optional.of(shop.profile(profile)) : Optional.empty();
    }

    private Map<String, String> origins() {
        return new Profiles(Optional.of(shop.folder().profiles())).origins();
    }

    private List<String> servers(LedgerCa ca) {
        List<String> profiles = origins().keySet().stream()
                .filter(name -> shop.profile(name).purpose().extendedKeyUsage().contains(ExtendedKeyUsage.SERVER_AUTH))
                .toList();
        List<String> names = new ArrayList<>();
        for (String profile : profiles) {
            shop.showLedger().each(ShowLedger.Query.live(ca.name(), profile), row -> {
                if (row.isLive(shop.now())) {
                    names.add(row.reservation().name());
                }
            });
        }
        return names;
    }

    /** Whose orders the CA carries out, or will, unless they say otherwise; empty when it may be retired. */
    List<String> orders(CaName name) {
        List<String> orders = new ArrayList<>();
        String later = store.ca(name)
                .flatMap(LedgerCa::succession)
                .filter(known -> !known.isInForce(shop.now()))
                .map(known -> "; orders for " + name + " go to " + known.to() + " from " + known.from() + " on")
                .orElse("");
        if (carriesOut(name, shop.settings().defaultCa())) {
            orders.add("devpki.yaml names " + shop.settings().defaultCa() + " as defaults.ca" + later);
        }
        for (String profile : origins().keySet()) {
            shop.profile(profile)
                    .issuer()
                    .filter(asked -> carriesOut(name, asked))
                    .ifPresent(asked -> orders.add("profile " + profile + " names " + asked + later));
        }
        if (shop.issuing(name).equals(name)) {
            for (LedgerCa other : store.cas()) {
                other.succession()
                        .filter(known -> known.to().equals(name))
                        .ifPresent(known -> orders.add(succession(other.name(), known)));
            }
        }
        return orders;
    }

    private Stream<String> tokens(CaName name) {
        return SignToken.outstanding(shop, name).entrySet().stream()
                .map(token -> "line token " + token.getKey() + " lets a factory issue by it until " + token.getValue());
    }

    private String succession(CaName other, Succession known) {
        return "orders for " + other + (known.isInForce(shop.now()) ? " go" : " will go") + " to it from "
                + known.from() + " on";
    }

    private boolean carriesOut(CaName name, CaName asked) {
        return store.ca(asked).isPresent() && shop.issuing(asked).equals(name);
    }
}
