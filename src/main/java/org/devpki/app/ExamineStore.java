package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.keys.FileKeys;
import org.devpki.keys.Keeping;
import org.devpki.keys.KeyPool;
import org.devpki.keys.Rewrapping;
import org.devpki.model.AuditEntry;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateState;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;
import org.devpki.model.JwtKeys;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCrl;

/** The doctor: looks at everything in a store, changes nothing unless told to repair. */
public final class ExamineStore {
    /** @param repaired what was put right, one sentence each */
    public record Examined(List<Finding> findings, List<String> repaired) {}

    private final Workshop shop;
    private final Store store;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> repaired = new ArrayList<>();
    private boolean isRepairing;

    ExamineStore(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    public Examined run(boolean repair) {
        isRepairing = repair;
        ledger();
        clock();
        audit();
        modes();
        leftovers();
        keys();
        tokenKeys();
        cas();
        certificates();
        unfinished();
        passwords();
        alarms();
        if (shop.isPublishing()) { // else what it was copied with grows old
            shelf();
            answers();
        }
        return new Examined(List.copyOf(findings), List.copyOf(repaired));
    }

    private void ledger() {
        store.faults().forEach(fault -> error("ledger", "the database says: " + fault));
    }

    private void clock() {
        List<Instant> last = new ArrayList<>(List.of(Instant.EPOCH));
        store.eachAuditEntry((AuditEntry entry, Bytes hash) -> last.set(0, entry.at()));
        Instant now = shop.now();
        if (now.isBefore(last.get(0).minus(Store.CLOCK_TOLERANCE))) {
            if (isRepairing) {
                store.acceptClock();
                repaired.add("the clock is accepted: " + now);
            } else {
                error("clock", "the clock says " + now + ", but the ledger's last entry is of " + last.get(0));
            }
        }
    }

    private void audit() {
        try {
            shop.checkAudit().run();
        } catch (DevpkiException e) {
            error("audit", e.sentence());
        }
    }

    private void modes() {
        mode(shop.folder().path(), Modes.SECRET_FOLDER);
        mode(shop.folder().keys(), Modes.SECRET_FOLDER);
        WholeFiles.list(shop.folder().keys()).forEach(key -> mode(key, Modes.SECRET_FILE));
        if (Files.exists(shop.folder().pool())) {
            mode(shop.folder().pool(), Modes.SECRET_FOLDER);
            Path own = shop.folder().pool().resolve(KeyPool.OWN_KEY);
            if (Files.exists(own)) {
                mode(own, Modes.SECRET_FILE);
            }
        }
        if (Files.exists(shop.folder().ledger())) {
            mode(shop.folder().ledger(), Modes.SECRET_FILE);
        }
    }

    private void mode(Path path, Modes wanted) {
        if (!Files.exists(path)) {
            error("files", path + " is not there");
        } else if (!WholeFiles.isPrivate(path)) {
            if (isRepairing) {
                WholeFiles.setMode(path, wanted);
                repaired.add(path + " is private again");
            } else {
                error("files", path + " has mode " + WholeFiles.mode(path) + "; others can reach it");
            }
        }
    }

    private void leftovers() {
        for (Path folder : List.of(
                shop.folder().path(),
                shop.folder().keys(),
                shop.folder().pool(),
                shop.folder().crls(),
                shop.folder().issuers())) {
            for (Path left : WholeFiles.leftovers(folder)) {
                if (isRepairing) {
                    deleteUnlessWritten(left);
                } else {
                    warning("files", left + " was left by a process that was killed, or is being written");
                }
            }
        }
    }

    /** Whoever writes such a file holds one of these locks. */
    private void deleteUnlessWritten(Path left) {
        boolean isWritten = Stream.concat(
                        Stream.of(PublishCrl.LOCK, InitStore.ISSUERS_LOCK, RewrapKeys.LOCK),
                        RewrapKeys.locks(store).stream())
                .anyMatch(store::isLocked);
        if (isWritten) {
            warning("files", left + " may be being written now; run doctor again");
        } else {
            WholeFiles.delete(left);
            repaired.add("leftover " + left + " is deleted");
        }
    }

    private void keys() {
        for (Path file : Rewrapping.files(shop.folder().keys(), shop.folder().pool())) {
            try {
                Keeping keeping = FileKeys.look(file);
                if (keeping.isWeak()) {
                    warning(
                            "keys",
                            "key file " + file + " is under " + keeping.text()
                                    + ", weaker than keys are now; devpki key rewrap");
                }
            } catch (DevpkiException e) {
                error("keys", e.sentence());
            }
        }
        List<LedgerCa> publishing = shop.publishingCas();
        for (LedgerCa ca : store.cas()) {
            boolean isNeeded =
                    !ca.isAtOffice() && publishing.contains(ca); // one that is retired and over signs nothing more
            if (isNeeded && !shop.keyRing().has(ca.keyUri())) {
                error("keys", "the key of " + ca.name() + " is not at " + ca.keyUri());
            }
            new Responders(shop)
                    .keyUri(ca.name())
                    .filter(uri -> !shop.keyRing().has(uri))
                    .ifPresent(uri -> warning(
                            "ocsp",
                            "the key of the responder of " + ca.name() + " is not at " + uri
                                    + "; ocsp serve renews it"));
        }
    }

    private void tokenKeys() {
        JwtKeys keys = store.jwtKeys();
        keys.all().stream()
                .filter(key -> keys.isNeeded(key, shop.now()) && !shop.keyRing().has(key.keyUri()))
                .forEach(key -> error("keys", "token signing key " + key.id() + " is not at " + key.keyUri()));
        if (!keys.all().isEmpty() && !shop.publishJwks().isUpToDate()) {
            warning("tokens", shop.folder().jwks() + " is not the key set of now; devpki token jwks publishes it");
        }
    }

    private void cas() {
        shop.createCa()
                .unfinished()
                .forEach(name -> warning(
                        "unfinished",
                        "CA " + name + " has a key and no certificate; run devpki ca create or ca csr again"));
    }

    private void certificates() {
        store.eachCertificate(row -> row.certificate().ifPresent(der -> {
            try {
                ParsedCertificate certificate = Certificates.parse(der);
                boolean isAsReserved = certificate.tbs().serialNumber().equals(row.serial())
                        && certificate
                                .tbs()
                                .octets()
                                .sha256()
                                .equals(row.reservation().tbsHash());
                if (!isAsReserved) {
                    error("ledger", "certificate " + row.serial() + " is not the one that was reserved");
                }
            } catch (DevpkiException e) {
                error("ledger", "certificate " + row.serial() + " cannot be read: " + e.sentence());
            }
        }));
    }

    private void unfinished() {
        for (LedgerCertificate row : shop.unfinished()) {
            if (row.state() == CertificateState.RESERVED) {
                if (isRepairing) {
                    repairReservation(row);
                } else {
                    warning(
                            "unfinished",
                            row.reservation().name() + ": serial " + row.serial()
                                    + " is reserved and may have been signed; run its order again");
                }
            } else {
                warning(
                        "unfinished",
                        row.reservation().name() + ": certificate " + row.serial()
                                + " was issued but its bundle was not finished; run its order again, or revoke it");
            }
        }
    }

    private void passwords() {
        if (!store.isLocked(IssuePasswords.LOCK)) {
            store.passwords().stream()
                    .filter(row -> row.prepared().isPresent())
                    .forEach(row -> warning(
                            "password",
                            row.name() + ": a password was made and perhaps not delivered; run `devpki password "
                                    + (row.inForce().isPresent() ? "rotate" : "issue") + "` again"));
        }
    }

    private void alarms() {
        store.alarms(true).forEach(alarm -> warning("alarm", "alarm " + alarm.id() + " is open: " + alarm.sentence()));
    }

    /** Under the name's lock nobody can be about to finish it. */
    private void repairReservation(LedgerCertificate row) {
        String word =
                Workshop.nameLock(row.reservation().ca(), row.reservation().name());
        try (Store.Held name = store.lock(word)) {
            Optional<LedgerCertificate> now = store.certificate(row.issuerAndSerial());
            if (now.isPresent()
                    && now.get().state() == CertificateState.RESERVED
                    && now.get().revocation().isEmpty()) {
                store.revoke(row.issuerAndSerial(), new Revocation(shop.now(), RevocationReason.SUPERSEDED));
                repaired.add("reserved serial " + row.serial() + " of "
                        + row.reservation().name() + " is revoked");
            }
        }
    }

    private void shelf() {
        CrlShelf shelf = CrlShelf.own(shop);
        CrlNames names = shop.crlNames();
        List<LedgerCa> cas = shop.publishingCas();
        for (LedgerCa ca : cas) {
            for (CrlName name : names.all(ca)) {
                try {
                    PublicKeyDer key = shop.certificate(ca.name()).tbs().publicKey();
                    Optional<ParsedCrl> found = shelf.crl(name, key);
                    if (found.isPresent() || !ca.isAtOffice()) {
                        look(ca, names.shard(ca, name), name, found);
                    }
                } catch (DevpkiException e) {
                    error("crl", e.sentence());
                }
            }
        }
        if (!shelf.isConsistent(
                cas.stream().flatMap(ca -> names.all(ca).stream()).toList(), names.inOneFile(cas))) {
            error(
                    "crl",
                    "the PEM files in " + shelf.place() + " are not the CRLs beside them; devpki crl publish mends it");
        }
    }

    private void look(LedgerCa ca, OptionalInt shard, CrlName name, Optional<ParsedCrl> found) {
        if (found.isEmpty()) {
            error("crl", "there is no CRL of " + name + " on the shelf; devpki crl publish makes one");
            return;
        }
        ParsedCrl crl = found.get();
        BigInteger number = crl.number().orElse(BigInteger.ZERO);
        if (!ca.isAtOffice() && store.crl(name.ca(), number).isEmpty()) {
            error(
                    "crl",
                    "the shelf has CRL " + number + " of " + name
                            + ", which the ledger never numbered; was an old backup restored?");
        } else if (!ca.isAtOffice() && PublishedCrl.isBehind(store, name.ca(), shard, crl)) {
            warning("crl", "revocations of " + name + " are not published yet; devpki crl publish");
        }
        if (crl.isExpired(shop.now())) {
            error(
                    "crl",
                    "the CRL of " + name + " expired: brokers refuse everybody; devpki crl "
                            + (ca.isAtOffice() ? "import" : "publish"));
        }
    }

    private void answers() {
        try {
            if (CheckOcsp.urgency(shop.checkOcsp().own()) == Urgency.TOO_LATE) {
                error("ocsp", "answers in " + shop.folder().ocsp() + " are missing or expired; devpki ocsp publish");
            }
        } catch (DevpkiException e) {
            error("ocsp", e.sentence());
        }
    }

    private void error(String check, String sentence) {
        findings.add(new Finding(check, Finding.Severity.ERROR, sentence, ""));
    }

    private void warning(String check, String sentence) {
        findings.add(new Finding(check, Finding.Severity.WARNING, sentence, ""));
    }
}
