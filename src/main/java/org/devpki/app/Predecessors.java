package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.devpki.model.CertificateState;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.Quoted;
import org.devpki.model.Renewal;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.model.SerialReference;
import org.devpki.x509.Csrs;

/** Finds the certificate that an order follows, and refuses one that cannot be followed so. */
final class Predecessors {
    private final Workshop shop;

    Predecessors(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @throws DevpkiException NOT_FOUND; CONFLICT if it is not clear which is meant; REFUSED if its key is in wrong
     *     hands, or its name is not the certificate's own
     */
    Predecessor of(DeviceOrder order, RenewalOrder wanted) {
        List<LedgerCertificate> all = named(order.device());
        LedgerCertificate row = wanted.of()
                .map(serial -> withSerial(order.device(), all, serial))
                .orElseGet(() -> newest(order.device(), all, wanted));
        Predecessor predecessor = new Predecessor(row, wanted.kind());
        if (predecessor.keepsKey() && order.csr().isPresent()) {
            boolean isSame = Csrs.parse(order.csr().get()).publicKey().equals(predecessor.key());
            predecessor = isSame ? predecessor : new Predecessor(row, Renewal.Kind.REKEYED);
        }
        refuseStandInName(row);
        refuseBadKey(order, predecessor, all);
        return predecessor;
    }

    private List<LedgerCertificate> named(DeviceId device) {
        Predicate<LedgerCertificate> isFoundation = shop.foundations();
        List<LedgerCertificate> all = shop.store().certificatesNamed(device.value()).stream()
                .filter(row -> row.state() == CertificateState.ISSUED && !isFoundation.test(row))
                .toList();
        if (all.isEmpty()) {
            throw DevpkiException.notFound("there is no certificate named " + Quoted.of(device.value()))
                    .hint("devpki device list");
        }
        return all;
    }

    private static LedgerCertificate withSerial(DeviceId device, List<LedgerCertificate> all, SerialReference serial) {
        List<LedgerCertificate> found = all.stream().filter(serial::isTo).toList();
        if (found.isEmpty()) {
            throw DevpkiException.notFound(device + " has no certificate with serial " + serial)
                    .hint("devpki device history " + device);
        }
        if (found.size() > 1) {
            throw RevokeCertificate.ambiguous(serial, found);
        }
        return found.get(0);
    }

    /** The newest; or the one that it follows, as long as the same order may be given once more. */
    private LedgerCertificate newest(DeviceId device, List<LedgerCertificate> all, RenewalOrder wanted) {
        Renewal.Kind kind = wanted.kind();
        Instant now = shop.now();
        List<LedgerCertificate> usable = all.stream()
                .filter(row -> !isLost(row) && (kind == Renewal.Kind.REPLACED || !isRevoked(row)))
                .toList();
        List<LedgerCertificate> heads =
                heads(usable.stream().filter(row -> row.isLive(now)).toList());
        if (heads.size() > 1) {
            throw several(device.value(), heads);
        }
        LedgerCertificate newest = heads.stream()
                .findFirst()
                .or(() -> usable.stream().reduce((older, newer) -> newer))
                .orElse(all.get(all.size() - 1));
        return newest.reservation()
                .renewal()
                .filter(renewal -> (renewal.kind() == Renewal.Kind.REPLACED) == (kind == Renewal.Kind.REPLACED))
                .filter(renewal -> isYoung(newest, now))
                .flatMap(renewal -> all.stream()
                        .filter(row -> row.serial().equals(renewal.of()))
                        .findFirst())
                .filter(before -> !isStolenSince(before, newest, wanted))
                .orElse(newest);
    }

    /** Whether a key in wrong hands is the replacement's, for that of the one before was replaced for another reason. */
    private static boolean isStolenSince(LedgerCertificate before, LedgerCertificate newest, RenewalOrder wanted) {
        return wanted.reason().equals(Optional.of(RevocationReason.KEY_COMPROMISE))
                && before.revocation()
                        .filter(known -> known.reason() != RevocationReason.KEY_COMPROMISE
                                && known.reason() != RevocationReason.CERTIFICATE_HOLD
                                && !known.at().isBefore(newest.reservedAt()))
                        .isPresent();
    }

    /** The row, what it follows, what that follows, and so on, by whatever CA. */
    static Set<SerialNumber> line(LedgerCertificate row, List<LedgerCertificate> all) {
        Set<SerialNumber> line = new LinkedHashSet<>();
        Optional<LedgerCertificate> next = Optional.of(row);
        while (next.isPresent() && line.add(next.get().serial())) {
            next = next.get()
                    .reservation()
                    .renewal()
                    .flatMap(renewal -> all.stream()
                            .filter(other -> other.serial().equals(renewal.of()))
                            .findFirst());
        }
        return line;
    }

    /** Those that none of the others follows. */
    static List<LedgerCertificate> heads(List<LedgerCertificate> rows) {
        Set<SerialNumber> followed = rows.stream()
                .flatMap(row -> row.reservation().renewal().stream())
                .map(Renewal::of)
                .collect(Collectors.toSet());
        return rows.stream().filter(row -> !followed.contains(row.serial())).toList();
    }

    static DevpkiException several(String device, List<LedgerCertificate> heads) {
        return DevpkiException.conflict(device + " has " + heads.size() + " live certificates: "
                        + String.join(
                                ", ",
                                heads.stream().map(row -> row.serial().hex()).toList()))
                .hint("name one with --serial");
    }

    /** In the first half of its life. */
    private static boolean isYoung(LedgerCertificate row, Instant now) {
        Instant end = row.reservation().validity().notAfter();
        Duration life = Duration.between(row.reservedAt(), end);
        return now.isBefore(end.minus(life.dividedBy(2)));
    }

    private static boolean isLost(LedgerCertificate row) {
        return row.reservation().isKeyMadeHere() && row.deliveredAt().isEmpty();
    }

    private static boolean isRevoked(LedgerCertificate row) {
        return row.revocation()
                .filter(known -> known.reason() != RevocationReason.CERTIFICATE_HOLD)
                .isPresent();
    }

    /**
     * Why none may follow, unless another device takes its place or the very order was carried out: CONFLICT if it is on hold
     * or not delivered; REFUSED if it is revoked or the device retired.
     */
    static Optional<DevpkiException> ended(Predecessor predecessor) {
        LedgerCertificate row = predecessor.row();
        String name = row.reservation().name();
        String which = "certificate " + row.serial() + " of " + name;
        if (predecessor.kind() == Renewal.Kind.REPLACED) {
            return Optional.empty();
        }
        if (isRevoked(row)) {
            Revocation known = row.revocation().orElseThrow();
            return Optional.of(DevpkiException.refused(
                            which + " is revoked for " + known.reason().text() + ", and is not renewed")
                    .hint("devpki device replace " + name));
        }
        if (row.revocation().isPresent()) {
            return Optional.of(DevpkiException.conflict(which + " is on hold")
                    .hint("devpki device release " + name + ", or revoke it for good"));
        }
        if (row.life() == LifeState.RETIRED) {
            return Optional.of(DevpkiException.refused(name + " is retired, and is not renewed")
                    .hint("devpki device mark " + name + " in-field --force, if it is back"));
        }
        if (isLost(row)) {
            return Optional.of(DevpkiException.conflict(which + " was never delivered, and its private key is nowhere")
                    .hint("run the order again that made it"));
        }
        return Optional.empty();
    }

    private static void refuseStandInName(LedgerCertificate row) {
        String name = row.reservation().name();
        if (name.equals(Reservation.unknownName(row.serial()))) {
            throw DevpkiException.refused(
                            name + " stands in the ledger for a name that no device may have, and no other"
                                    + " certificate is made for it")
                    .hint("devpki issue with a name of its own, then devpki revoke --serial " + row.serial()
                            + " --reason superseded");
        }
    }

    private static void refuseBadKey(DeviceOrder order, Predecessor predecessor, List<LedgerCertificate> all) {
        Optional<PublicKeyDer> key = order.csr()
                .map(csr -> Csrs.parse(csr).publicKey())
                .or(() -> predecessor.keepsKey() ? Optional.of(predecessor.key()) : Optional.empty());
        if (key.isEmpty()) {
            return;
        }
        if (predecessor.kind() == Renewal.Kind.REPLACED && key.get().equals(predecessor.key())) {
            throw DevpkiException.refused("the request brings the key of certificate " + predecessor.serial()
                    + ", which is to be replaced; a new key is right");
        }
        all.stream()
                .filter(row ->
                        row.reservation().keyHash().equals(key.get().octets().sha256()))
                .filter(row -> row.revocation()
                        .filter(known -> known.reason() == RevocationReason.KEY_COMPROMISE)
                        .isPresent())
                .findFirst()
                .ifPresent(row -> {
                    throw ended(predecessor)
                            .filter(why -> row.serial().equals(predecessor.serial()))
                            .orElseGet(() -> DevpkiException.refused("the key of " + order.device()
                                            + " is in wrong hands: certificate " + row.serial()
                                            + " was revoked for key-compromise")
                                    .hint("devpki device renew " + order.device() + " --rekey, or device replace"));
                });
    }
}
