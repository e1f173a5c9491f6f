package org.devpki.app;

import java.util.List;
import org.devpki.model.CertificateState;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;

/**
 * Devices that were revoked: none of a name's certificates is live, and the newest was revoked or is held. Such a name gets no
 * password and no token, and those that it has do not count. A name without any certificate is not locked out, for it may
 * log in by a password or token alone.
 */
final class LockedOut {
    private final Workshop shop;

    LockedOut(Workshop shop) {
        this.shop = shop;
    }

    boolean has(DeviceId name) {
        List<LedgerCertificate> rows = shop.store().certificatesNamed(name.value()).stream()
                .filter(row -> row.state() != CertificateState.REFUSED)
                .toList();
        return !rows.isEmpty()
                && rows.get(rows.size() - 1).revocation().isPresent()
                && rows.stream().noneMatch(row -> row.isGood(shop.now()));
    }

    /** @throws DevpkiException REFUSED if the device was revoked */
    void refuse(DeviceId name) {
        if (has(name)) {
            throw DevpkiException.refused("the certificate of " + name + " was revoked, so it gets no other way in")
                    .hint("devpki device show " + name
                            + " tells why; a device that comes back gets a new certificate first");
        }
    }
}
