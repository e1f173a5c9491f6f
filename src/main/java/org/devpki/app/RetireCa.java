package org.devpki.app;

import java.util.List;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.store.Store;

/** Ends what a CA issues. Its CRLs and OCSP answers go on until its last certificate has expired. */
public final class RetireCa {
    private final Workshop shop;
    private final Store store;

    RetireCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @return whether it was not retired before
     * @throws DevpkiException CONFLICT while orders go to it
     */
    public boolean run(CaName name) {
        shop.refuseHome("retires no CA");
        try (Store.Held changing = store.lock(RotateCa.LOCK)) {
            shop.forgetCas();
            LedgerCa ca = shop.ca(name);
            if (ca.retiredAt().isPresent()) {
                return false;
            }
            List<String> whose = shop.weighCa().orders(name);
            if (!whose.isEmpty()) {
                throw DevpkiException.conflict("orders go to " + name + ": " + String.join(", ", whose))
                        .hint("devpki ca rotate " + name + " --to " + name + "-2");
            }
            store.retire(name);
            shop.forgetCas();
            return true;
        }
    }
}
