package org.devpki.store;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.devpki.model.AccessToken;
import org.devpki.model.Actor;
import org.devpki.model.Alarm;
import org.devpki.model.AuditEntry;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.BatchRow;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlName;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flashed;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.JwtKey;
import org.devpki.model.JwtKeys;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerCrl;
import org.devpki.model.LedgerPassword;
import org.devpki.model.LifeState;
import org.devpki.model.LineToken;
import org.devpki.model.PasswordHash;
import org.devpki.model.Quota;
import org.devpki.model.Quoted;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.Succession;

/** The ledger in a relational database, on one connection that its threads share in turn. */
public final class SqlStore implements Store {
    /** Of one transaction, so that others do not wait for long. */
    private static final int ROWS_AT_ONCE = 1000;

    private static final long POLL_MILLIS = 15;

    private final Place place;
    private final Database db;
    private final Dialect.Locks locks;
    private final Clock clock;
    private final AuditChain audit;
    private final CaTable cas;
    private final CrlTable crls;
    private final CertificateTable certificates;
    private final CertificateLists lists;
    private final BatchTables batches;
    private final Merging merging;
    private final Alarms alarms;
    private final Quotas quotas;
    private final PasswordTable passwords;
    private final JwtKeyTable jwtKeys;

    private SqlStore(Place place, Database db, Dialect.Locks locks, Clock clock, Actor actor) {
        this.place = place;
        this.db = db;
        this.locks = locks;
        this.clock = clock;
        this.audit = new AuditChain(db, clock, actor);
        this.crls = new CrlTable(db, audit, clock);
        this.cas = new CaTable(db, audit, clock, crls);
        this.alarms = new Alarms(db, audit);
        this.quotas = new Quotas(db, audit);
        this.certificates = new CertificateTable(db, audit, clock, cas, alarms, quotas);
        this.lists = new CertificateLists(db, clock);
        this.batches = new BatchTables(db, audit);
        this.merging = new Merging(db, audit, certificates, batches, alarms);
        this.passwords = new PasswordTable(db, audit);
        this.jwtKeys = new JwtKeyTable(db, audit);
    }

    /**
     * Which database, and how to wait for it.
     *
     * @param url a JDBC URL
     * @param folder the store's folder, which relative files are in
     */
    public record Place(String url, Path folder, Duration lockTimeout) {
        /** Another database of the same store. */
        public Place at(String otherUrl) {
            return new Place(otherUrl, folder, lockTimeout);
        }
    }

    /** Makes the ledger in an empty place. */
    public static SqlStore create(Place place, Clock clock, Actor actor) {
        return connect(place, clock, actor, true, Migrations.shipped());
    }

    /**
     * Opens the ledger; an older one is migrated.
     *
     * @throws DevpkiException INTEGRITY if the ledger was made by a newer devpki, NOT_FOUND if it has moved
     */
    public static SqlStore open(Place place, Clock clock, Actor actor) {
        return connect(place, clock, actor, false, Migrations.shipped());
    }

    /** @throws DevpkiException CONFLICT if there is something where a ledger is to be made */
    public static void proveEmpty(Place place, Clock clock, Actor actor) {
        try (SqlStore store = connect(place, clock, actor, true)) {
            store.refuseTables();
        }
    }

    private void refuseTables() {
        List<String> tables = db.read(db::tables);
        if (!tables.isEmpty()) {
            throw DevpkiException.conflict(
                    "there are tables already where the ledger would be: " + String.join(", ", tables));
        }
    }

    /** Where the ledger that was here is now; empty when it has not moved. */
    public static Optional<String> movedTo(Place place, Clock clock, Actor actor) {
        try (SqlStore store = connect(place, clock, actor, false)) {
            return store.db.read(() -> store.db.version() == Migrations.MOVED ? store.db.movedTo() : Optional.empty());
        }
    }

    static SqlStore connect(Place place, Clock clock, Actor actor, boolean isNew, Migrations migrations) {
        SqlStore store = connect(place, clock, actor, isNew);
        try {
            store.migrate(migrations, isNew);
            return store;
        } catch (RuntimeException e) {
            store.closeAfter(e); // an open file would keep its disk from being unmounted
            throw e;
        }
    }

    /** Whatever there is, or is not. */
    private static SqlStore connect(Place place, Clock clock, Actor actor, boolean isNew) {
        Dialect dialect = ServiceLoader.load(Dialect.class, SqlStore.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.serves(place.url()))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("ledger URL " + Quoted.of(place.url())
                        + " is not of a database that is supported; jdbc:sqlite:ledger.db and"
                        + " jdbc:postgresql://HOST/DATABASE are"));
        Database db = new Database(dialect, place, isNew);
        try {
            return new SqlStore(place, db, dialect.locks(db, place.folder()), clock, actor);
        } catch (RuntimeException e) {
            db.closeAfter(e);
            throw e;
        }
    }

    private void closeAfter(RuntimeException e) {
        db.closeAfter(e);
        locks.close();
    }

    @Override
    public Held lock(String word) {
        long deadline = System.nanoTime() + place.lockTimeout().toNanos();
        while (true) {
            Optional<Held> held = locks.tryLock(word);
            if (held.isPresent()) {
                return held.get();
            }
            if (System.nanoTime() - deadline > 0) {
                throw DevpkiException.busy("another process works on " + word + ", and still does after "
                                + place.lockTimeout().toSeconds() + " s")
                        .hint("--lock-timeout waits longer");
            }
            Database.pause(POLL_MILLIS);
        }
    }

    @Override
    public boolean isLocked(String word) {
        Optional<Held> held = locks.tryLock(word);
        held.ifPresent(Held::close);
        return held.isEmpty();
    }

    @Override
    public void addCa(LedgerCa ca) {
        addCa(ca, BigInteger.ZERO);
    }

    @Override
    public void addCa(LedgerCa ca, BigInteger lastCrl) {
        db.change(() -> cas.add(ca, lastCrl));
    }

    @Override
    public List<LedgerCa> cas() {
        return db.read(() -> cas.all());
    }

    @Override
    public Optional<LedgerCa> ca(CaName name) {
        return db.read(() -> cas.named(name));
    }

    @Override
    public void succeed(CaName ca, Succession succession) {
        db.change(() -> cas.succeed(ca, succession));
    }

    @Override
    public void reissue(CaName ca, IssuerAndSerialNumber own) {
        db.change(() -> cas.reissue(ca, own));
    }

    @Override
    public void retire(CaName ca) {
        db.change(() -> cas.retire(ca));
    }

    @Override
    public Optional<Instant> lastEnd(LedgerCa ca, Set<String> without) {
        return db.read(() -> cas.lastEnd(ca, without));
    }

    @Override
    public void reserve(
            Reservation wanted, Set<SerialNumber> seenLive, List<IssuerAndSerialNumber> superseded, boolean isCounted) {
        Optional<String> other = db.write(() -> certificates.reserve(wanted, seenLive, superseded, isCounted));
        other.ifPresent(name -> {
            throw DevpkiException.conflict("the key that " + wanted.name() + " would have is " + name
                            + "'s already; each device has its own")
                    .hint("devpki audit alarms");
        });
    }

    @Override
    public Optional<String> ownerOfKey(Bytes keyHash, String name) {
        return db.read(() -> certificates.ownerOfKey(keyHash, name));
    }

    @Override
    public List<LedgerCertificate> certificatesOfKey(Bytes keyHash) {
        return db.read(() -> certificates.ofKey(keyHash));
    }

    @Override
    public void merge(Merge merge) {
        db.change(() -> merging.merge(merge));
    }

    @Override
    public void adopt(Adoption adoption) {
        inGroups(adoption.added(), some -> db.change(() -> merging.adopt(some, adoption.source())));
        inGroups(List.copyOf(adoption.revoked().entrySet()), some -> db.change(() -> merging.revoke(some)));
    }

    @Override
    public Optional<LedgerPassword> password(DeviceId name) {
        return db.read(() -> passwords.of(name));
    }

    @Override
    public List<LedgerPassword> passwords() {
        return db.read(passwords::all);
    }

    @Override
    public void preparePasswords(Map<DeviceId, PasswordHash> made) {
        db.change(() -> passwords.prepare(made));
    }

    @Override
    public void putPasswordsInForce(Collection<DeviceId> names) {
        db.change(() -> passwords.putInForce(names, now()));
    }

    @Override
    public void bringPasswords(Map<DeviceId, PasswordHash> hashes, String origin) {
        db.change(() -> passwords.bring(hashes, origin, now()));
    }

    @Override
    public void revokePasswords(Collection<DeviceId> names) {
        db.change(() -> passwords.revoke(names, now()));
    }

    @Override
    public boolean restrict(LineToken token, Bytes signed) {
        return db.write(() -> quotas.restrict(token, signed));
    }

    @Override
    public Quota quota() {
        return db.read(quotas::all);
    }

    @Override
    public void record(IssuerAndSerialNumber of, CertificateDer certificate) {
        db.change(() -> certificates.record(of, certificate));
    }

    @Override
    public void refuse(IssuerAndSerialNumber of, String why) {
        db.change(() -> certificates.refuse(of, why));
    }

    @Override
    public void deliver(IssuerAndSerialNumber of, String how, Optional<Flashed> flashed) {
        db.change(() -> certificates.deliver(of, how, flashed));
    }

    @Override
    public Optional<Alarm> export(IssuerAndSerialNumber of, String how, Optional<Flashed> flashed, boolean withKey) {
        return db.write(() -> certificates.export(of, how, flashed, withKey));
    }

    @Override
    public void mark(IssuerAndSerialNumber of, LifeState state, String by) {
        db.change(() -> certificates.mark(of, state, by));
    }

    @Override
    public Map<LifeState, Long> countLives(BatchId batch) {
        return db.read(() -> lists.countLives(batch));
    }

    @Override
    public List<Alarm> alarms(boolean isOpenOnly) {
        return db.read(() -> alarms.all(isOpenOnly));
    }

    @Override
    public Alarm closeAlarm(long id, String why) {
        return db.write(() -> alarms.close(id, clock.instant(), why));
    }

    @Override
    public Optional<LedgerCertificate> certificate(IssuerAndSerialNumber of) {
        return db.read(() -> certificates.row(of));
    }

    @Override
    public List<LedgerCertificate> certificatesWithSerial(SerialNumber serial) {
        return db.read(() -> certificates.withSerial(serial));
    }

    @Override
    public List<LedgerCertificate> certificatesNamed(String name) {
        return db.read(() -> certificates.named(name));
    }

    @Override
    public List<LedgerCertificate> certificates(Filter filter, long afterId, int most) {
        return db.read(() -> lists.page(filter, afterId, most));
    }

    @Override
    public long count(Filter filter) {
        return db.read(() -> lists.count(filter));
    }

    @Override
    public void eachExpiring(Instant until, Set<String> without, Consumer<LedgerCertificate> consumer) {
        db.look(() -> lists.eachExpiring(until, without, consumer));
    }

    @Override
    public void revoke(IssuerAndSerialNumber of, Revocation revocation) {
        db.change(() -> certificates.revoke(of, revocation));
    }

    @Override
    public int revokeAll(List<IssuerAndSerialNumber> several, Revocation revocation) {
        return db.write(() -> certificates.revokeAll(several, revocation));
    }

    @Override
    public void release(IssuerAndSerialNumber of) {
        db.change(() -> certificates.release(of));
    }

    @Override
    public void eachRevoked(CaName ca, OptionalInt shard, Instant expiresFrom, Consumer<RevokedEntry> consumer) {
        db.look(() -> lists.eachRevoked(ca, shard, expiresFrom, consumer));
    }

    @Override
    public void eachChangedSince(CaName ca, OptionalInt shard, long sequence, Consumer<RevokedEntry> consumer) {
        db.look(() -> lists.eachChangedSince(ca, shard, sequence, consumer));
    }

    @Override
    public List<LedgerCertificate> live(CaName ca, OptionalInt shard, int most) {
        return db.read(() -> lists.live(ca, shard, most));
    }

    @Override
    public List<LedgerCertificate> lastRevoked(CaName ca, OptionalInt shard, int most) {
        return db.read(() -> lists.lastRevoked(ca, shard, most));
    }

    @Override
    public List<RevokedAlike> countRevoked(CaName ca, Instant expiresFrom) {
        return db.read(() -> lists.countRevoked(ca, expiresFrom));
    }

    @Override
    public long countRevokedSince(CaName ca, Instant from) {
        return db.read(() -> lists.countRevokedSince(ca, from));
    }

    @Override
    public Map<Integer, Long> countLive(CaName ca, Optional<BatchId> batch) {
        return db.read(() -> lists.countLive(ca, batch));
    }

    @Override
    public Map<String, List<Long>> countLiveUntil(CaName ca, List<Instant> ends) {
        return db.read(() -> lists.countLiveUntil(ca, ends));
    }

    @Override
    public int highestShard(CaName ca) {
        return db.read(() -> lists.highestShard(ca));
    }

    @Override
    public List<LedgerCertificate> unfinished() {
        return db.read(() -> lists.unfinished());
    }

    @Override
    public JwtKeys jwtKeys() {
        return db.read(jwtKeys::all);
    }

    @Override
    public void addJwtKey(JwtKey key) {
        db.change(() -> jwtKeys.add(key));
    }

    @Override
    public void retireJwtKey(String id) {
        db.change(() -> jwtKeys.retire(id));
    }

    @Override
    public void issueJwt(AccessToken token, String key) {
        db.change(() -> jwtKeys.issue(token, key));
    }

    @Override
    public void planBatch(BatchId batch, String settings, List<BatchRow> rows) {
        db.change(() -> batches.plan(batch, settings, rows, now()));
    }

    @Override
    public void checkBatch(BatchId batch, String settings, List<BatchRow> rows) {
        db.look(() -> batches.check(batch, settings, rows));
    }

    @Override
    public List<LedgerBatch> batches() {
        return db.read(() -> batches.all());
    }

    @Override
    public Optional<LedgerBatch> batch(BatchId id) {
        return db.read(() -> batches.named(id));
    }

    @Override
    public List<LedgerBatchRow> batchRows(BatchId batch, long after, int most) {
        return db.read(() -> batches.rows(batch, after, most));
    }

    @Override
    public void noteBatch(BatchId batch, Map<String, BatchOutcome> outcomes) {
        db.change(() -> batches.note(batch, outcomes));
    }

    @Override
    public List<BigInteger> takeCrlNumbers(CaName ca, List<CrlName> names, BigInteger above) {
        return db.write(() -> crls.takeNumbers(ca, names, above));
    }

    @Override
    public void crlsShelved(CaName ca, List<Shelved> shelved, String shelf) {
        db.change(() -> crls.shelved(ca, shelved, shelf));
    }

    @Override
    public void crlsAnnounced(CaName ca, List<BigInteger> numbers) {
        db.change(() -> crls.announced(ca, numbers));
    }

    @Override
    public Optional<LedgerCrl> crl(CaName ca, BigInteger number) {
        return db.read(() -> crls.numbered(ca, number));
    }

    @Override
    public Optional<LedgerCrl> latestShelvedCrl(CrlName name) {
        return db.read(() -> crls.latestShelved(name));
    }

    @Override
    public Optional<LedgerCrl> oldestShelvedCrl(CrlName name, Instant takenAfter) {
        return db.read(() -> crls.oldestShelved(name, takenAfter));
    }

    @Override
    public void takeBack(CrlName from, List<RevokedEntry> entries, Instant end) {
        inGroups(entries, some -> db.change(() -> certificates.takeBack(from, some, end)));
    }

    @Override
    public long revocationSequence(CaName ca, OptionalInt shard) {
        return db.read(() -> lists.revocationSequence(ca, shard));
    }

    @Override
    public Optional<String> note(String key) {
        return db.read(
                () -> Database.first(db.query("SELECT value FROM note WHERE key = ?", row -> row.getString(1), key)));
    }

    @Override
    public Map<String, String> notes(String prefix) {
        Map<String, String> notes = new TreeMap<>();
        db.look(() -> db.each(
                "SELECT key, value FROM note WHERE key >= ? AND key < ?",
                row -> notes.put(row.getString(1), row.getString(2)),
                prefix,
                prefix + "\uffff"));
        return notes;
    }

    @Override
    public void setNote(String key, String value) {
        db.change(() -> {
            db.putNote(key, value);
            audit.append("note.set", key, "");
        });
    }

    @Override
    public void audit(String action, String subject, String detail) {
        db.change(() -> audit.append(action, subject, detail));
    }

    @Override
    public void proveClock() {
        db.look(() -> audit.proveClock(clock.instant()));
    }

    @Override
    public void acceptClock() {
        db.change(() -> {
            audit.appendAt(clock.instant(), "clock.accept", "", "");
        });
    }

    @Override
    public List<AuditEntry> auditEntries(Set<String> subjects) {
        return db.read(() -> audit.about(subjects));
    }

    @Override
    public void eachAuditEntry(BiConsumer<AuditEntry, Bytes> consumer) {
        db.look(() -> audit.each(consumer));
    }

    @Override
    public AuditHead auditHead() {
        return db.read(audit::head);
    }

    @Override
    public List<String> faults() {
        return db.read(db::faults);
    }

    @Override
    public void eachCertificate(Consumer<LedgerCertificate> consumer) {
        db.look(() -> lists.each(consumer));
    }

    @Override
    public void copyTo(Path file) {
        boolean isCopied = db.read(() -> db.copyTo(file));
        if (!isCopied) {
            Place beside = new Place("jdbc:sqlite:" + file.toAbsolutePath(), place.folder(), place.lockTimeout());
            Database copy = new Database(new SqliteDialect(), beside, true);
            try {
                copy.look(copy::expectCopy);
                db.readAtOnce(() -> copy.change(() -> new LedgerCopy(db, copy).run()));
            } finally {
                copy.close();
            }
        }
    }

    /**
     * Looks whether this ledger could move.
     *
     * @throws DevpkiException CONFLICT if somebody else's tables, or another ledger, are there
     */
    public void proveRoomAt(Place target) {
        try (SqlStore there = connect(target, clock, audit.actor(), true)) {
            db.look(() -> there.db.look(() -> new LedgerMove(db, audit, there.db).replaceable()));
        }
    }

    /**
     * Moves this ledger: all of it is copied and proven in one transaction there, while nobody writes here; then it is
     * closed here for good. What is there is replaced when it is an earlier state of this ledger.
     *
     * @param proof of the copy, before it is kept
     * @param copied is told when it is kept, and this ledger is still the one that counts
     */
    public void moveTo(Place target, Consumer<Store> proof, Runnable copied) {
        try (SqlStore there = connect(target, clock, audit.actor(), true)) {
            new LedgerMove(db, audit, there.db).run(target.url(), () -> proof.accept(there), copied);
        }
    }

    @Override
    public void close() {
        try {
            db.close();
        } finally {
            locks.close();
        }
    }

    private long now() {
        return clock.instant().toEpochMilli();
    }

    private static <T> void inGroups(List<T> all, Consumer<List<T>> step) {
        for (int at = 0; at < all.size(); at += ROWS_AT_ONCE) {
            step.accept(all.subList(at, Math.min(at + ROWS_AT_ONCE, all.size())));
        }
    }

    /** Brings an older schema up to date, in one transaction and after a backup; refuses a newer one. */
    private void migrate(Migrations migrations, boolean isNew) {
        int found = db.read(db::version);
        if (found == migrations.version() && !isNew) {
            return;
        }
        if (found == Migrations.MOVED) {
            throw Database.moved(db.read(db::movedTo).orElse("another place"));
        }
        try (Held held = lock("migrations")) {
            int version = db.read(db::version);
            if (version > migrations.version()) {
                throw DevpkiException.integrity("the ledger has schema version " + version
                        + ", made by a newer devpki; this one knows versions up to " + migrations.version());
            }
            if (isNew) {
                refuseTables();
            }
            if (version == migrations.version()) { // another process was faster
                return;
            }
            if (version == 0 && !isNew) { // what a power cut or a bad copy leaves; a new schema would hide the loss
                throw DevpkiException.integrity("the ledger is empty").hint("devpki store restore");
            }
            if (version > 0) {
                copyTo(place.folder().resolve("ledger.db.before-version-" + migrations.version() + "-" + now()));
            }
            db.change(() -> {
                db.make(migrations, version, migrations.version());
                audit.append("store.migrate", "ledger", "version=" + migrations.version());
            });
        }
    }
}
