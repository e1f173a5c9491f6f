package org.devpki.app;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.ca.CertificateOrder;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.NotAfter;
import org.devpki.model.Profile;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.SigningKey;

/** The delegated OCSP responders: short-lived, each CA's own, renewed when half their life is over. */
final class Responders {
    private static final String PROFILE = "ocsp-responder";

    /** A responder with its key open. */
    record Responder(ParsedCertificate certificate, SigningKey key, Instant renewal) {}

    private final Workshop shop;
    private final Map<CaName, Responder> open = new HashMap<>();

    Responders(Workshop shop) {
        this.shop = shop;
    }

    /** Whether the CA has a responder at all; roots have none, for their few certificates are on their CRL. */
    boolean has(CaName ca) {
        return shop.store().note(note(ca)).isPresent();
    }

    /** The CA's responder, renewed first if it is time. */
    synchronized Responder of(CaName ca) {
        Responder now = open.get(ca);
        if (now == null || !shop.now().isBefore(now.renewal())) {
            now = current(ca)
                    .filter(found -> shop.now().isBefore(found.renewal()))
                    .orElseGet(() -> renew(ca));
            Responder replaced = open.put(ca, now);
            if (replaced != null) {
                replaced.key().close();
            }
        }
        return now;
    }

    /** Makes a new responder for the CA, unless another process has just done so. */
    Responder renew(CaName ca) {
        try (Store.Held name = shop.store().lock("OCSP responder of " + ca)) {
            Optional<Responder> made = current(ca).filter(found -> shop.now().isBefore(found.renewal()));
            return made.isPresent() ? made.get() : make(ca);
        }
    }

    private Responder make(CaName ca) {
        Profile profile = shop.profiles().named(PROFILE);
        String name = ca + "-ocsp";
        String uri = "file:" + name + "-" + shop.now().toEpochMilli() + ".key.pem";
        List<LedgerCertificate> live = shop.store().certificatesNamed(name).stream()
                .filter(row -> row.reservation().ca().equals(ca) && row.isLive(shop.now()))
                .toList();
        List<SerialNumber> lost = live.stream()
                .filter(row -> row.state() == CertificateState.RESERVED
                        || row.deliveredAt().isEmpty())
                .map(LedgerCertificate::serial)
                .toList();
        SigningKey key = shop.keyRing().create(uri, profile.defaultKey());
        Duration validity = shop.settings().ocsp().responderValidity();
        CertificateDer der = new Issuing(shop)
                .issue(
                        new Issuing.Wanted(
                                name,
                                profile,
                                ca,
                                new CertificateOrder(name, key.publicKey(), List.of(), Optional.of(end(ca, validity))),
                                Bytes.utf8(uri).sha256(),
                                false,
                                live.stream().map(LedgerCertificate::serial).collect(Collectors.toSet()),
                                lost),
                        shop.authority(ca));
        ParsedCertificate certificate = Certificates.parse(der);
        SerialNumber serial = certificate.tbs().serialNumber();
        shop.store().setNote(note(ca), serial.hex() + " " + uri);
        shop.store().deliver(serial, "responder");
        forgetOldKeys(name, uri);
        return responder(certificate, key);
    }

    /** With its CA at the latest. */
    private NotAfter end(CaName ca, Duration validity) {
        Instant end = shop.now().plus(validity);
        return shop.certificate(ca).tbs().notAfter().at().isBefore(end)
                ? new NotAfter.IssuersEnd()
                : new NotAfter.In(validity);
    }

    /** The responder that the ledger names, if its key can be found. */
    private Optional<Responder> current(CaName ca) {
        return shop.store().note(note(ca)).flatMap(text -> {
            int blank = text.indexOf(' ');
            return shop.store()
                    .certificate(SerialNumber.parse(text.substring(0, blank)))
                    .filter(row -> row.isLive(shop.now()))
                    .flatMap(LedgerCertificate::certificate)
                    .map(der -> {
                        ParsedCertificate certificate = Certificates.parse(der);
                        return responder(
                                certificate,
                                shop.keyRing()
                                        .open(
                                                text.substring(blank + 1),
                                                certificate.tbs().publicKey()));
                    });
        });
    }

    private static Responder responder(ParsedCertificate certificate, SigningKey key) {
        Instant start = certificate.tbs().notBefore().at();
        Duration life = Duration.between(start, certificate.tbs().notAfter().at());
        return new Responder(certificate, key, start.plus(life.dividedBy(2)));
    }

    private void forgetOldKeys(String name, String uri) {
        for (Path file : WholeFiles.list(shop.folder().keys())) {
            String fileName = String.valueOf(file.getFileName());
            if (fileName.startsWith(name + "-") && !uri.equals("file:" + fileName)) {
                WholeFiles.delete(file);
            }
        }
    }

    private static String note(CaName ca) {
        return "ocsp-responder " + ca;
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if the passphrase is wrong: better at start than at the first request */
    void openAll(List<CaName> cas) {
        cas.stream().filter(this::has).forEach(this::of);
    }
}
