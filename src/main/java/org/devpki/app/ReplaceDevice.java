package org.devpki.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.x509.Keys;

/**
 * Gives a name to another device: a new key and certificate, and everything live that the name had is revoked. Where a key
 * is in wrong hands that comes first; else the old device serves until the new one has its certificate. Whatever is cut
 * short, the same order ends.
 */
public final class ReplaceDevice {
    /**
     * What a replacement brings back.
     *
     * @param revoked by this run
     */
    public record Replaced(IssuedDevice device, List<LedgerCertificate> revoked) {
        public boolean hasChanged() {
            return device.hasChanged() || !revoked.isEmpty();
        }
    }

    private final Workshop shop;
    private final IssueDevice issueDevice;
    private final RevokeCertificate revoke;

    ReplaceDevice(Workshop shop) {
        this.shop = shop;
        this.issueDevice = shop.issueDevice();
        this.revoke = shop.revokeCertificate();
    }

    /** @throws DevpkiException INVALID_INPUT for a hold, which ends nothing; else as the two deeds would */
    public Replaced run(DeviceOrder asked, RevocationReason reason) {
        if (reason == RevocationReason.CERTIFICATE_HOLD || reason == RevocationReason.REMOVE_FROM_CRL) {
            throw DevpkiException.invalid("what is replaced is revoked for good, and not for " + reason.text());
        }
        DeviceOrder order = asked.because(reason);
        RevocationOrder why = new RevocationOrder(reason, Optional.empty());
        List<LedgerCertificate> old = old(order);
        old.forEach(row -> revoke.changes(row, why));
        Map<KeySpec, PublicKeyDer> standIns = new ConcurrentHashMap<>();
        issueDevice.look(order, kind -> standIns.computeIfAbsent(kind, this::standIn));
        List<LedgerCertificate> revoked = new ArrayList<>();
        if (reason == RevocationReason.KEY_COMPROMISE) {
            revoked.addAll(revokeAll(old, why));
        }
        IssuedDevice device = issueDevice.run(order);
        revoked.addAll(revokeAll(old(order), why));
        return new Replaced(device, revoked);
    }

    /** What is live of the name and the CAs in question, or that led to it by other CAs, but for the replacement. */
    private List<LedgerCertificate> old(DeviceOrder order) {
        IssueDevice.Settled settled = issueDevice.settle(order);
        List<LedgerCertificate> all =
                shop.store().certificatesNamed(order.device().value());
        Set<SerialNumber> line =
                Predecessors.line(settled.predecessor().orElseThrow().row(), all);
        Instant now = shop.now();
        return all.stream()
                .filter(row -> row.isLive(now)
                        && (line.contains(row.serial())
                                || settled.line().contains(row.reservation().ca())))
                .filter(row -> !settled.isRival(row))
                .toList();
    }

    private List<LedgerCertificate> revokeAll(List<LedgerCertificate> rows, RevocationOrder why) {
        return rows.stream().map(row -> revoke.run(row, why).certificate()).toList();
    }

    private PublicKeyDer standIn(KeySpec kind) {
        try (var key = Keys.generate(kind, shop.surroundings().random())) {
            return key.publicKey();
        }
    }
}
