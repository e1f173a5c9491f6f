package org.devpki.store;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.devpki.model.AccessToken;
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
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.Succession;

/**
 * The ledger. Each changing method is one transaction with its audit entry, durable when it returns. Methods throw
 * {@link org.devpki.model.DevpkiException}: BUSY when another process holds the ledger for longer than the lock timeout,
 * STORE_FAILED for disk and database, INTEGRITY for a ledger that is damaged or whose last entry lies in the future.
 */
public interface Store extends AutoCloseable {
    /** How far another station's clock may be ahead before time is said to have gone back. */
    Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

    /** A lock on a word, held against other processes and threads until closed or until the process ends. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Which certificates a list shows; empty members do not narrow it.
     *
     * @param revokedSince revoked or held at this moment or later
     */
    record Filter(
            Optional<CaName> ca,
            Optional<String> namePrefix,
            Optional<String> profile,
            Optional<Instant> expiresBefore,
            Optional<Boolean> isRevoked,
            Optional<BatchId> batch,
            Optional<Instant> revokedSince,
            Optional<LifeState> life) {
        /** Everything. */
        public static Filter all() {
            return new Filter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        public Filter of(CaName wanted) {
            return new Filter(
                    Optional.of(wanted), namePrefix, profile, expiresBefore, isRevoked, batch, revokedSince, life);
        }

        public Filter revoked(Optional<Boolean> wanted) {
            return new Filter(ca, namePrefix, profile, expiresBefore, wanted, batch, revokedSince, life);
        }

        public Filter inBatch(BatchId wanted) {
            return new Filter(
                    ca, namePrefix, profile, expiresBefore, isRevoked, Optional.of(wanted), revokedSince, life);
        }

        public Filter at(LifeState wanted) {
            return new Filter(
                    ca, namePrefix, profile, expiresBefore, isRevoked, batch, revokedSince, Optional.of(wanted));
        }

        public Filter revokedSince(Instant moment) {
            return new Filter(ca, namePrefix, profile, expiresBefore, isRevoked, batch, Optional.of(moment), life);
        }
    }

    /** Waits for the lock up to the lock timeout. */
    Held lock(String word);

    void addCa(LedgerCa ca);

    /** Adds a CA whose CRL numbers go on above one that was given elsewhere, at once; 0 for none. */
    void addCa(LedgerCa ca, BigInteger lastCrl);

    /** All CAs, oldest first. */
    List<LedgerCa> cas();

    Optional<LedgerCa> ca(CaName name);

    /** Has another CA take a CA's orders over; what was noted before no longer counts. */
    void succeed(CaName ca, Succession succession);

    /** Delivers a CA's new certificate, which counts from now on. */
    void reissue(CaName ca, IssuerAndSerialNumber own);

    /** Ends what a CA issues, for good. @throws org.devpki.model.DevpkiException CONFLICT if it has ended before */
    void retire(CaName ca);

    /**
     * When the last certificate of a CA ends, whatever its state, but for one that was refused, and its own.
     *
     * @param without names of profiles that do not count
     */
    Optional<Instant> lastEnd(LedgerCa ca, Set<String> without);

    /**
     * Takes a serial and a name.
     *
     * @param seenLive the serials of the name's live certificates of this CA as the caller saw them; a conflict if they changed
     * @param superseded certificates to revoke as superseded in the same transaction; line tokens count them no longer
     * @param isCounted whether a line token has to allow it, where there are any
     * @throws org.devpki.model.DevpkiException CONFLICT, with an alarm, if another name has a certificate for the key;
     *     REFUSED if no line token allows it, or, of what is counted, if the CA is retired or not finished
     */
    void reserve(
            Reservation reservation,
            Set<SerialNumber> seenLive,
            List<IssuerAndSerialNumber> superseded,
            boolean isCounted);

    /** The same, counted. */
    default void reserve(Reservation reservation, Set<SerialNumber> seenLive, List<IssuerAndSerialNumber> superseded) {
        reserve(reservation, seenLive, superseded, true);
    }

    /**
     * Puts a line token into force, for good.
     *
     * @param signed the file that it was read from
     * @return false if it was in force already
     */
    boolean restrict(LineToken token, Bytes signed);

    /** The line tokens in force. */
    Quota quota();

    Optional<LedgerPassword> password(DeviceId name);

    /** Of all devices that have or had one, in the order of their names. */
    List<LedgerPassword> passwords();

    /** Notes passwords that are made and not delivered yet; those in force stay so. */
    void preparePasswords(Map<DeviceId, PasswordHash> made);

    /**
     * Puts prepared passwords in force, for they were delivered.
     *
     * @throws org.devpki.model.DevpkiException CONFLICT, with none put in force, if one is not prepared
     */
    void putPasswordsInForce(Collection<DeviceId> names);

    /**
     * Puts passwords in force that were made elsewhere.
     *
     * @param origin the file that they came in
     */
    void bringPasswords(Map<DeviceId, PasswordHash> hashes, String origin);

    /** Forgets the hashes of passwords, in force or prepared. */
    void revokePasswords(Collection<DeviceId> names);

    /** Who has a certificate for a key, other than {@code name}; the first of them. */
    Optional<String> ownerOfKey(Bytes keyHash, String name);

    /** All certificates for a key, oldest first. */
    List<LedgerCertificate> certificatesOfKey(Bytes keyHash);

    /**
     * What comes of a batch from another ledger.
     *
     * @param rows that this ledger does not have
     * @param outcomes by the IDs of rows
     */
    record MergedBatch(
            BatchId id, String settings, Instant begunAt, List<BatchRow> rows, Map<String, BatchOutcome> outcomes) {}

    /**
     * What another ledger has more than this one.
     *
     * @param source its file's name
     * @param head of its audit
     * @param seen the head of this ledger's audit before the two were compared
     * @param added certificates that this ledger does not have, with their revocations
     * @param ahead certificates that it has, and knows less of
     * @param revoked certificates that it has, and not as revoked
     * @param notes that it does not have
     */
    record Merge(
            String source,
            AuditHead head,
            AuditHead seen,
            List<LedgerCertificate> added,
            List<LedgerCertificate> ahead,
            Map<IssuerAndSerialNumber, Revocation> revoked,
            List<MergedBatch> batches,
            List<Alarm> alarms,
            Map<String, String> notes) {}

    /**
     * Brings it, in one transaction.
     *
     * @throws org.devpki.model.DevpkiException BUSY if this ledger changed after it was compared
     */
    void merge(Merge merge);

    /**
     * What the ledger of another program has and this one lacks.
     *
     * @param source its kind, for the audit
     * @param added certificates that this ledger does not have; of those that it knows from a CRL alone, all that was
     *     unknown
     * @param revoked certificates that it has, and not as revoked
     */
    record Adoption(String source, List<LedgerCertificate> added, Map<IssuerAndSerialNumber, Revocation> revoked) {}

    /** Brings it, each certificate in one transaction with its audit entries; so much as is there stays when it is cut short. */
    void adopt(Adoption adoption);

    /** Keeps a certificate that is reserved. */
    void record(IssuerAndSerialNumber of, CertificateDer certificate);

    /** Notes that lint refused what was reserved, so it was certainly not signed. */
    void refuse(IssuerAndSerialNumber of, String why);

    /**
     * Notes that the certificate, with its key where it was made here, is complete in somebody's hands.
     *
     * @param flashed what its files were made for
     */
    void deliver(IssuerAndSerialNumber of, String how, Optional<Flashed> flashed);

    /** The same, for what no chip is flashed with. */
    default void deliver(IssuerAndSerialNumber of, String how) {
        deliver(of, how, Optional.empty());
    }

    /**
     * Notes that the certificate was packed once more.
     *
     * @param flashed what its files are made for from now on; as before when absent
     * @param withKey whether the private key is among them
     * @return the alarm that is raised when a private key leaves a second time
     */
    Optional<Alarm> export(IssuerAndSerialNumber of, String how, Optional<Flashed> flashed, boolean withKey);

    /**
     * Notes where a device is.
     *
     * @param by who says so, such as a station; may be empty
     */
    void mark(IssuerAndSerialNumber of, LifeState state, String by);

    /** How many certificates of a batch are where in their life. */
    Map<LifeState, Long> countLives(BatchId batch);

    /** Alarms, the oldest first. */
    List<Alarm> alarms(boolean isOpenOnly);

    /** Notes that somebody looked. @return the alarm as it was; closed before means that nothing changed */
    Alarm closeAlarm(long id, String why);

    Optional<LedgerCertificate> certificate(IssuerAndSerialNumber of);

    /** All certificates with a serial, which several CAs may have given; oldest first. */
    List<LedgerCertificate> certificatesWithSerial(SerialNumber serial);

    /** All certificates of a name, oldest first, whatever their state. */
    List<LedgerCertificate> certificatesNamed(String name);

    /** A page of certificates with ids above {@code afterId}, in order of id. */
    List<LedgerCertificate> certificates(Filter filter, long afterId, int most);

    /** How many certificates the filter shows. */
    long count(Filter filter);

    /**
     * Issued certificates that end before {@code until}, neither revoked nor held, their devices not retired, that no other
     * one of the name and profile outlasts; of devices, which have other names than CAs. Those that end first come first, as
     * many as there are, one at a time: the consumer must not change the ledger.
     *
     * @param without names of profiles that do not count
     */
    void eachExpiring(Instant until, Set<String> without, Consumer<LedgerCertificate> consumer);

    /** A hold can be revoked for good. @throws org.devpki.model.DevpkiException CONFLICT if it is revoked or was refused */
    void revoke(IssuerAndSerialNumber of, Revocation revocation);

    /**
     * Revokes those of the certificates that are known and not revoked for good, and for a hold not held, in one
     * transaction with an audit entry each; the others stay as they are.
     *
     * @return how many were revoked
     */
    int revokeAll(List<IssuerAndSerialNumber> certificates, Revocation revocation);

    /** Ends a hold. */
    void release(IssuerAndSerialNumber of);

    /**
     * Revoked certificates of a CA, or of one shard of it, perhaps-issued ones too, that expire at {@code expiresFrom} or
     * later; in the order of their serials' octets. As many as there are, one at a time: the consumer must not change the
     * ledger.
     */
    void eachRevoked(CaName ca, OptionalInt shard, Instant expiresFrom, Consumer<RevokedEntry> consumer);

    /**
     * What was revoked or released by audit entries after {@code sequence}, in the order of the serials' octets; a
     * released one has the reason removeFromCRL. The consumer must not change the ledger.
     */
    void eachChangedSince(CaName ca, OptionalInt shard, long sequence, Consumer<RevokedEntry> consumer);

    /** Certificates that are issued, neither revoked nor held, and not expired; those that last longest first. */
    List<LedgerCertificate> live(CaName ca, OptionalInt shard, int most);

    /** The certificates that were revoked last, the latest first. */
    List<LedgerCertificate> lastRevoked(CaName ca, OptionalInt shard, int most);

    /**
     * Revoked certificates of a CA whose CRL entries have the same length.
     *
     * @param serialOctets without leading zeros
     */
    record RevokedAlike(int shard, int serialOctets, RevocationReason reason, boolean hasInvalidityDate, long count) {}

    /** How many there are of what {@link #eachRevoked} tells, counted without reading a certificate. */
    List<RevokedAlike> countRevoked(CaName ca, Instant expiresFrom);

    /** How many of a CA's certificates were revoked at {@code from} or later. */
    long countRevokedSince(CaName ca, Instant from);

    /** How many of a CA's certificates are issued, neither revoked nor held, and not expired, by shard. */
    Map<Integer, Long> countLive(CaName ca, Optional<BatchId> batch);

    /** How many of a CA's certificates, of those that {@link #countLive} counts, end at each instant or before, by profile. */
    Map<String, List<Long>> countLiveUntil(CaName ca, List<Instant> ends);

    /** The highest shard that any certificate of the CA is in; 0 when none has a shard. */
    int highestShard(CaName ca);

    /** Reservations without a certificate, and certificates whose bundle was never complete; revoked ones left out. */
    List<LedgerCertificate> unfinished();

    /**
     * Notes what a batch is about to make; rows that it has already, with the same content, stay as they are.
     *
     * @param settings what holds for all of its rows, the same each time
     * @throws org.devpki.model.DevpkiException CONFLICT, with nothing noted, if the batch was begun with other settings or
     *     has one of the rows with other content
     */
    void planBatch(BatchId batch, String settings, List<BatchRow> rows);

    /** Notes nothing. @throws org.devpki.model.DevpkiException CONFLICT as {@link #planBatch} would */
    void checkBatch(BatchId batch, String settings, List<BatchRow> rows);

    /** All batches, the oldest first. */
    List<LedgerBatch> batches();

    Optional<LedgerBatch> batch(BatchId id);

    /** A page of a batch's rows with positions above {@code after}, in order of position. */
    List<LedgerBatchRow> batchRows(BatchId batch, long after, int most);

    /** Notes what came of rows, by their IDs; a later outcome replaces an earlier one. */
    void noteBatch(BatchId batch, Map<String, BatchOutcome> outcomes);

    /**
     * Takes a number for each of a CA's CRLs, in the order given: larger than all before and than {@code above}, at least
     * the milliseconds since 1970.
     */
    List<BigInteger> takeCrlNumbers(CaName ca, List<CrlName> crls, BigInteger above);

    /** A CRL that has been put on a shelf. */
    record Shelved(CrlName name, BigInteger number, Bytes sha256) {}

    void crlsShelved(CaName ca, List<Shelved> crls, String shelf);

    /** Notes that the hooks of CRLs have run. */
    void crlsAnnounced(CaName ca, List<BigInteger> numbers);

    Optional<LedgerCrl> crl(CaName ca, BigInteger number);

    /** The CRL of this name with the highest number that was shelved. */
    Optional<LedgerCrl> latestShelvedCrl(CrlName name);

    /** The CRL of this name with the lowest number of those that were shelved and numbered after an instant. */
    Optional<LedgerCrl> oldestShelvedCrl(CrlName name, Instant takenAfter);

    /**
     * Takes revocations over from a published CRL. A serial that the ledger does not know is noted as perhaps issued, in
     * the CRL's shard, with an end that is certainly not too early.
     */
    void takeBack(CrlName from, List<RevokedEntry> entries, Instant end);

    /** The audit entry of the last revocation, release or supersession of the CA or its shard; 0 if there was none. */
    long revocationSequence(CaName ca, OptionalInt shard);

    /** The keys that sign access tokens. */
    JwtKeys jwtKeys();

    void addJwtKey(JwtKey key);

    /** Ends what a key's tokens count. @throws org.devpki.model.DevpkiException CONFLICT if it has ended before */
    void retireJwtKey(String id);

    /** Notes that a token is about to be signed. @throws org.devpki.model.DevpkiException CONFLICT for a key that is retired */
    void issueJwt(AccessToken token, String key);

    /** Whether somebody else holds the lock at this moment. */
    boolean isLocked(String word);

    /** A word kept beside the ledger, such as the hash of what {@code init} was told. */
    Optional<String> note(String key);

    /** Those whose keys begin so. */
    Map<String, String> notes(String prefix);

    void setNote(String key, String value);

    /** Adds an entry of its own to the audit, for deeds that change files rather than rows. */
    void audit(String action, String subject, String detail);

    /** @throws org.devpki.model.DevpkiException INTEGRITY if the clock says a time before the last entry of the audit */
    void proveClock();

    /** Accepts that the clock went back: later entries are compared with this one. */
    void acceptClock();

    /** Every entry of the audit, first to last, with the hash that stands beside it. */
    void eachAuditEntry(java.util.function.BiConsumer<AuditEntry, Bytes> consumer);

    /** The entries about any of these, first to last; all entries are looked at. */
    List<AuditEntry> auditEntries(Set<String> subjects);

    /** How many entries the audit should have, and the hash of the last. */
    AuditHead auditHead();

    /** The end of the audit chain. */
    record AuditHead(long entries, Bytes hash) {}

    /** What the database itself finds wrong with its file; empty when nothing is. */
    List<String> faults();

    /** Every certificate, for checks that look at all. */
    void eachCertificate(Consumer<LedgerCertificate> consumer);

    /** Writes a consistent copy of the ledger to a file that must not exist. */
    void copyTo(Path file);

    @Override
    void close();
}
