package org.devpki.app;

import java.time.Instant;
import java.util.List;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Quota;
import org.devpki.model.QuotaClaim;

/** What orders that are only looked at would leave of the line tokens in force, one after the other. */
final class QuotaLook {
    private final Instant now;
    private Quota quota;

    QuotaLook(Workshop shop) {
        this.now = shop.now();
        this.quota = shop.store().quota();
    }

    /** @throws org.devpki.model.DevpkiException REFUSED as the reservation would be */
    void take(QuotaClaim claim, List<LedgerCertificate> superseded) {
        Quota free = quota;
        for (LedgerCertificate old : superseded) {
            if (old.token().isPresent()) {
                free = free.counting(old.token().get(), -1);
            }
        }
        Quota left = free;
        quota = left.choose(claim, now)
                .map(held -> left.counting(held.token().id(), 1))
                .orElse(left);
    }
}
