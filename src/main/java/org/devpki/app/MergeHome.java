package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Alarm;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.BatchRow;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateState;
import org.devpki.model.Checkpoint;
import org.devpki.model.DevpkiException;
import org.devpki.model.DuplicatePolicy;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.store.SqlStore;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedCertificate;

/**
 * Brings what a factory home did into headquarters' ledger: certificates, batches, revocations, alarms. All of it is
 * compared first; with one conflict nothing is done, and without any it is one transaction.
 */
public final class MergeHome {
    /** Of those that are told; the rest is counted. */
    private static final int MOST_CONFLICTS = 20;

    private static final Bytes SQLITE_MAGIC = Bytes.utf8("SQLite format 3\0");

    private static final Bytes UNKNOWN_KEY = Bytes.of(new byte[32]);

    private final Workshop shop;
    private final Map<CaName, Optional<ParsedCertificate>> cas = new HashMap<>();
    private final List<String> conflicts = new ArrayList<>();
    private boolean isBroken;
    private long conflictCount;

    private final Map<IssuerAndSerialNumber, LedgerCertificate> added = new LinkedHashMap<>();
    private final List<LedgerCertificate> ahead = new ArrayList<>();
    private final Map<IssuerAndSerialNumber, Revocation> revoked = new LinkedHashMap<>();
    private final List<Store.MergedBatch> batches = new ArrayList<>();
    private final List<Alarm> alarms = new ArrayList<>();
    private final Map<String, String> notes = new LinkedHashMap<>();

    MergeHome(Workshop shop) {
        this.shop = shop;
    }

    /**
     * What was brought, or would be.
     *
     * @param auditEntries of the home
     * @param auditHead the hash of the last of them
     * @param ahead certificates that both know and of which the home knew more
     * @param revoked of those that both know
     */
    public record Merged(
            long auditEntries,
            Bytes auditHead,
            long certificates,
            long ahead,
            long revoked,
            long batchRows,
            long alarms,
            boolean hasChanged) {}

    /**
     * @param source a backup of the home, or its ledger, which nobody writes
     * @throws DevpkiException INTEGRITY if the home's audit, database or a certificate does not hold; CONFLICT with every
     *     conflict; in both cases nothing is brought
     */
    public Merged run(Path source, boolean isDryRun) {
        shop.refuseHome("merges no other");
        if (!Files.isRegularFile(source)) {
            throw DevpkiException.notFound("there is no backup " + source);
        }
        Path staged = WholeFiles.stageFolder(shop.folder().path().resolve("merge"));
        try {
            Path folder = staged.resolve("home");
            unpack(source, folder);
            SqlStore.Place place = new SqlStore.Place(
                    Workshop.SQLITE, folder, shop.surroundings().lockTimeout());
            try (Store home = SqlStore.open(
                    place, shop.surroundings().clock(), shop.surroundings().actor())) {
                return merge(home, String.valueOf(source.getFileName()), isDryRun);
            }
        } finally {
            WholeFiles.delete(staged);
        }
    }

    private static void unpack(Path source, Path folder) {
        Bytes octets = WholeFiles.read(source, BackUpStore.MOST_OCTETS);
        boolean isLedger =
                Bytes.of(Arrays.copyOf(octets.toArray(), SQLITE_MAGIC.length())).equals(SQLITE_MAGIC);
        if (!isLedger) {
            RestoreStore.unpack(source, folder);
            return;
        }
        Path journal = source.resolveSibling(source.getFileName() + "-wal");
        if (Files.exists(journal)) {
            throw DevpkiException.conflict(source + " is open in a store, and " + journal + " has a part of it")
                    .hint("devpki store backup makes a whole copy");
        }
        WholeFiles.makeFolder(folder, Modes.SECRET_FOLDER);
        WholeFiles.write(folder.resolve("ledger.db"), octets, Modes.SECRET_FILE);
    }

    private Merged merge(Store home, String source, boolean isDryRun) {
        home.faults().stream().findFirst().ifPresent(fault -> {
            throw DevpkiException.integrity("the home's ledger does not hold: the database says: " + fault);
        });
        CheckAudit.Proven proven = new CheckAudit(home).run();
        Store.AuditHead head = new Store.AuditHead(proven.entries(), proven.head());
        String note = "merged " + head.hash().hex();
        if (shop.store().note(note).isPresent()) {
            return new Merged(proven.entries(), proven.head(), 0, 0, 0, 0, 0, false);
        }
        Store.AuditHead seen = shop.store().auditHead();
        home.eachCertificate(this::compare);
        added.values().forEach(this::compareNames);
        home.batches().forEach(batch -> compare(batch, home));
        throwIfAny();
        addAlarms(home);
        notes.put(note, source);
        long rows = batches.stream()
                .mapToLong(batch -> batch.rows().size() + batch.outcomes().size())
                .sum();
        boolean hasChanged = !added.isEmpty()
                || !ahead.isEmpty()
                || !revoked.isEmpty()
                || rows > 0
                || !alarms.isEmpty()
                || notes.size() > 1;
        if (hasChanged && !isDryRun) {
            shop.surroundings().checkpoint().reached(Checkpoint.Step.MERGE_1_COMPARED);
            shop.store()
                    .merge(new Store.Merge(
                            source, head, seen, List.copyOf(added.values()), ahead, revoked, batches, alarms, notes));
            shop.surroundings().checkpoint().reached(Checkpoint.Step.MERGE_2_DONE);
        }
        return new Merged(
                proven.entries(),
                proven.head(),
                added.size(),
                ahead.size(),
                revoked.size(),
                rows,
                alarms.size(),
                hasChanged);
    }

    // ---- certificates ----

    private void compare(LedgerCertificate theirs) {
        Optional<LedgerCertificate> ours = shop.store().certificate(theirs.issuerAndSerial());
        if (ours.isEmpty()) {
            check(theirs);
            added.put(theirs.issuerAndSerial(), theirs);
            return;
        }
        boolean isOther = !ours.get().reservation().equals(theirs.reservation())
                || (ours.get().certificate().isPresent()
                        && theirs.certificate().isPresent()
                        && !ours.get().certificate().equals(theirs.certificate()))
                || (isRefused(ours.get()) && isIssued(theirs))
                || (isIssued(ours.get()) && isRefused(theirs));
        if (isOther) {
            conflict("serial " + theirs.serial() + " is " + theirs.reservation().name() + "'s there and "
                    + ours.get().reservation().name() + "'s here, and not the same certificate");
            return;
        }
        if (isAhead(theirs, ours.get())) {
            check(theirs);
            ahead.add(theirs);
        }
        theirs.revocation()
                .filter(there -> wins(there, ours.get()))
                .ifPresent(there -> revoked.put(theirs.issuerAndSerial(), there));
    }

    private static boolean isRefused(LedgerCertificate row) {
        return row.state() == CertificateState.REFUSED;
    }

    private static boolean isIssued(LedgerCertificate row) {
        return row.state() == CertificateState.ISSUED;
    }

    /** Whether the home went on with a certificate that was copied. */
    private static boolean isAhead(LedgerCertificate theirs, LedgerCertificate ours) {
        return (theirs.state() != ours.state() && ours.state() == CertificateState.RESERVED)
                || (theirs.deliveredAt().isPresent() && ours.deliveredAt().isEmpty())
                || theirs.markedAt()
                        .filter(at -> ours.markedAt()
                                .filter(before -> !before.isBefore(at))
                                .isEmpty())
                        .isPresent();
    }

    /** A revocation on one side counts for both, and a final one more than a hold. */
    private static boolean wins(Revocation there, LedgerCertificate ours) {
        return !isRefused(ours)
                && ours.revocation()
                        .filter(here -> here.reason() != RevocationReason.CERTIFICATE_HOLD
                                || there.reason() == RevocationReason.CERTIFICATE_HOLD)
                        .isEmpty();
    }

    /** Whether the certificate is what was reserved, and of a CA that is known here. */
    private void check(LedgerCertificate row) {
        if (row.certificate().isEmpty()) {
            return;
        }
        String which =
                "certificate " + row.serial() + " of " + row.reservation().name();
        CaName name = row.reservation().ca();
        Optional<ParsedCertificate> ca =
                cas.computeIfAbsent(name, wanted -> shop.store().ca(wanted).map(known -> shop.certificate(wanted)));
        if (ca.isEmpty()) {
            conflict(which + " is of CA " + name + ", which this store does not have");
            return;
        }
        ParsedCertificate certificate;
        try {
            certificate = Certificates.parse(row.certificate().get());
        } catch (DevpkiException e) {
            broken(which + " cannot be read: " + e.sentence());
            return;
        }
        boolean isAsReserved = certificate.tbs().serialNumber().equals(row.serial())
                && certificate.tbs().octets().sha256().equals(row.reservation().tbsHash());
        if (!isAsReserved) {
            broken(which + " is not the one that was reserved");
        } else if (!VerifyManifest.isIssuer(ca.get(), certificate)) {
            broken(which + " is not signed by CA " + name);
        }
    }

    /** Whether the name has another live certificate, and the key another name. */
    private void compareNames(LedgerCertificate theirs) {
        if (theirs.isLive(shop.now()) && mayHaveOne(theirs.reservation().profile())) {
            shop.store().certificatesNamed(theirs.reservation().name()).stream()
                    .filter(ours ->
                            ours.reservation().ca().equals(theirs.reservation().ca())
                                    && ours.isLive(shop.now())
                                    && !isEnding(ours.issuerAndSerial()))
                    .forEach(ours -> conflict(theirs.reservation().name() + " has live certificate " + theirs.serial()
                            + " there and " + ours.serial() + " here"));
        }
    }

    private boolean isEnding(IssuerAndSerialNumber of) {
        return Optional.ofNullable(revoked.get(of))
                .filter(revocation -> revocation.reason() != RevocationReason.CERTIFICATE_HOLD)
                .isPresent();
    }

    private boolean mayHaveOne(String profile) {
        if (Delegates.Task.isProfile(profile)) {
            return false;
        }
        try {
            return shop.profile(profile).naming().duplicates() != DuplicatePolicy.ALLOW;
        } catch (DevpkiException e) { // a profile of the home's own
            if (e.fault() == Fault.NOT_FOUND) {
                return true;
            }
            throw e;
        }
    }

    // ---- batches, alarms, notes ----

    private void compare(LedgerBatch batch, Store home) {
        BatchId id = batch.id();
        Map<String, LedgerBatchRow> ours = rows(shop.store(), id);
        Optional<LedgerBatch> here = shop.store().batch(id);
        if (here.isPresent() && !here.get().settings().equals(batch.settings())) {
            conflict("batch " + id + " was begun with " + batch.settings() + " there and with "
                    + here.get().settings() + " here");
            return;
        }
        List<BatchRow> fresh = new ArrayList<>();
        Map<String, BatchOutcome> outcomes = new LinkedHashMap<>();
        rows(home, id).values().forEach(there -> {
            Optional<LedgerBatchRow> mine =
                    Optional.ofNullable(ours.get(there.row().id()));
            if (mine.isEmpty()) {
                fresh.add(there.row());
            } else if (!mine.get().row().equals(there.row())) {
                conflict("row " + there.row().id() + " of batch " + id + " says something else there than here");
                return;
            }
            there.outcome()
                    .filter(outcome -> counts(
                            outcome,
                            mine.flatMap(LedgerBatchRow::outcome),
                            home,
                            () -> "row " + there.row().id() + " of batch " + id))
                    .ifPresent(outcome -> outcomes.put(there.row().id(), outcome));
        });
        if (here.isEmpty() || !fresh.isEmpty() || !outcomes.isEmpty()) {
            batches.add(new Store.MergedBatch(id, batch.settings(), batch.begunAt(), fresh, outcomes));
        }
    }

    /** Whether the home's outcome of a row is the later one. Who knows the other's certificate went on from there. */
    private boolean counts(BatchOutcome there, Optional<BatchOutcome> here, Store home, Supplier<String> which) {
        Optional<IssuerAndSerialNumber> mine = here.flatMap(BatchOutcome::certificate);
        Optional<IssuerAndSerialNumber> theirs = there.certificate();
        if (theirs.isEmpty() || theirs.equals(mine)) {
            return here.isEmpty();
        }
        if (mine.isEmpty() || home.certificate(mine.get()).isPresent()) {
            return true;
        }
        if (shop.store().certificate(theirs.get()).isEmpty()) {
            conflict(which.get() + " got certificate " + theirs.get() + " there and " + mine.get() + " here");
        }
        return false;
    }

    private static Map<String, LedgerBatchRow> rows(Store store, BatchId batch) {
        Map<String, LedgerBatchRow> rows = new LinkedHashMap<>();
        new ShowBatches(store).eachRow(batch, row -> rows.put(row.row().id(), row));
        return rows;
    }

    /** The home's own, and new ones for keys that both sides have, under different names. */
    private void addAlarms(Store home) {
        List<Alarm> ours = shop.store().alarms(false);
        home.alarms(false).stream()
                .filter(alarm -> ours.stream()
                        .noneMatch(known -> isAlike(known, alarm) && known.at().equals(alarm.at())))
                .forEach(alarms::add);
        added.values().stream()
                .filter(row -> !isRefused(row) && !row.reservation().keyHash().equals(UNKNOWN_KEY))
                .forEach(row -> shop.store()
                        .ownerOfKey(
                                row.reservation().keyHash(), row.reservation().name())
                        .ifPresent(other -> raise(row.reservation().name(), "it is " + other + "'s", ours)));
        Map<String, String> burned = shop.store().notes(MadeKey.CLAIM);
        home.notes(MadeKey.CLAIM).forEach((key, chip) -> {
            String before = burned.getOrDefault(key, chip);
            if (!burned.containsKey(key)) {
                notes.put(key, chip);
            } else if (!before.equals(chip)) {
                raise(chip, "its HMAC key is " + before + "'s", ours);
            }
        });
    }

    private void raise(String name, String detail, List<Alarm> known) {
        Alarm alarm = new Alarm(0, shop.now(), Alarm.Kind.KEY_OF_TWO_NAMES, name, detail, Optional.empty());
        if (known.stream().noneMatch(before -> isAlike(before, alarm))) {
            alarms.add(alarm);
        }
    }

    private static boolean isAlike(Alarm one, Alarm other) {
        return one.kind() == other.kind()
                && one.subject().equals(other.subject())
                && one.detail().equals(other.detail());
    }

    private void conflict(String sentence) {
        conflictCount++;
        if (conflicts.size() < MOST_CONFLICTS) {
            conflicts.add(sentence);
        }
    }

    private void broken(String sentence) {
        isBroken = true;
        conflict(sentence);
    }

    private void throwIfAny() {
        if (conflictCount == 0) {
            return;
        }
        String more = conflictCount > conflicts.size() ? "\n  and " + (conflictCount - conflicts.size()) + " more" : "";
        throw DevpkiException.of(
                        isBroken ? Fault.INTEGRITY : Fault.CONFLICT,
                        "nothing is merged for " + conflictCount + (conflictCount == 1 ? " conflict" : " conflicts")
                                + ":\n  " + String.join("\n  ", conflicts) + more)
                .hint("docs/factory-home.md tells what ends each of them");
    }
}
