package org.devpki.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.devpki.broker.KickScript;
import org.devpki.model.Broker;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.Kick;
import org.devpki.model.LedgerCertificate;
import org.devpki.store.Store;

/** Lists whose sessions a broker must end because their certificates are revoked or held. Changes nothing. */
public final class ListKicks {
    /** @param script what the broker's machine runs; see {@link KickScript} */
    public record Listed(List<Kick> kicks, Bytes script) {}

    private final Workshop shop;
    private final Store store;

    ListKicks(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /** @param query narrows whose; that they are revoked is understood */
    public Listed run(Broker broker, ShowLedger.Query query) {
        Predicate<LedgerCertificate> isFoundation = shop.foundations();
        Map<DeviceId, Kick> byClient = new LinkedHashMap<>();
        shop.showLedger().each(query.revoked(), row -> {
            if (!isFoundation.test(row)) {
                byClient.computeIfAbsent(new DeviceId(row.reservation().name()), this::kick);
            }
        });
        List<Kick> kicks = List.copyOf(byClient.values());
        return new Listed(kicks, Bytes.utf8(KickScript.of(broker, kicks)));
    }

    private Kick kick(DeviceId client) {
        boolean isLiveAgain = store.certificatesNamed(client.value()).stream().anyMatch(row -> row.isGood(shop.now()));
        return new Kick(client, isLiveAgain);
    }
}
