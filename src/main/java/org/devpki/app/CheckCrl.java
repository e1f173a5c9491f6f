package org.devpki.app;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.CaName;
import org.devpki.model.LedgerCa;
import org.devpki.x509.ParsedCrl;

/** Looks at a shelf as monitoring does; changes nothing and needs no key. */
public final class CheckCrl {
    /**
     * One CA's CRL.
     *
     * @param remaining until nextUpdate; zero or less when it is too late, empty when there is no CRL
     * @param isBehind whether the ledger has revocations that are not published
     */
    public record Checked(
            CaName ca, Optional<Instant> nextUpdate, Optional<Duration> remaining, boolean isBehind, Urgency urgency) {}

    private final Workshop shop;

    CheckCrl(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @param folder another shelf than the store's own
     * @param minRemaining when attention is due; half the CRL's life when absent
     * @throws org.devpki.model.DevpkiException INTEGRITY if a CRL is damaged
     */
    public List<Checked> run(Optional<Path> folder, Optional<Duration> minRemaining) {
        CrlShelf shelf = new CrlShelf(shop, folder);
        List<Checked> all = new ArrayList<>();
        for (LedgerCa ca : shop.store().cas()) {
            all.add(check(
                    ca.name(),
                    shelf.crl(ca.name(), shop.certificate(ca.name()).tbs().publicKey()),
                    minRemaining));
        }
        return all;
    }

    private Checked check(CaName ca, Optional<ParsedCrl> found, Optional<Duration> minRemaining) {
        if (found.isEmpty()) {
            return new Checked(ca, Optional.empty(), Optional.empty(), true, Urgency.TOO_LATE);
        }
        ParsedCrl crl = found.get();
        Instant end = crl.nextUpdate().orElse(Instant.MAX);
        Duration remaining = Duration.between(shop.now(), end);
        Duration least = minRemaining.orElse(Duration.between(CrlShelf.renewalTime(crl), end));
        boolean isBehind = CrlShelf.isBehind(shop.store(), ca, crl);
        Urgency urgency = remaining.isNegative() || remaining.isZero()
                ? Urgency.TOO_LATE
                : isBehind || remaining.compareTo(least) < 0 ? Urgency.SOON : Urgency.NONE;
        return new Checked(ca, Optional.of(end), Optional.of(remaining), isBehind, urgency);
    }
}
