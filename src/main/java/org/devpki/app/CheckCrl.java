package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.CrlName;
import org.devpki.model.LedgerCa;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.ShelfPlace;
import org.devpki.x509.ParsedCrl;

/** Looks at a shelf as monitoring does; changes nothing and needs no key. */
public final class CheckCrl {
    /**
     * One CRL.
     *
     * @param remaining until nextUpdate; zero or less when it is too late, empty when there is no CRL
     * @param isBehind whether the ledger has revocations that are not published
     */
    public record Checked(
            CrlName name,
            Optional<Instant> nextUpdate,
            Optional<Duration> remaining,
            boolean isBehind,
            Urgency urgency) {}

    private final Workshop shop;

    CheckCrl(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @param place another shelf than the store's own
     * @param minRemaining when attention is due; half the CRL's life when absent
     * @throws org.devpki.model.DevpkiException INTEGRITY if a CRL is damaged
     */
    public List<Checked> run(Optional<ShelfPlace> place, Optional<Duration> minRemaining) {
        CrlNames names = shop.crlNames();
        List<Checked> all = new ArrayList<>();
        try (CrlShelf shelf = CrlShelf.at(shop, place)) {
            for (LedgerCa ca : shop.publishingCas()) {
                PublicKeyDer key = shop.certificate(ca.name()).tbs().publicKey();
                for (CrlName name : names.all(ca)) {
                    Optional<ParsedCrl> found = shelf.crl(name, key);
                    if (found.isPresent() || !ca.isAtOffice()) { // what is not imported is somebody else's to publish
                        boolean isBehind = found.isEmpty()
                                || (!ca.isAtOffice()
                                        && PublishedCrl.isBehind(
                                                shop.store(), ca.name(), names.shard(ca, name), found.get()));
                        all.add(check(name, isBehind, found, minRemaining));
                    }
                }
            }
        }
        return all;
    }

    private Checked check(CrlName name, boolean isBehind, Optional<ParsedCrl> found, Optional<Duration> minRemaining) {
        if (found.isEmpty()) {
            return new Checked(name, Optional.empty(), Optional.empty(), true, Urgency.TOO_LATE);
        }
        ParsedCrl crl = found.get();
        Instant end = crl.nextUpdate().orElse(Instant.MAX);
        Duration remaining = Duration.between(shop.now(), end);
        Duration least = minRemaining
                .filter(given -> !name.isDelta()) // a delta CRL may live for less than anybody asks of a complete one
                .orElse(Duration.between(PublishedCrl.renewalTime(crl), end));
        Urgency urgency = PublishedCrl.urgency(remaining, least, isBehind);
        return new Checked(name, Optional.of(end), Optional.of(remaining), isBehind, urgency);
    }
}
