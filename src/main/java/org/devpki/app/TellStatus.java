package org.devpki.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.LedgerToken;
import org.devpki.store.Store;

/** The store at a glance. */
public final class TellStatus {
    private static final Duration CA_WARNING = Duration.ofDays(365);

    /**
     * What there is and what is due.
     *
     * @param certificates all that the ledger has, whatever their state
     * @param expiring devices whose certificates end within {@link ExpiringDevices#USUAL}
     * @param crls of a store that publishes
     * @param tokens line tokens in force, which make it one that does not
     */
    public record Status(
            List<ShowLedger.DescribedCa> cas,
            long certificates,
            long revoked,
            ExpiringDevices.Count expiring,
            long unfinished,
            List<CheckCrl.Checked> crls,
            List<LedgerToken> tokens,
            List<String> due,
            Urgency urgency) {}

    private final Workshop shop;

    TellStatus(Workshop shop) {
        this.shop = shop;
    }

    public Status run() {
        List<ShowLedger.DescribedCa> cas = shop.showLedger().cas();
        List<LedgerToken> tokens = shop.store().quota().tokens();
        boolean isHome = !tokens.isEmpty();
        List<CheckCrl.Checked> crls =
                shop.isPublishing() ? shop.checkCrl().run(Optional.empty(), Optional.empty()) : List.of();
        long unfinished = shop.unfinished().size();
        List<String> due = new ArrayList<>();
        Urgency urgency = Urgency.NONE;
        for (CheckCrl.Checked crl : crls) {
            urgency = urgency.or(crl.urgency());
            if (crl.urgency() != Urgency.NONE) {
                due.add("CRL of " + crl.name() + why(crl) + ": devpki crl publish");
            }
        }
        Urgency answers =
                shop.isPublishing() ? CheckOcsp.urgency(shop.checkOcsp().own()) : Urgency.NONE;
        if (answers != Urgency.NONE) {
            urgency = urgency.or(answers);
            due.add("OCSP answers in " + shop.folder().ocsp()
                    + (answers == Urgency.TOO_LATE
                            ? " are missing or expired"
                            : " lack what the ledger knows or are past half of their life")
                    + ": devpki ocsp publish");
        }
        for (ShowLedger.DescribedCa ca : cas) {
            if (shop.revokedAmong(ca.ca().name()).equals(Optional.of(ca.ca().name()))) {
                urgency = urgency.or(Urgency.SOON);
                due.add("CA " + ca.ca().name() + " is revoked or held, and issues nothing");
            }
            boolean isReplaced = ca.ca().retiredAt().isPresent()
                    || ca.ca()
                            .succession()
                            .filter(to -> to.isInForce(shop.now()))
                            .isPresent();
            if (isReplaced) {
                continue; // it ends when it ends; what hangs on it has ended before
            }
            Duration left = Duration.between(shop.now(), ca.validity().notAfter());
            if (left.isNegative()) {
                urgency = urgency.or(Urgency.TOO_LATE);
                due.add("CA " + ca.ca().name() + " expired at " + ca.validity().notAfter());
            } else if (left.compareTo(CA_WARNING) < 0) {
                urgency = urgency.or(Urgency.SOON);
                due.add("CA " + ca.ca().name() + " expires at " + ca.validity().notAfter());
            }
        }
        ExpiringDevices.Count expiring = shop.expiringDevices().count(ExpiringDevices.USUAL);
        urgency = urgency.or(expiring.urgency());
        if (expiring.urgency() != Urgency.NONE) {
            due.add("devices without a later certificate: " + expiring.expired() + " expired, " + expiring.due()
                    + " end within " + ExpiringDevices.USUAL.toDays() + "d: devpki device expiring");
        }
        int alarms = shop.store().alarms(true).size();
        if (alarms > 0) {
            urgency = urgency.or(Urgency.SOON);
            due.add(alarms + (alarms == 1 ? " alarm is" : " alarms are") + " open: devpki audit alarms");
        }
        if (isHome && tokens.stream().allMatch(held -> held.left() == 0 || held.isOver(shop.now()))) {
            urgency = urgency.or(Urgency.TOO_LATE);
            due.add("every line token is used up or over: nothing can be issued until store restrict gets another");
        }
        if (unfinished > 0) {
            urgency = urgency.or(Urgency.SOON);
            due.add(unfinished + " orders were cut short: run them again, or devpki doctor");
        }
        return new Status(
                cas,
                count(Optional.empty()),
                count(Optional.of(true)),
                expiring,
                unfinished,
                crls,
                tokens,
                due,
                urgency);
    }

    private static String why(CheckCrl.Checked crl) {
        if (crl.nextUpdate().isEmpty()) {
            return " is missing";
        }
        if (crl.urgency() == Urgency.TOO_LATE) {
            return " expired";
        }
        return crl.isBehind() ? " lacks what the ledger knows" : " is past half of its life";
    }

    private long count(Optional<Boolean> isRevoked) {
        return shop.store().count(Store.Filter.all().revoked(isRevoked));
    }
}
