package org.devpki.app;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateState;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Quoted;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.model.SerialReference;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.Pem;

/** Revokes one certificate, holds it, or releases it from a hold. */
public final class RevokeCertificate {
    /** @param hasChanged false if it stood so already */
    public record Done(LedgerCertificate certificate, boolean hasChanged) {}

    private final Workshop shop;
    private final Store store;

    RevokeCertificate(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * The certificate of a device: its live one, the latest where one follows another; or else its newest.
     *
     * @throws DevpkiException CONFLICT if several are live that do not follow each other
     */
    public LedgerCertificate named(String name) {
        List<LedgerCertificate> all = allNamed(name);
        return all.get(all.size() - 1);
    }

    /** All that are live of a device, which follow each other; or else its newest. */
    public List<LedgerCertificate> allNamed(String name) {
        return meant(name, store.certificatesNamed(name));
    }

    /** Which of all certificates of the name are meant. */
    List<LedgerCertificate> meant(String name, List<LedgerCertificate> named) {
        Instant now = shop.now();
        List<LedgerCertificate> all = named.stream()
                .filter(row -> row.state() != CertificateState.REFUSED)
                .toList();
        if (all.isEmpty()) {
            throw DevpkiException.notFound("there is no certificate named " + Quoted.of(name))
                    .hint("devpki device list");
        }
        List<LedgerCertificate> live =
                all.stream().filter(row -> row.isLive(now)).toList();
        if (live.isEmpty()) {
            return List.of(all.get(all.size() - 1));
        }
        if (Predecessors.heads(live).size() > 1) {
            throw Predecessors.several(name, live);
        }
        return live;
    }

    /** And before them what else is live for their keys, where it is the key that is in wrong hands. */
    public List<LedgerCertificate> withKeys(List<LedgerCertificate> rows, RevocationOrder order) {
        if (!order.isAboutKey()) {
            return rows;
        }
        Map<IssuerAndSerialNumber, LedgerCertificate> all = new LinkedHashMap<>();
        rows.forEach(row -> ofKey(row).forEach(other -> all.put(other.issuerAndSerial(), other)));
        rows.forEach(row -> {
            all.remove(row.issuerAndSerial());
            all.put(row.issuerAndSerial(), row);
        });
        return List.copyOf(all.values());
    }

    /** What is live for the key of a certificate, and is revoked here. */
    List<LedgerCertificate> ofKey(LedgerCertificate certificate) {
        Instant now = shop.now();
        return store.certificatesOfKey(certificate.reservation().keyHash()).stream()
                .filter(row -> row.isLive(now)
                        && store.ca(row.reservation().ca())
                                .filter(LedgerCa::isAtOffice)
                                .isEmpty())
                .toList();
    }

    /**
     * The certificate with a serial.
     *
     * @throws DevpkiException NOT_FOUND; CONFLICT if several CAs gave it
     */
    public LedgerCertificate withSerial(SerialReference serial) {
        return referred(serial).orElseThrow(() -> notFound(serial));
    }

    /** @throws DevpkiException CONFLICT if several CAs gave the serial */
    Optional<LedgerCertificate> referred(SerialReference serial) {
        List<LedgerCertificate> found = store.certificatesWithSerial(serial.serial()).stream()
                .filter(serial::isTo)
                .toList();
        if (found.size() > 1) {
            throw ambiguous(serial, found);
        }
        return found.stream().findFirst();
    }

    static DevpkiException ambiguous(SerialReference serial, List<LedgerCertificate> found) {
        return DevpkiException.conflict("several CAs gave serial " + serial + ": "
                        + found.stream()
                                .map(row -> row.reservation().ca() + " to "
                                        + row.reservation().name())
                                .collect(Collectors.joining(", ")))
                .hint("write it as " + found.get(0).issuerAndSerial());
    }

    private static DevpkiException notFound(Object serial) {
        return DevpkiException.notFound("serial " + serial + " is not in the ledger");
    }

    /** The ledger's row for a certificate file, PEM or DER, octet for octet. */
    public LedgerCertificate inFile(Bytes file, String origin) {
        ParsedCertificate certificate = Certificates.parse(Pem.readCertificate(file, origin));
        SerialNumber serial = certificate.tbs().serialNumber();
        return shop.row(certificate)
                .orElseThrow(() -> store.certificatesWithSerial(serial).isEmpty()
                        ? notFound(serial)
                        : DevpkiException.conflict(origin + " has serial " + serial
                                + " but is not the certificate that the ledger has under it"));
    }

    /** Whether the certificate is a CA's own, of today or before, whose revocation hits all below it. */
    public boolean isCa(LedgerCertificate row) {
        return shop.caCertificates().every().contains(row.issuerAndSerial());
    }

    /**
     * Whether the order would change anything; the same order twice does not.
     *
     * @throws DevpkiException CONFLICT if it is revoked already in another way, or cannot be released
     */
    public boolean changes(LedgerCertificate row, RevocationOrder order) {
        shop.refuseKeyless("revokes nothing");
        shop.refuseOffice(row);
        if (order.isRelease()) {
            return isHeld(row);
        }
        Revocation wanted = order.at(shop.now());
        if (row.state() == CertificateState.REFUSED) {
            throw DevpkiException.conflict("serial " + row.serial() + " was refused by lint and never signed");
        }
        if (row.revocation().isEmpty()) {
            return true;
        }
        Revocation before = row.revocation().get();
        if (before.reason() != wanted.reason() && before.reason() == RevocationReason.CERTIFICATE_HOLD) {
            return true;
        }
        boolean isSame = before.reason() == wanted.reason()
                && (wanted.invalidAt().isEmpty() || wanted.invalidAt().equals(before.invalidAt()));
        if (!isSame) {
            throw DevpkiException.conflict("certificate " + row.serial() + " is revoked already, for "
                    + before.reason().text() + " at " + before.at()
                    + before.invalidAt().map(at -> ", invalid since " + at).orElse(""));
        }
        return false;
    }

    private static boolean isHeld(LedgerCertificate row) {
        if (row.revocation().isEmpty()) {
            return false;
        }
        RevocationReason reason = row.revocation().get().reason();
        if (reason != RevocationReason.CERTIFICATE_HOLD) {
            throw DevpkiException.conflict("certificate " + row.serial() + " is revoked for " + reason.text()
                    + ", not held; only a hold can be released");
        }
        return true;
    }

    /** The same of several, once it is known that each can be done. */
    public List<Done> runAll(List<LedgerCertificate> rows, RevocationOrder order) {
        rows.forEach(row -> changes(row, order));
        return rows.stream().map(row -> run(row, order)).toList();
    }

    /** Without an invalidity date. */
    public Done run(LedgerCertificate row, RevocationReason reason) {
        return run(row, new RevocationOrder(reason, Optional.empty()));
    }

    /** Does what {@link #changes} foretells. */
    public Done run(LedgerCertificate row, RevocationOrder order) {
        if (!changes(row, order)) {
            return new Done(row, false);
        }
        if (order.isRelease()) {
            store.release(row.issuerAndSerial());
        } else {
            store.revoke(row.issuerAndSerial(), order.at(shop.now()));
        }
        return new Done(store.certificate(row.issuerAndSerial()).orElseThrow(), true);
    }
}
