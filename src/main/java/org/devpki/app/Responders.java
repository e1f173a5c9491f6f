package org.devpki.app;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
import org.devpki.model.OcspAnswer;
import org.devpki.model.Profile;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.Ocsp;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.SigningKey;

/** The delegated OCSP responders: short-lived, each CA's own, renewed when half their life is over. */
final class Responders {
    static final String PROFILE = "ocsp-responder";
    private static final Duration RETRY = Duration.ofMinutes(5);

    /** A responder with its key open. */
    record Responder(ParsedCertificate certificate, SigningKey key, Instant renewal) {
        SerialNumber serial() {
            return certificate.tbs().serialNumber();
        }

        /** The end of an answer that should be good for so long: no answer outlives the certificate that proves it. */
        Instant end(Instant now, Duration validity) {
            Instant wanted = now.plus(validity);
            Instant own = certificate.tbs().notAfter().at();
            return wanted.isBefore(own) ? wanted : own;
        }

        /** An OCSPResponse, DER. */
        Bytes sign(Instant now, List<OcspAnswer.Single> singles, Optional<Bytes> nonce) {
            Bytes keyHash = Keys.bitsHash(certificate.tbs().publicKey(), "SHA-1");
            return Ocsp.seal(Ocsp.tbs(new OcspAnswer(keyHash, now, singles, nonce)), key, certificate.der());
        }
    }

    private final Workshop shop;
    private final Map<CaName, Responder> open = new ConcurrentHashMap<>();

    Responders(Workshop shop) {
        this.shop = shop;
    }

    /** Whether the CA has a responder at all; roots have none, for their few certificates are on their CRL. */
    boolean has(CaName ca) {
        return open.containsKey(ca) || shop.store().note(note(ca)).isPresent();
    }

    /** The CA's responder, renewed first if it is time; one that is revoked is renewed at once. */
    synchronized Responder of(CaName ca) {
        Responder now = open.get(ca);
        if (now != null && !isLive(now)) {
            open.remove(ca);
            now = null;
        }
        if (now == null || !shop.now().isBefore(now.renewal())) {
            Responder next = renewed(ca);
            open.put(ca, next);
            if (now != null) {
                now.key().close();
            }
            return next;
        }
        return now;
    }

    private boolean isLive(Responder responder) {
        return shop.store()
                .certificate(responder.serial())
                .filter(row -> row.revocation().isEmpty() && row.isLive(shop.now()))
                .isPresent();
    }

    /** The one that the ledger names if it is young enough, or else a new one; an old one rather than none. */
    private Responder renewed(CaName ca) {
        Optional<Responder> found = current(ca);
        if (found.isPresent() && shop.now().isBefore(found.get().renewal())) {
            return found.get();
        }
        try {
            return renew(ca);
        } catch (DevpkiException e) {
            Responder old = found.orElseThrow(() -> e);
            shop.surroundings()
                    .words()
                    .accept("ocsp: the responder of " + ca + " cannot be renewed yet: " + e.sentence());
            return new Responder(old.certificate(), old.key(), shop.now().plus(RETRY));
        }
    }

    /** Makes a new responder for the CA, unless another process has just done so. */
    Responder renew(CaName ca) {
        try (Store.Held name = shop.store().lock(lock(ca))) {
            Optional<Responder> made = current(ca).filter(found -> shop.now().isBefore(found.renewal()));
            return made.isPresent() ? made.get() : make(ca);
        }
    }

    /** The lock under which a CA's responder is renewed. */
    static String lock(CaName ca) {
        return "OCSP responder of " + ca;
    }

    /** Where the key of the CA's responder should be; empty for a CA without one. */
    Optional<String> keyUri(CaName ca) {
        return shop.store().note(note(ca)).map(text -> text.substring(text.indexOf(' ') + 1));
    }

    private Responder make(CaName ca) {
        Profile profile = shop.profiles().named(PROFILE);
        String name = ca + "-ocsp";
        String unique = SerialNumber.random(shop.surroundings().random()).hex();
        String uri = "file:" + name + "-" + unique + ".key.pem";
        List<LedgerCertificate> live = shop.store().certificatesNamed(name).stream()
                .filter(row -> row.reservation().ca().equals(ca) && row.isLive(shop.now()))
                .toList();
        List<SerialNumber> lost = live.stream()
                .filter(row -> row.state() == CertificateState.RESERVED
                        || row.deliveredAt().isEmpty())
                .map(LedgerCertificate::serial)
                .toList();
        SigningKey key = shop.keyRing().create(uri, profile.defaultKey());
        Optional<String> oldUri = keyUri(ca);
        CertificateDer der = new Issuing(shop)
                .issue(
                        new Issuing.Wanted(
                                name,
                                profile,
                                ca,
                                new CertificateOrder(name, key.publicKey(), List.of(), Optional.of(end(ca, profile))),
                                Bytes.utf8(uri).sha256(),
                                Optional.empty(),
                                false,
                                live.stream().map(LedgerCertificate::serial).collect(Collectors.toSet()),
                                lost,
                                Optional.empty(),
                                made -> {}),
                        shop.authority(ca));
        ParsedCertificate certificate = Certificates.parse(der);
        SerialNumber serial = certificate.tbs().serialNumber();
        shop.store().setNote(note(ca), serial.hex() + " " + uri);
        shop.store().deliver(serial, "responder");
        forgetOldKeys(name, uri, oldUri);
        return responder(certificate, key);
    }

    /** As the settings say, but within what the profile and the CA's own end allow. */
    private NotAfter end(CaName ca, Profile profile) {
        Duration wanted = shop.settings().ocsp().responderValidity();
        if (profile.period().longest() instanceof NotAfter.In longest
                && longest.length().compareTo(wanted) < 0) {
            wanted = longest.length();
        }
        boolean isPastCa =
                shop.certificate(ca).tbs().notAfter().at().isBefore(shop.now().plus(wanted));
        return isPastCa ? new NotAfter.IssuersEnd() : new NotAfter.In(wanted);
    }

    /** The responder that the ledger names, if its key can be found. */
    private Optional<Responder> current(CaName ca) {
        return shop.store().note(note(ca)).flatMap(text -> {
            int blank = text.indexOf(' ');
            return shop.store()
                    .certificate(SerialNumber.parse(text.substring(0, blank)))
                    .filter(row -> row.revocation().isEmpty() && row.isLive(shop.now()))
                    .filter(row -> shop.keyRing().has(text.substring(blank + 1)))
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

    /** All but the new one and the one before, which another process may be about to open, or a backup to copy. */
    private void forgetOldKeys(String name, String uri, Optional<String> oldUri) {
        for (Path file : WholeFiles.list(shop.folder().keys())) {
            String fileName = String.valueOf(file.getFileName());
            if (fileName.startsWith(name + "-")
                    && !uri.equals("file:" + fileName)
                    && !oldUri.equals(Optional.of("file:" + fileName))) {
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
