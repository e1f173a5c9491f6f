package org.devpki.app;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.Succession;
import org.devpki.store.Store;
import org.devpki.x509.Keys;

/** Has another CA take a CA's orders over, at once or from an instant on; makes it first if it is not there. */
public final class RotateCa {
    /** The word that changes of who issues for whom lock. */
    static final String LOCK = "the succession of CAs";

    /**
     * What a run brings.
     *
     * @param hasMade whether the successor was made
     * @param hasChanged false if the same was noted before
     */
    public record Rotated(CaName name, Succession succession, boolean hasMade, boolean hasChanged) {}

    private final Workshop shop;
    private final Store store;

    RotateCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @param at when orders go there; now when absent
     * @throws DevpkiException CONFLICT if another CA has taken the orders over already, or would give them back
     */
    public Rotated run(CaName name, CaName to, Optional<Instant> at) {
        shop.refuseHome("rotates no CA");
        try (Store.Held changing = store.lock(LOCK)) {
            shop.forgetCas();
            LedgerCa old = shop.ca(name);
            Instant now = shop.now().truncatedTo(ChronoUnit.MILLIS); // as the ledger keeps it
            Optional<Succession> known = old.succession();
            Instant from = at.map(instant -> instant.truncatedTo(ChronoUnit.MILLIS))
                    .or(() -> known.filter(before -> before.to().equals(to)).map(Succession::from))
                    .orElse(now);
            Succession succession = new Succession(to, from);
            refuseOther(old, succession, now);
            boolean hasMade = made(old, to);
            refuseUnfit(to, from);
            boolean hasChanged = !known.equals(Optional.of(succession));
            if (hasChanged) {
                store.succeed(name, succession);
                shop.forgetCas();
            }
            return new Rotated(name, succession, hasMade, hasMade || hasChanged);
        }
    }

    private void refuseOther(LedgerCa old, Succession wanted, Instant now) {
        CaName name = old.name();
        old.succession()
                .filter(known -> known.isInForce(now) && !known.equals(wanted))
                .ifPresent(known -> {
                    throw DevpkiException.conflict(
                                    "orders for " + name + " go to " + known.to() + " since " + known.from())
                            .hint("devpki ca rotate " + known.to() + " --to " + wanted.to());
                });
        for (Optional<CaName> next = Optional.of(wanted.to()); next.isPresent(); next = successor(next.get())) {
            if (next.get().equals(name)) {
                throw DevpkiException.conflict("orders for " + wanted.to()
                        + (wanted.to().equals(name) ? " cannot go to itself" : " go to " + name + ", or will")
                        + ", so " + name + "'s cannot go to " + wanted.to());
            }
        }
        Instant end = shop.certificate(name).tbs().notAfter().at();
        if (wanted.from().isAfter(end)) {
            throw DevpkiException.invalid(
                    "CA " + name + " ends at " + end + ", before orders would go elsewhere at " + wanted.from());
        }
    }

    /** Of any time. */
    private Optional<CaName> successor(CaName name) {
        return store.ca(name).flatMap(LedgerCa::succession).map(Succession::to);
    }

    /** Makes the successor as the old CA was made, or finishes what was begun so. */
    private boolean made(LedgerCa old, CaName to) {
        CreateCa create = shop.createCa();
        if (store.ca(to).filter(create::isFinished).isPresent()) {
            return false;
        }
        String usual = CaOrder.usual(old.name(), old.parent()).place();
        if (!old.keyUri().equals(usual)) {
            throw DevpkiException.invalid("the key of " + old.name() + " is at " + old.keyUri() + ", so where that of "
                            + to + " will be must be said")
                    .hint("devpki ca create " + to
                            + old.parent().map(p -> " --parent " + p).orElse(" --root") + " --key-uri …, then rotate");
        }
        return create.run(like(old, to)).hasChanged();
    }

    private CaOrder like(LedgerCa old, CaName name) {
        CaOrder again = shop.createCa().again(old, old.parent(), Optional.empty());
        return new CaOrder(
                name,
                again.parent(),
                again.profile(),
                Keys.spec(shop.certificate(old.name()).tbs().publicKey()),
                again.keyUri(),
                again.notAfter(),
                again.pathLength(),
                Optional.empty());
    }

    private void refuseUnfit(CaName to, Instant from) {
        shop.ca(to).retiredAt().ifPresent(at -> {
            throw DevpkiException.refused("CA " + to + " is retired since " + at + ", and takes no orders over");
        });
        if (shop.ca(to).isAtOffice()) {
            throw DevpkiException.refused("the key of CA " + to + " is at the office, so it takes no orders over here");
        }
        shop.refuseRevoked(to);
        Instant end = shop.certificate(to).tbs().notAfter().at();
        Instant day = from.isAfter(shop.now()) ? from : shop.now();
        if (end.isBefore(day)) {
            throw DevpkiException.refused("CA " + to + " ends at " + end + ", and takes no orders over at " + day);
        }
    }
}
