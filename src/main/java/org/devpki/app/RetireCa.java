package org.devpki.app;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
     * @param isForced also while factories hold line tokens of it
     * @return whether it was not retired before
     * @throws DevpkiException CONFLICT while orders go to it
     */
    public boolean run(CaName name, boolean isForced) {
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
                        .hint(ca.succession()
                                .map(planned -> "devpki ca rotate " + name + " --to " + planned.to() + " --at "
                                        + shop.now().truncatedTo(ChronoUnit.SECONDS))
                                .orElse("devpki ca rotate " + name + " --to " + name + "-2"));
            }
            Map<String, Instant> tokens = SignToken.outstanding(shop, name);
            if (!tokens.isEmpty() && !isForced) {
                throw DevpkiException.conflict("factories may issue by " + name + ": "
                                + tokens.entrySet().stream()
                                        .map(token -> "line token " + token.getKey() + " until " + token.getValue())
                                        .collect(Collectors.joining(", ")))
                        .hint("devpki ca retire " + name + " --force, once they are done with them");
            }
            store.retire(name);
            shop.forgetCas();
            return true;
        }
    }
}
