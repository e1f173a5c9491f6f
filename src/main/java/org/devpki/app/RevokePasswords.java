package org.devpki.app;

import java.util.List;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerPassword;
import org.devpki.store.Store;

/** Takes passwords away: their hashes are forgotten, and no broker is told of them again. */
public final class RevokePasswords {
    private final Workshop shop;

    RevokePasswords(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @return those that had one; the others were revoked before
     * @throws DevpkiException NOT_FOUND, with none revoked, if a device never had one
     */
    public List<DeviceId> run(List<DeviceId> names) {
        shop.refuseRestricted("revokes no passwords");
        try (Store.Held held = shop.store().lock(IssuePasswords.LOCK)) {
            List<DeviceId> having =
                    names.stream().distinct().filter(this::hasOne).toList();
            if (!having.isEmpty()) {
                shop.store().revokePasswords(having);
            }
            return having;
        }
    }

    private boolean hasOne(DeviceId name) {
        LedgerPassword known = shop.store()
                .password(name)
                .orElseThrow(() ->
                        DevpkiException.notFound(name + " has no password").hint("devpki password list"));
        return known.inForce().isPresent() || known.prepared().isPresent();
    }
}
