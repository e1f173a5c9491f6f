package org.devpki.store;

import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
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
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.Succession;

/** The ledger in a relational database, on one connection that its threads share in turn. */
public final class SqlStore implements Store {
    /** Of one transaction, so that others do not wait for long. */
    private static final int ROWS_AT_ONCE = 1000;

    private static final int FEW_ROWS = 10_000;

    private static final long POLL_MILLIS = 15;

    private static final String ASIDE = "moved_";

    private final Place place;
    private final Database db;
    private final Dialect.Locks locks;
    private final Clock clock;
    private final AuditChain audit;
    private final BatchTables batches;
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
        this.batches = new BatchTables(db, audit);
        this.alarms = new Alarms(db, audit);
        this.quotas = new Quotas(db, audit);
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
        db.change(() -> {
            db.update(
                    "INSERT INTO ca (name, parent, serial, key_uri, added_at) VALUES (?, ?, ?, ?, ?)",
                    ca.name().value(),
                    ca.parent().map(CaName::value).orElse(null),
                    Rows.octets(ca.serial()),
                    ca.keyUri(),
                    now());
            audit.append("ca.add", ca.name().value(), "serial=" + ca.serial() + " key=" + ca.keyUri());
            if (lastCrl.signum() > 0) {
                takeNumbers(ca.name(), List.of(CrlName.main(ca.name())), lastCrl); // all later ones are above it
            }
        });
    }

    @Override
    public List<LedgerCa> cas() {
        return db.read(
                () -> db.query("SELECT " + Rows.CA + " FROM ca ORDER BY added_at, parent IS NOT NULL, name", Rows::ca));
    }

    @Override
    public Optional<LedgerCa> ca(CaName name) {
        return db.read(() ->
                Database.first(db.query("SELECT " + Rows.CA + " FROM ca WHERE name = ?", Rows::ca, name.value())));
    }

    @Override
    public void succeed(CaName ca, Succession succession) {
        db.change(() -> {
            db.update(
                    "UPDATE ca SET successor = ?, succeeded_from = ? WHERE name = ?",
                    succession.to().value(),
                    succession.from().toEpochMilli(),
                    ca.value());
            audit.append("ca.succeed", ca.value(), "to=" + succession.to() + " from=" + succession.from());
        });
    }

    @Override
    public void reissue(CaName ca, IssuerAndSerialNumber own) {
        db.change(() -> {
            expectOne(
                    own,
                    db.update(
                            "UPDATE certificate SET delivered_at = ? WHERE " + Rows.IS + " AND state = 'issued'",
                            now(),
                            Rows.octets(own.serial()),
                            own.issuer().value()));
            db.update("UPDATE ca SET serial = ? WHERE name = ?", Rows.octets(own.serial()), ca.value());
            audit.append("ca.reissue", ca.value(), "serial=" + own.serial());
        });
    }

    @Override
    public void retire(CaName ca) {
        db.change(() -> {
            int changed =
                    db.update("UPDATE ca SET retired_at = ? WHERE name = ? AND retired_at IS NULL", now(), ca.value());
            if (changed == 0) {
                throw DevpkiException.conflict("CA " + ca + " is retired already");
            }
            audit.append("ca.retire", ca.value(), "");
        });
    }

    @Override
    public Optional<Instant> lastEnd(LedgerCa ca, Set<String> without) {
        List<Object> values = new ArrayList<>(
                List.of(ca.name().value(), Rows.octets(ca.serial()), ca.issuer().value()));
        values.addAll(without);
        return db.read(() -> Database.first(db.query(
                "SELECT not_after FROM certificate WHERE ca = ? AND NOT EXISTS (SELECT 1 FROM certificate own"
                        + " WHERE own.serial = ? AND own.ca = ? AND own.key_hash = certificate.key_hash)"
                        + " AND state <> 'refused' AND profile NOT IN ("
                        + String.join(", ", Collections.nCopies(without.size(), "?"))
                        + ") ORDER BY not_after DESC LIMIT 1",
                row -> Instant.ofEpochMilli(row.getLong(1)),
                values.toArray())));
    }

    @Override
    public void reserve(
            Reservation wanted, Set<SerialNumber> seenLive, List<IssuerAndSerialNumber> superseded, boolean isCounted) {
        Optional<String> other = db.write(() -> reserved(wanted, seenLive, superseded, isCounted));
        other.ifPresent(name -> {
            throw DevpkiException.conflict("the key that " + wanted.name() + " would have is " + name
                            + "'s already; each device has its own")
                    .hint("devpki audit alarms");
        });
    }

    /** Reserves, or raises an alarm. @return who has the key already */
    private Optional<String> reserved(
            Reservation wanted, Set<SerialNumber> seenLive, List<IssuerAndSerialNumber> superseded, boolean isCounted)
            throws SQLException {
        Optional<String> other = keyOwner(wanted.keyHash(), wanted.name());
        if (other.isPresent()) {
            alarms.raise(clock.instant(), Alarm.Kind.KEY_OF_TWO_NAMES, wanted.name(), "it is " + other.get() + "'s");
            return other;
        }
        Set<SerialNumber> live = new HashSet<>();
        for (LedgerCertificate certificate : named(wanted.name())) {
            if (certificate.reservation().ca().equals(wanted.ca()) && certificate.isLive(clock.instant())) {
                live.add(certificate.serial());
            }
        }
        if (!live.equals(seenLive)) {
            throw DevpkiException.busy("the certificates of " + wanted.name()
                    + " changed while this one was prepared; run the command again");
        }
        for (IssuerAndSerialNumber old : superseded) {
            markRevoked(old, new Revocation(clock.instant(), RevocationReason.SUPERSEDED));
            quotas.giveBack(old);
        }
        if (isCounted) {
            refuseIdle(wanted.ca());
        }
        Optional<String> token = isCounted ? quotas.take(wanted) : Optional.empty();
        db.update(
                "INSERT INTO certificate (ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash,"
                        + " not_before, not_after, shard, batch, key_made_here, token, state, reserved_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'reserved', ?)",
                wanted.ca().value(),
                Rows.octets(wanted.serial()),
                wanted.name(),
                wanted.profile(),
                wanted.profileHash().toArray(),
                wanted.orderHash().toArray(),
                wanted.keyHash().toArray(),
                wanted.tbsHash().toArray(),
                wanted.validity().notBefore().toEpochMilli(),
                wanted.validity().notAfter().toEpochMilli(),
                wanted.shard(),
                wanted.batch().map(BatchId::value).orElse(null),
                wanted.isKeyMadeHere() ? 1 : 0,
                token.orElse(null),
                now());
        audit.append(
                "certificate.reserve",
                wanted.name(),
                "ca=" + wanted.ca() + " serial=" + wanted.serial() + " profile=" + wanted.profile() + " tbs="
                        + wanted.tbsHash().hex()
                        + (wanted.shard() == 0 ? "" : " shard=" + wanted.shard())
                        + wanted.batch().map(batch -> " batch=" + batch).orElse("")
                        + token.map(id -> " token=" + id).orElse("")
                        + wanted.renewal()
                                .map(renewal -> " " + renewal.kind().text() + "=" + renewal.of())
                                .orElse(""));
        return Optional.empty();
    }

    /** A CA that is retired issues nothing, nor does one whose own certificate was never delivered. */
    private void refuseIdle(CaName name) throws SQLException {
        Optional<String> why = Database.first(db.query(
                "SELECT ca.retired_at FROM ca JOIN certificate own ON own.serial = ca.serial"
                        + " AND own.ca = coalesce(ca.parent, ca.name) WHERE ca.name = ? AND (ca.retired_at IS NOT NULL OR own.delivered_at IS NULL)",
                row -> LedgerCa.idle(name, Rows.instant(row, "retired_at")),
                name.value()));
        if (why.isPresent()) {
            throw DevpkiException.refused(why.get()).hint("devpki ca show " + name);
        }
    }

    private Optional<String> keyOwner(Bytes keyHash, String name) throws SQLException {
        return Database.first(db.query(
                "SELECT name FROM certificate WHERE key_hash = ? AND name <> ? AND state <> 'refused' ORDER BY id LIMIT 1",
                row -> row.getString(1),
                keyHash.toArray(),
                name));
    }

    @Override
    public Optional<String> ownerOfKey(Bytes keyHash, String name) {
        return db.read(() -> keyOwner(keyHash, name));
    }

    @Override
    public List<LedgerCertificate> certificatesOfKey(Bytes keyHash) {
        return db.read(() -> db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE key_hash = ? ORDER BY id",
                Rows::certificate,
                (Object) keyHash.toArray()));
    }

    @Override
    public void merge(Merge merge) {
        db.change(() -> {
            if (!audit.head().equals(merge.seen())) {
                throw DevpkiException.busy(
                        "the ledger changed while the other was compared with it; run the command again");
            }
            new Merging(db, audit).certificates(merge);
            for (LedgerCertificate row : merge.added()) {
                if (row.revocation().isPresent()) {
                    markEachRevoked(
                            List.of(row.issuerAndSerial()),
                            noLaterThanNow(row.revocation().get()));
                }
            }
            for (Map.Entry<IssuerAndSerialNumber, Revocation> revoked :
                    merge.revoked().entrySet()) {
                markRevoked(revoked.getKey(), noLaterThanNow(revoked.getValue()));
            }
            for (MergedBatch batch : merge.batches()) {
                batches.plan(
                        batch.id(),
                        batch.settings(),
                        batch.rows(),
                        batch.begunAt().toEpochMilli());
                if (!batch.outcomes().isEmpty()) {
                    batches.note(batch.id(), batch.outcomes());
                }
            }
            for (Alarm alarm : merge.alarms()) {
                alarms.add(alarm);
            }
            for (Map.Entry<String, String> note : merge.notes().entrySet()) {
                db.putNote(note.getKey(), note.getValue());
                audit.append("note.set", note.getKey(), "");
            }
        });
    }

    @Override
    public void adopt(Adoption adoption) {
        Merging merging = new Merging(db, audit);
        List<LedgerCertificate> added = adoption.added();
        for (int at = 0; at < added.size(); at += ROWS_AT_ONCE) {
            List<LedgerCertificate> some = added.subList(at, Math.min(at + ROWS_AT_ONCE, added.size()));
            db.change(() -> {
                for (LedgerCertificate row : some) {
                    merging.adopt(row, adoption.source());
                    if (row.revocation().isPresent()) {
                        markEachRevoked(
                                List.of(row.issuerAndSerial()),
                                noLaterThanNow(row.revocation().get()));
                    }
                }
            });
        }
        List<Map.Entry<IssuerAndSerialNumber, Revocation>> revoked =
                List.copyOf(adoption.revoked().entrySet());
        for (int at = 0; at < revoked.size(); at += ROWS_AT_ONCE) {
            List<Map.Entry<IssuerAndSerialNumber, Revocation>> some =
                    revoked.subList(at, Math.min(at + ROWS_AT_ONCE, revoked.size()));
            db.change(() -> {
                for (Map.Entry<IssuerAndSerialNumber, Revocation> one : some) {
                    markRevoked(one.getKey(), noLaterThanNow(one.getValue()));
                }
            });
        }
    }

    /** The other clock may be ahead, and no CRL lists what is revoked after it was made. */
    private Revocation noLaterThanNow(Revocation there) throws SQLException {
        Instant now = audit.steadyNow();
        return there.at().isAfter(now) ? new Revocation(now, there.reason(), there.invalidAt()) : there;
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
        db.change(() -> {
            expectOne(
                    of,
                    db.update(
                            "UPDATE certificate SET state = 'issued', der = ? WHERE " + Rows.IS
                                    + " AND state = 'reserved'",
                            certificate.octets().toArray(),
                            Rows.octets(of.serial()),
                            of.issuer().value()));
            append(
                    "certificate.issue",
                    of,
                    "sha256=" + certificate.octets().sha256().hex());
        });
    }

    @Override
    public void refuse(IssuerAndSerialNumber of, String why) {
        db.change(() -> {
            expectOne(
                    of,
                    db.update(
                            "UPDATE certificate SET state = 'refused' WHERE " + Rows.IS + " AND state = 'reserved'",
                            Rows.octets(of.serial()),
                            of.issuer().value()));
            quotas.giveBack(of); // it was certainly not signed
            append("certificate.refuse", of, why);
        });
    }

    @Override
    public void deliver(IssuerAndSerialNumber of, String how, Optional<Flashed> flashed) {
        db.change(() -> {
            expectOne(
                    of,
                    db.update(
                            "UPDATE certificate SET delivered_at = ?, flashed = ?, key_exports = key_exports + key_made_here"
                                    + " WHERE " + Rows.IS + " AND state = 'issued'",
                            now(),
                            flashed.map(Flashed::text).orElse(null),
                            Rows.octets(of.serial()),
                            of.issuer().value()));
            append("certificate.deliver", of, how + detail(flashed));
        });
    }

    @Override
    public Optional<Alarm> export(IssuerAndSerialNumber of, String how, Optional<Flashed> flashed, boolean withKey) {
        return db.write(() -> {
            long before = Database.first(db.query(
                            "SELECT key_exports FROM certificate WHERE " + Rows.IS,
                            row -> row.getLong(1),
                            Rows.octets(of.serial()),
                            of.issuer().value()))
                    .orElse(0L);
            expectOne(
                    of,
                    db.update(
                            "UPDATE certificate SET flashed = coalesce(?, flashed), key_exports = ?" + " WHERE "
                                    + Rows.IS + " AND state = 'issued'",
                            flashed.map(Flashed::text).orElse(null),
                            before + (withKey ? 1 : 0),
                            Rows.octets(of.serial()),
                            of.issuer().value()));
            append("certificate.export", of, how + detail(flashed));
            return withKey && before > 0
                    ? Optional.of(alarms.raise(
                            clock.instant(),
                            Alarm.Kind.KEY_EXPORTED_AGAIN,
                            of.serial().hex(),
                            how))
                    : Optional.empty();
        });
    }

    @Override
    public void mark(IssuerAndSerialNumber of, LifeState state, String by) {
        db.change(() -> {
            expectOne(
                    of,
                    db.update(
                            "UPDATE certificate SET life = ?, life_at = ? WHERE " + Rows.IS + " AND state = 'issued'",
                            state.text(),
                            now(),
                            Rows.octets(of.serial()),
                            of.issuer().value()));
            append("certificate.mark", of, "state=" + state.text() + (by.isEmpty() ? "" : " by=" + by));
        });
    }

    @Override
    public Map<LifeState, Long> countLives(BatchId batch) {
        Map<LifeState, Long> counts = new EnumMap<>(LifeState.class);
        db.look(() -> db.each(
                "SELECT " + Rows.LIFE + ", count(*) FROM certificate WHERE batch = ? AND state <> 'refused' GROUP BY 1",
                row -> counts.put(LifeState.parse(row.getString(1)), row.getLong(2)),
                batch.value()));
        return counts;
    }

    @Override
    public List<Alarm> alarms(boolean isOpenOnly) {
        return db.read(() -> alarms.all(isOpenOnly));
    }

    @Override
    public Alarm closeAlarm(long id, String why) {
        return db.write(() -> alarms.close(id, clock.instant(), why));
    }

    private static String detail(Optional<Flashed> flashed) {
        return flashed.map(made -> " " + made.text()).orElse("");
    }

    @Override
    public Optional<LedgerCertificate> certificate(IssuerAndSerialNumber of) {
        return db.read(() -> row(of));
    }

    @Override
    public List<LedgerCertificate> certificatesWithSerial(SerialNumber serial) {
        return db.read(() -> db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE serial = ? ORDER BY id",
                Rows::certificate,
                (Object) Rows.octets(serial)));
    }

    @Override
    public List<LedgerCertificate> certificatesNamed(String name) {
        return db.read(() -> named(name));
    }

    @Override
    public List<LedgerCertificate> certificates(Filter filter, long afterId, int most) {
        List<Object> values = new ArrayList<>();
        String where = where(filter, values);
        return db.read(() -> {
            // "+id" keeps the database from reading all rows in their order to find the few that an index names
            String id = areFew(filter, where, values) ? "+id" : "id";
            values.add(afterId);
            values.add(most);
            return db.query(
                    "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE " + where + " AND " + id + " > ? ORDER BY "
                            + id + " LIMIT ?",
                    Rows::certificate,
                    values.toArray());
        });
    }

    /** Whether an index leads to so few rows that sorting them costs less than looking at all. */
    private boolean areFew(Filter filter, String where, List<Object> values) throws SQLException {
        boolean hasIndex =
                filter.namePrefix().isPresent() || filter.expiresBefore().isPresent();
        return hasIndex
                && Database.first(db.query(
                                "SELECT count(*) FROM (SELECT 1 FROM certificate WHERE " + where + " LIMIT "
                                        + (FEW_ROWS + 1) + ") AS few",
                                row -> row.getLong(1),
                                values.toArray()))
                        .filter(count -> count <= FEW_ROWS)
                        .isPresent();
    }

    @Override
    public long count(Filter filter) {
        List<Object> values = new ArrayList<>();
        String where = where(filter, values);
        return db.read(() -> Database.first(db.query(
                        "SELECT count(*) FROM certificate WHERE " + where, row -> row.getLong(1), values.toArray()))
                .orElse(0L));
    }

    /** Whose key somebody has. */
    private static final String IS_USABLE = "%1$s.state = 'issued' AND %1$s.revoked_at IS NULL"
            + " AND (%1$s.delivered_at IS NOT NULL OR %1$s.key_made_here = 0)";

    /**
     * In the order of the index of ends; the name's other certificates are few. One that follows it stands in whatever its
     * profile: the serial that it follows is behind the hash of its order ({@link org.devpki.model.Renewal}).
     */
    static String expiring(int without) {
        return "SELECT " + Rows.CERTIFICATE + " FROM certificate c WHERE c.not_after < ? AND "
                + IS_USABLE.formatted("c")
                + " AND coalesce(c.life, '') <> 'retired' AND c.profile NOT IN ("
                + String.join(", ", Collections.nCopies(without, "?"))
                + ") AND NOT EXISTS (SELECT 1 FROM ca WHERE ca.name = c.name)"
                + " AND NOT EXISTS (SELECT 1 FROM certificate n WHERE n.name = c.name AND (n.profile = c.profile"
                + " OR length(n.order_hash) > 33 AND substr(n.order_hash, 34) = c.serial) AND "
                + IS_USABLE.formatted("n")
                + " AND (n.not_after > c.not_after OR n.not_after = c.not_after AND n.id > c.id))"
                + " ORDER BY c.not_after, c.ca, c.id";
    }

    @Override
    public void eachExpiring(Instant until, Set<String> without, Consumer<LedgerCertificate> consumer) {
        List<Object> values = new ArrayList<>(List.of(until.toEpochMilli()));
        values.addAll(without);
        db.look(() ->
                db.each(expiring(without.size()), row -> consumer.accept(Rows.certificate(row)), values.toArray()));
    }

    @Override
    public void revoke(IssuerAndSerialNumber of, Revocation revocation) {
        db.change(() -> {
            markRevoked(of, revocation);
        });
    }

    @Override
    public int revokeAll(List<IssuerAndSerialNumber> certificates, Revocation revocation) {
        return db.write(() -> markEachRevoked(certificates, revocation));
    }

    @Override
    public void release(IssuerAndSerialNumber of) {
        db.change(() -> {
            LedgerCertificate held = row(of).orElseThrow(() -> unknown(of));
            expectOne(
                    of,
                    db.update(
                            "UPDATE certificate SET revoked_at = NULL, reason = NULL, invalid_at = NULL, status_sequence = ?"
                                    + " WHERE " + Rows.IS + " AND reason = ?",
                            audit.head().entries() + 1,
                            Rows.octets(of.serial()),
                            of.issuer().value(),
                            RevocationReason.CERTIFICATE_HOLD.code()));
            append("certificate.release", of, "name=" + held.reservation().name());
        });
    }

    @Override
    public void eachRevoked(CaName ca, OptionalInt shard, Instant expiresFrom, Consumer<RevokedEntry> consumer) {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        values.add(expiresFrom.toEpochMilli());
        db.look(() -> db.each(
                "SELECT serial, revoked_at, reason, invalid_at FROM certificate WHERE " + where
                        + " AND revoked_at IS NOT NULL AND not_after >= ? AND state <> 'refused' ORDER BY serial",
                row -> consumer.accept(Rows.revoked(row)),
                values.toArray()));
    }

    @Override
    public void eachChangedSince(CaName ca, OptionalInt shard, long sequence, Consumer<RevokedEntry> consumer) {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        values.add(sequence);
        db.look(() -> db.each(
                "SELECT serial, coalesce(revoked_at, reserved_at), coalesce(reason, "
                        + RevocationReason.REMOVE_FROM_CRL.code() + "), invalid_at FROM certificate WHERE " + where
                        + " AND status_sequence > ? AND state <> 'refused' ORDER BY serial",
                row -> consumer.accept(Rows.revoked(row)),
                values.toArray()));
    }

    @Override
    public List<LedgerCertificate> live(CaName ca, OptionalInt shard, int most) {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        values.add(now());
        values.add(most);
        return db.read(() -> db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE " + where
                        + " AND state = 'issued' AND revoked_at IS NULL AND not_after > ?"
                        + " ORDER BY shard DESC, not_after DESC LIMIT ?",
                Rows::certificate,
                values.toArray()));
    }

    @Override
    public List<LedgerCertificate> lastRevoked(CaName ca, OptionalInt shard, int most) {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        values.add(most);
        return db.read(() -> db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE " + where
                        + " AND status_sequence IS NOT NULL AND revoked_at IS NOT NULL"
                        + " ORDER BY status_sequence DESC LIMIT ?",
                Rows::certificate,
                values.toArray()));
    }

    @Override
    public List<RevokedAlike> countRevoked(CaName ca, Instant expiresFrom) {
        return db.read(() -> db.query(
                "SELECT shard, length(serial), reason, invalid_at IS NOT NULL, count(*) FROM certificate WHERE ca = ?"
                        + " AND revoked_at IS NOT NULL AND not_after >= ? AND state <> 'refused'"
                        + " GROUP BY shard, length(serial), reason, invalid_at IS NOT NULL ORDER BY 1, 2, 3, 4",
                row -> new RevokedAlike(
                        row.getInt(1),
                        row.getInt(2),
                        RevocationReason.ofCode(row.getInt(3)),
                        row.getBoolean(4),
                        row.getLong(5)),
                ca.value(),
                expiresFrom.toEpochMilli()));
    }

    @Override
    public long countRevokedSince(CaName ca, Instant from) {
        return db.read(() -> Database.first(db.query(
                        "SELECT count(*) FROM certificate WHERE ca = ? AND revoked_at IS NOT NULL AND revoked_at >= ?"
                                + " AND state <> 'refused'",
                        row -> row.getLong(1),
                        ca.value(),
                        from.toEpochMilli()))
                .orElse(0L));
    }

    @Override
    public Map<Integer, Long> countLive(CaName ca, Optional<BatchId> batch) {
        List<Object> values = new ArrayList<>(List.of(ca.value(), now()));
        batch.ifPresent(wanted -> values.add(wanted.value()));
        // of a batch the index of batches is to be used; an expression keeps the CA's index, with all of its rows, away
        String where =
                batch.isPresent() ? "coalesce(ca, '') = ? AND not_after > ? AND batch = ?" : "ca = ? AND not_after > ?";
        Map<Integer, Long> counts = new TreeMap<>();
        db.look(() -> db.each(
                "SELECT shard, count(*) FROM certificate WHERE " + where
                        + " AND state = 'issued' AND revoked_at IS NULL GROUP BY shard",
                row -> counts.put(row.getInt(1), row.getLong(2)),
                values.toArray()));
        return counts;
    }

    @Override
    public Map<String, List<Long>> countLiveUntil(CaName ca, List<Instant> ends) {
        StringBuilder counts = new StringBuilder();
        List<Object> values = new ArrayList<>();
        for (Instant end : ends) {
            counts.append(", count(CASE WHEN not_after <= ? THEN 1 END)");
            values.add(end.toEpochMilli());
        }
        values.addAll(List.of(ca.value(), now()));
        Map<String, List<Long>> byProfile = new TreeMap<>();
        db.look(() -> db.each(
                "SELECT profile" + counts + " FROM certificate WHERE ca = ? AND not_after > ?"
                        + " AND state = 'issued' AND revoked_at IS NULL GROUP BY profile",
                row -> {
                    List<Long> found = new ArrayList<>();
                    for (int i = 0; i < ends.size(); i++) {
                        found.add(row.getLong(2 + i));
                    }
                    byProfile.put(row.getString(1), List.copyOf(found));
                },
                values.toArray()));
        return byProfile;
    }

    @Override
    public int highestShard(CaName ca) {
        return db.read(() -> {
            int highest = 0;
            for (String which : List.of("revoked_at IS NULL AND state = 'issued'", "revoked_at IS NOT NULL")) {
                highest = Math.max(
                        highest,
                        Database.first(db.query(
                                        "SELECT coalesce(max(shard), 0) FROM certificate WHERE ca = ? AND " + which,
                                        row -> row.getInt(1),
                                        ca.value()))
                                .orElse(0));
            }
            return highest;
        });
    }

    /** What narrows a query to a CA, or to one shard of it. */
    private static String part(CaName ca, OptionalInt shard, List<Object> values) {
        values.add(ca.value());
        shard.ifPresent(values::add);
        return shard.isPresent() ? "ca = ? AND shard = ?" : "ca = ?";
    }

    @Override
    public List<LedgerCertificate> unfinished() {
        return db.read(() -> db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE delivered_at IS NULL AND revoked_at IS NULL"
                        + " AND state <> 'refused' ORDER BY id",
                Rows::certificate));
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
    public List<BigInteger> takeCrlNumbers(CaName ca, List<CrlName> crls, BigInteger above) {
        return db.write(() -> takeNumbers(ca, crls, above));
    }

    private List<BigInteger> takeNumbers(CaName ca, List<CrlName> crls, BigInteger above) throws SQLException {
        long last = Database.first(
                        db.query("SELECT max(number) FROM crl WHERE ca = ?", row -> row.getLong(1), ca.value()))
                .orElse(0L);
        BigInteger next = BigInteger.valueOf(last)
                .max(above)
                .add(BigInteger.ONE)
                .max(BigInteger.valueOf(clock.instant().toEpochMilli()));
        if (next.bitLength() > 62) { // more than the ledger counts to, and more than devpki ever gave
            throw DevpkiException.integrity(
                    "the published CRL of " + ca + " has number " + above + ", which no CRL number can follow");
        }
        List<BigInteger> numbers = new ArrayList<>();
        for (CrlName crl : crls) {
            BigInteger number = next.add(BigInteger.valueOf(numbers.size()));
            db.update(
                    "INSERT INTO crl (ca, number, shard, is_delta, taken_at, taken_sequence)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    ca.value(),
                    number.longValueExact(),
                    crl.shard(),
                    crl.isDelta() ? 1 : 0,
                    now(),
                    audit.head().entries() + 1);
            numbers.add(number);
        }
        audit.append("crl.number", ca.value(), "number=" + upTo(numbers));
        return numbers;
    }

    /** {@code 17}, or {@code 17..20}. */
    private static String upTo(List<BigInteger> numbers) {
        BigInteger last = numbers.get(numbers.size() - 1);
        return numbers.size() == 1 ? last.toString() : numbers.get(0) + ".." + last;
    }

    @Override
    public void crlsShelved(CaName ca, List<Shelved> crls, String shelf) {
        db.change(() -> {
            StringBuilder detail = new StringBuilder();
            for (Shelved crl : crls) {
                db.update(
                        "UPDATE crl SET sha256 = ?, shelf = ? WHERE ca = ? AND number = ?",
                        crl.sha256().toArray(),
                        shelf,
                        ca.value(),
                        crl.number().longValueExact());
                detail.append("number=")
                        .append(crl.number())
                        .append(" sha256=")
                        .append(crl.sha256().hex())
                        .append(' ');
            }
            audit.append("crl.publish", ca.value(), detail + "shelf=" + shelf);
        });
    }

    @Override
    public void crlsAnnounced(CaName ca, List<BigInteger> numbers) {
        db.change(() -> {
            for (BigInteger number : numbers) {
                db.update(
                        "UPDATE crl SET announced_at = ? WHERE ca = ? AND number = ?",
                        now(),
                        ca.value(),
                        number.longValueExact());
            }
            audit.append("crl.announce", ca.value(), "number=" + upTo(numbers));
        });
    }

    @Override
    public Optional<LedgerCrl> crl(CaName ca, BigInteger number) {
        return number.bitLength() > 63
                ? Optional.empty()
                : db.read(() -> Database.first(db.query(
                        "SELECT " + Rows.CRL + " FROM crl WHERE ca = ? AND number = ?",
                        Rows::crl,
                        ca.value(),
                        number.longValueExact())));
    }

    @Override
    public Optional<LedgerCrl> latestShelvedCrl(CrlName name) {
        return db.read(() -> Database.first(db.query(
                "SELECT " + Rows.CRL + " FROM crl WHERE ca = ? AND shard = ? AND is_delta = ?"
                        + " AND sha256 IS NOT NULL ORDER BY number DESC LIMIT 1",
                Rows::crl,
                name.ca().value(),
                name.shard(),
                name.isDelta() ? 1 : 0)));
    }

    @Override
    public Optional<LedgerCrl> oldestShelvedCrl(CrlName name, Instant takenAfter) {
        return db.read(() -> Database.first(db.query(
                "SELECT " + Rows.CRL + " FROM crl WHERE ca = ? AND shard = ? AND is_delta = ?"
                        + " AND sha256 IS NOT NULL AND taken_at > ? ORDER BY number LIMIT 1",
                Rows::crl,
                name.ca().value(),
                name.shard(),
                name.isDelta() ? 1 : 0,
                takenAfter.toEpochMilli())));
    }

    @Override
    public void takeBack(CrlName from, List<RevokedEntry> entries, Instant end) {
        for (int at = 0; at < entries.size(); at += ROWS_AT_ONCE) {
            List<RevokedEntry> some = entries.subList(at, Math.min(at + ROWS_AT_ONCE, entries.size()));
            db.change(() -> {
                for (RevokedEntry entry : some) {
                    IssuerAndSerialNumber of = new IssuerAndSerialNumber(from.ca(), entry.serial());
                    if (row(of).isEmpty()) {
                        insertUnknown(from, entry.serial(), end);
                    }
                    markRevoked(of, new Revocation(entry.at(), entry.reason(), entry.invalidAt()));
                }
            });
        }
    }

    private void insertUnknown(CrlName from, SerialNumber serial, Instant end) throws SQLException {
        byte[] unknown = new byte[32];
        db.update(
                "INSERT INTO certificate (ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash,"
                        + " not_before, not_after, shard, key_made_here, state, reserved_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0, 'reserved', ?)",
                from.ca().value(),
                Rows.octets(serial),
                Reservation.unknownName(serial),
                Reservation.UNKNOWN_PROFILE,
                unknown,
                unknown,
                unknown,
                unknown,
                end.toEpochMilli(),
                from.shard(),
                now());
        audit.append(
                "certificate.adopt",
                Reservation.unknownName(serial),
                "ca=" + from.ca() + " serial=" + serial + " crl=" + from);
    }

    @Override
    public long revocationSequence(CaName ca, OptionalInt shard) {
        List<Object> values = new ArrayList<>();
        String where = part(ca, shard, values);
        return db.read(() -> Database.first(db.query(
                        "SELECT status_sequence FROM certificate WHERE " + where
                                + " AND status_sequence IS NOT NULL ORDER BY status_sequence DESC LIMIT 1",
                        row -> row.getLong(1),
                        values.toArray()))
                .orElse(0L));
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
        db.look(() -> {
            db.each(
                    "SELECT " + Rows.CERTIFICATE + " FROM certificate ORDER BY id",
                    row -> consumer.accept(Rows.certificate(row)));
        });
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
            db.look(() -> there.db.look(() -> tablesToReplace(there)));
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
            there.db.look(there.db::expectCopy);
            db.change(() -> {
                there.db.change(() -> {
                    there.db.drop(tablesToReplace(there));
                    new LedgerCopy(db, there.db).run();
                    proof.accept(there);
                });
                copied.run();
                for (String table : db.tables()) {
                    if (!table.equals("note")) {
                        db.execute("ALTER TABLE " + table + " RENAME TO " + ASIDE + table);
                    }
                }
                db.putNote(Database.MOVED_TO, target.url());
                db.setVersion(Migrations.MOVED);
            });
        }
    }

    /** The tables of an earlier state of this ledger; none where there is nothing. */
    private List<String> tablesToReplace(SqlStore there) throws SQLException {
        List<String> tables = there.db.tables();
        if (tables.isEmpty()) {
            return tables;
        }
        int version = there.db.version();
        Set<String> ours = new HashSet<>();
        for (String table : db.tables()) {
            ours.add(version == Migrations.MOVED && !table.equals("note") ? ASIDE + table : table);
        }
        if (version == 0 || !ours.containsAll(tables)) {
            throw DevpkiException.conflict("there are tables already that are not of this ledger: "
                    + tables.stream()
                            .filter(table -> version == 0 || !ours.contains(table))
                            .toList());
        }
        boolean isEarlier = Database.first(there.db.query(
                        "SELECT sequence, hash FROM " + (version == Migrations.MOVED ? ASIDE : "")
                                + "audit ORDER BY sequence DESC LIMIT 1",
                        row -> new AuditHead(row.getLong(1), Bytes.of(row.getBytes(2)))))
                .filter(audit::passed)
                .isPresent();
        if (!isEarlier) {
            throw DevpkiException.conflict("there is another ledger already, or what this one became later");
        }
        return tables;
    }

    @Override
    public void close() {
        try {
            db.close();
        } finally {
            locks.close();
        }
    }

    // ---- steps inside a transaction ----

    private Optional<LedgerCertificate> row(IssuerAndSerialNumber of) throws SQLException {
        return Database.first(db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE " + Rows.IS,
                Rows::certificate,
                Rows.octets(of.serial()),
                of.issuer().value()));
    }

    /** An entry about a certificate; people look for it by its serial. */
    private void append(String action, IssuerAndSerialNumber of, String detail) throws SQLException {
        audit.append(action, of.serial().hex(), "ca=" + of.issuer() + (detail.isEmpty() ? "" : " " + detail));
    }

    private List<LedgerCertificate> named(String name) throws SQLException {
        return db.query(
                "SELECT " + Rows.CERTIFICATE + " FROM certificate WHERE name = ? ORDER BY id", Rows::certificate, name);
    }

    private void markRevoked(IssuerAndSerialNumber of, Revocation revocation) throws SQLException {
        if (row(of).isEmpty()) {
            throw unknown(of);
        }
        expectOne(of, markEachRevoked(List.of(of), revocation));
    }

    private int markEachRevoked(List<IssuerAndSerialNumber> certificates, Revocation revocation) throws SQLException {
        int changed = 0;
        for (IssuerAndSerialNumber of : certificates) {
            Optional<String> name = Database.first(db.query(
                    "UPDATE certificate SET revoked_at = ?, reason = ?, invalid_at = ?, status_sequence = ?"
                            + " WHERE " + Rows.IS + " AND (revoked_at IS NULL OR reason = ? AND reason <> ?)"
                            + " AND state <> 'refused' RETURNING name",
                    row -> row.getString(1),
                    revocation.at().toEpochMilli(),
                    revocation.reason().code(),
                    revocation.invalidAt().map(Instant::toEpochMilli).orElse(null),
                    audit.head().entries() + 1,
                    Rows.octets(of.serial()),
                    of.issuer().value(),
                    RevocationReason.CERTIFICATE_HOLD.code(),
                    revocation.reason().code()));
            if (name.isPresent()) {
                changed++;
                append(
                        "certificate.revoke",
                        of,
                        "name=" + name.get() + " reason=" + revocation.reason().text()
                                + revocation
                                        .invalidAt()
                                        .map(at -> " invalid=" + at)
                                        .orElse(""));
            }
        }
        return changed;
    }

    private static String where(Filter filter, List<Object> values) {
        StringBuilder where = new StringBuilder("1 = 1");
        filter.ca().ifPresent(ca -> {
            where.append(" AND ca = ?");
            values.add(ca.value());
        });
        filter.namePrefix().ifPresent(prefix -> {
            where.append(" AND name >= ? AND name < ?");
            values.add(prefix);
            values.add(prefix + "\uffff");
        });
        filter.profile().ifPresent(profile -> {
            where.append(" AND profile = ?");
            values.add(profile);
        });
        filter.expiresBefore().ifPresent(instant -> {
            where.append(" AND not_after < ?");
            values.add(instant.toEpochMilli());
        });
        filter.batch().ifPresent(batch -> {
            where.append(" AND batch = ?");
            values.add(batch.value());
        });
        filter.revokedSince().ifPresent(instant -> {
            where.append(" AND revoked_at >= ?");
            values.add(instant.toEpochMilli());
        });
        filter.life().ifPresent(life -> {
            where.append(" AND " + Rows.LIFE + " = ?");
            values.add(life.text());
        });
        filter.isRevoked()
                .ifPresent(isRevoked ->
                        where.append(isRevoked ? " AND revoked_at IS NOT NULL" : " AND revoked_at IS NULL"));
        return where.toString();
    }

    private static DevpkiException unknown(IssuerAndSerialNumber of) {
        return DevpkiException.notFound("serial " + of + " is not in the ledger");
    }

    private static void expectOne(IssuerAndSerialNumber of, int changed) {
        if (changed != 1) {
            throw DevpkiException.conflict("certificate " + of + " was changed by another process meanwhile");
        }
    }

    private long now() {
        return clock.instant().toEpochMilli();
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
