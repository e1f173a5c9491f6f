package org.devpki.app;

import java.util.Optional;
import org.devpki.ca.lint.ExperimentalAlgorithmRule;
import org.devpki.model.CsrDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.NameDer;
import org.devpki.model.Profile;
import org.devpki.store.Store;
import org.devpki.x509.Csrs;
import org.devpki.x509.SigningKey;

/** Makes a CA's key here, and the request that a CA elsewhere signs: for a root that is offline. */
public final class RequestCa {
    /** @param hasChanged false if the same order made the request before */
    public record Requested(CsrDer csr, boolean hasChanged) {}

    private final Workshop shop;
    private final Store store;

    RequestCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @param order whose parent is not known yet
     * @throws DevpkiException CONFLICT if there is such a CA, or another request of that name
     */
    public Requested run(CaOrder order) {
        shop.refuseRestricted("makes no CA");
        try (Store.Held making = store.lock(
                        Workshop.nameLock(order.issuer(), order.name().value()));
                Store.Held keys = store.lock(RewrapKeys.LOCK)) {
            if (store.ca(order.name()).isPresent()) {
                throw DevpkiException.conflict("there is a CA " + order.name() + " already")
                        .hint("devpki ca show " + order.name());
            }
            Optional<CaRequest> before = CaRequest.noted(store, order.name());
            if (before.isPresent()) {
                if (!before.get().order().equals(order.hash())) {
                    throw DevpkiException.conflict(
                                    "another request of CA " + order.name() + " waits for its certificate already")
                            .hint("devpki ca import " + order.name() + " --cert FILE");
                }
                return new Requested(before.get().csr(), false);
            }
            return new Requested(made(order), true);
        }
    }

    private CsrDer made(CaOrder order) {
        CreateCa create = shop.createCa();
        Profile profile = create.profile(order);
        NameDer subject = create.subject(order, profile);
        create.refuseTaken(subject);
        create.noteKey(order);
        KeySpec kind = CreateCa.kind(order, profile);
        ExperimentalAlgorithmRule.complaint(kind)
                .ifPresent(sentence -> shop.surroundings().words().accept("warning: " + sentence));
        try (SigningKey key = create.newKey(order, kind)) {
            CsrDer csr = Csrs.request(key, subject);
            new CaRequest(order.hash(), order.profile(), order.place(), csr).note(store, order.name());
            return csr;
        }
    }
}
