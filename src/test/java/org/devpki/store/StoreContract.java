package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.devpki.model.AccessToken;
import org.devpki.model.Alarm;
import org.devpki.model.AuditEntry;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.BatchRow;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.CertificateStatus;
import org.devpki.model.CrlName;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.Flashed;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.JwtKey;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerPassword;
import org.devpki.model.LifeState;
import org.devpki.model.LineToken;
import org.devpki.model.NamePattern;
import org.devpki.model.PasswordHash;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.Succession;
import org.devpki.model.TokenForm;
import org.devpki.model.Validity;
import org.devpki.testing.FixedClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every store must do, whatever database it is in. */
@Timeout(60)
abstract class StoreContract {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final CaName CA = CaName.ISSUING;
    static final SerialNumber S1 = serial("4f01");
    static final SerialNumber S2 = serial("4f02");
    static final SerialNumber S3 = serial("4f03");
    private static final CrlName MAIN = CrlName.main(CA);
    private static final OptionalInt ALL = OptionalInt.empty();

    final FixedClock clock = FixedClock.at("2026-03-01T12:00:00Z");
    Store store;

    /** Makes an empty ledger. */
    abstract Store create(FixedClock clock);

    /** Opens the same ledger once more, as another process would, waiting at most so long for the other. */
    abstract Store another(FixedClock clock, Duration lockTimeout);

    @BeforeEach
    void makesALedgerWithOneCa() {
        store = create(clock);
        store.addCa(new LedgerCa(CA, Optional.empty(), serial("4fca"), "file:issuing-ca.key.pem"));
    }

    @AfterEach
    void closes() {
        store.close();
    }

    static IssuerAndSerialNumber of(SerialNumber serial) {
        return new IssuerAndSerialNumber(CA, serial);
    }

    static SerialNumber serial(String hex) {
        return SerialNumber.parse(hex);
    }

    static Reservation reservation(SerialNumber serial, String name) {
        return reservation(serial, name, Instant.parse("2036-03-01T12:00:00Z"));
    }

    static Reservation reservation(SerialNumber serial, String name, Instant notAfter) {
        return new Reservation(
                CA,
                serial,
                name,
                "device-mqtt",
                Bytes.utf8("profile").sha256(),
                Bytes.utf8("order").sha256(),
                Bytes.utf8("key of " + name).sha256(),
                Bytes.utf8("tbs").sha256(),
                new Validity(NOW.minusSeconds(3600), notAfter),
                0,
                Optional.empty(),
                true);
    }

    private static Reservation of(Reservation made, Optional<BatchId> batch, Bytes keyHash, boolean isKeyMadeHere) {
        return new Reservation(
                made.ca(),
                made.serial(),
                made.name(),
                made.profile(),
                made.profileHash(),
                made.orderHash(),
                keyHash,
                made.tbsHash(),
                made.validity(),
                made.shard(),
                batch,
                isKeyMadeHere);
    }

    private static CertificateDer der(String text) {
        return new CertificateDer(Bytes.utf8(text));
    }

    private void reserve(SerialNumber serial, String name) {
        store.reserve(reservation(serial, name), Set.of(), List.of());
    }

    private void issue(SerialNumber serial, String name) {
        reserve(serial, name);
        store.record(of(serial), der("certificate " + serial));
    }

    private LedgerCertificate row(SerialNumber serial) {
        return store.certificate(of(serial)).orElseThrow();
    }

    private List<RevokedEntry> revoked(CaName ca, Instant expiresFrom) {
        List<RevokedEntry> entries = new ArrayList<>();
        store.eachRevoked(ca, ALL, expiresFrom, entries::add);
        return entries;
    }

    private BigInteger take(BigInteger above) {
        return store.takeCrlNumbers(CA, List.of(MAIN), above).get(0);
    }

    private List<AuditEntry> audit() {
        List<AuditEntry> entries = new ArrayList<>();
        store.eachAuditEntry((entry, hash) -> entries.add(entry));
        return entries;
    }

    private List<String> actionsSince(int before) {
        List<AuditEntry> all = audit();
        return all.subList(before, all.size()).stream().map(AuditEntry::action).toList();
    }

    // From reservation to delivery.

    @Test
    void aReservationIsKeptAsItWasMade() {
        reserve(S1, "d1");

        LedgerCertificate row = row(S1);
        assertEquals(reservation(S1, "d1"), row.reservation());
        assertEquals(CertificateState.RESERVED, row.state());
        assertEquals(NOW, row.reservedAt());
        assertEquals(Optional.empty(), row.certificate());
        assertEquals(Optional.empty(), row.deliveredAt());
        assertEquals(Optional.empty(), row.revocation());
        assertEquals(List.of(row), store.unfinished());
    }

    @Test
    void aReservedSerialIsNeverGood() {
        reserve(S1, "d1");

        assertEquals(new CertificateStatus.Unknown(), row(S1).status());
    }

    @Test
    void aRecordedCertificateIsGoodAndUnfinishedUntilItIsDelivered() {
        reserve(S1, "d1");
        store.record(of(S1), der("one"));
        assertEquals(CertificateState.ISSUED, row(S1).state());
        assertEquals(Optional.of(der("one")), row(S1).certificate());
        assertEquals(new CertificateStatus.Good(), row(S1).status());
        assertEquals(1, store.unfinished().size());

        clock.advance(Duration.ofSeconds(5));
        store.deliver(of(S1), "folder embed");

        assertEquals(Optional.of(NOW.plusSeconds(5)), row(S1).deliveredAt());
        assertEquals(List.of(), store.unfinished());
    }

    @Test
    void whatADevicesFilesWereMadeForIsKeptUntilTheyAreMadeForAnother() {
        Flashed first = Flashed.parse("chip=esp32c3 home=ds key=4 flavour=tlv nvs-key=2");
        Flashed second = Flashed.parse("chip=esp32h2 home=flash flavour=nvs");
        issue(S1, "d1");
        assertEquals(Optional.empty(), row(S1).flashed());

        store.deliver(of(S1), "folder esp-secure-cert", Optional.of(first));
        assertEquals(Optional.of(first), row(S1).flashed());

        store.export(of(S1), "folder pem", Optional.empty(), false);
        assertEquals(Optional.of(first), row(S1).flashed());

        store.export(of(S1), "folder esp-secure-cert", Optional.of(second), false);
        assertEquals(Optional.of(second), row(S1).flashed());
        assertFault(
                Fault.CONFLICT, "4f09", () -> store.export(of(serial("4f09")), "folder pem", Optional.empty(), false));
    }

    @Test
    void aPrivateKeyThatLeavesASecondTimeRaisesAnAlarm() {
        issue(S1, "d1");
        store.deliver(of(S1), "folder embed");

        assertEquals(Optional.empty(), store.export(of(S1), "folder der", Optional.empty(), false));
        Alarm first = store.export(of(S1), "folder esp-secure-cert", Optional.empty(), true)
                .orElseThrow();
        Alarm second =
                store.export(of(S1), "folder nvs", Optional.empty(), true).orElseThrow();

        assertEquals(Alarm.Kind.KEY_EXPORTED_AGAIN, first.kind());
        assertEquals("4f01", first.subject());
        assertEquals(List.of(first, second), store.alarms(true));
        assertEquals(first, store.closeAlarm(first.id(), "looked"));
        assertEquals(List.of(second), store.alarms(true));
        Alarm closed = store.alarms(false).get(0);
        assertEquals(Optional.of(new Alarm.Closed(NOW, "looked")), closed.closed());
        assertEquals(closed, store.closeAlarm(first.id(), "again"));
        assertEquals(closed, store.alarms(false).get(0));
        assertFault(Fault.NOT_FOUND, "alarm 99", () -> store.closeAlarm(99, "looked"));
    }

    @Test
    void aKeyThatCameWithARequestMayBeExportedOnceWithoutAlarm() {
        store.reserve(
                of(reservation(S1, "d1"), Optional.empty(), Bytes.utf8("key").sha256(), false), Set.of(), List.of());
        store.record(of(S1), der("d1"));
        store.deliver(of(S1), "stream pem");

        assertEquals(Optional.empty(), store.export(of(S1), "folder esp-secure-cert", Optional.empty(), true));
        assertTrue(store.export(of(S1), "folder esp-secure-cert", Optional.empty(), true)
                .isPresent());
    }

    @Test
    void aKeyOfAnotherNameIsAConflictWithAnAlarmAndNothingIsReserved() {
        issue(S1, "d1");
        Reservation withKeyOfD1 = of(
                reservation(S2, "d2"), Optional.empty(), reservation(S1, "d1").keyHash(), false);

        assertFault(Fault.CONFLICT, "is d1's already", () -> store.reserve(withKeyOfD1, Set.of(), List.of()));

        assertEquals(Optional.empty(), store.certificate(of(S2)));
        assertEquals(1, store.alarms(true).size());
        assertEquals(Alarm.Kind.KEY_OF_TWO_NAMES, store.alarms(true).get(0).kind());
        assertEquals("d2", store.alarms(true).get(0).subject());
    }

    @Test
    void aDeviceIsWhereItsCertificateAndItsLastMarkSay() {
        BatchId batch = new BatchId("B1");
        Reservation made = reservation(S1, "d1");
        store.reserve(of(made, Optional.of(batch), made.keyHash(), true), Set.of(), List.of());
        assertEquals(LifeState.PLANNED, life(S1));
        assertFault(Fault.CONFLICT, "4f01", () -> store.mark(of(S1), LifeState.FLASHED, ""));
        store.record(of(S1), der("d1"));
        assertEquals(LifeState.ISSUED, life(S1));
        store.deliver(of(S1), "folder embed");
        assertEquals(LifeState.EXPORTED, life(S1));
        store.mark(of(S1), LifeState.IN_FIELD, "line3");
        assertEquals(LifeState.IN_FIELD, life(S1));
        assertEquals(Optional.of(NOW), store.certificate(of(S1)).orElseThrow().markedAt());
        assertEquals(Map.of(LifeState.IN_FIELD, 1L), store.countLives(batch));
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));
        assertEquals(LifeState.IN_FIELD, life(S1));
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.KEY_COMPROMISE));
        assertEquals(LifeState.REVOKED, life(S1));
        store.mark(of(S1), LifeState.RETIRED, "");
        assertEquals(LifeState.RETIRED, life(S1));

        assertEquals(
                List.of(S1),
                store.certificates(Store.Filter.all().at(LifeState.RETIRED), 0, 10).stream()
                        .map(LedgerCertificate::serial)
                        .toList());
        assertEquals(0, store.count(Store.Filter.all().at(LifeState.REVOKED)));
    }

    private LifeState life(SerialNumber serial) {
        return store.certificate(of(serial)).orElseThrow().life();
    }

    @Test
    void aCertificateIsRecordedOnce() {
        issue(S1, "d1");

        assertFault(Fault.CONFLICT, "4f01", () -> store.record(of(S1), der("another")));
        assertEquals(Optional.of(der("certificate 4f01")), row(S1).certificate());
    }

    @Test
    void whatWasNotReservedIsNotRecorded() {
        assertFault(Fault.CONFLICT, "4f09", () -> store.record(of(serial("4f09")), der("x")));
        assertEquals(Optional.empty(), store.certificate(of(serial("4f09"))));
    }

    @Test
    void aRefusedReservationIsNeitherLiveNorUnfinishedNorRevocable() {
        reserve(S1, "d1");

        store.refuse(of(S1), "lint said no");

        assertEquals(CertificateState.REFUSED, row(S1).state());
        assertFalse(row(S1).isLive(NOW));
        assertEquals(List.of(), store.unfinished());
        assertFault(
                Fault.CONFLICT,
                "4f01",
                () -> store.revoke(of(S1), new Revocation(NOW, RevocationReason.KEY_COMPROMISE)));
        assertFault(Fault.CONFLICT, "4f01", () -> store.record(of(S1), der("x")));
        assertEquals(List.of(), revoked(CA, Instant.EPOCH));
    }

    @Test
    void aReservationIsNotDeliveredBeforeItIsRecorded() {
        reserve(S1, "d1");

        assertFault(Fault.CONFLICT, "4f01", () -> store.deliver(of(S1), "folder"));
    }

    // Uniqueness and races.

    @Test
    void noSerialIsTakenTwice() {
        reserve(S1, "d1");

        assertFault(Fault.STORE_FAILED, "", () -> store.reserve(reservation(S1, "d2"), Set.of(), List.of()));
        assertEquals("d1", row(S1).reservation().name());
        assertEquals(List.of(), store.certificatesNamed("d2"));
    }

    @Test
    void aNameWhoseLiveCertificatesChangedIsBusy() {
        issue(S1, "d1");

        assertFault(
                Fault.BUSY, "run the command again", () -> store.reserve(reservation(S2, "d1"), Set.of(), List.of()));
        assertFault(Fault.BUSY, "d1", () -> store.reserve(reservation(S2, "d1"), Set.of(S1, S3), List.of()));
        assertEquals(Optional.empty(), store.certificate(of(S2)));

        store.reserve(reservation(S2, "d1"), Set.of(S1), List.of());
        assertEquals(List.of(S1, S2), serials(store.certificatesNamed("d1")));
    }

    @Test
    void expiredRevokedAndRefusedCertificatesAreNotLiveAndHeldAndReservedOnesAre() {
        store.reserve(reservation(S1, "d1", NOW.plusSeconds(10)), Set.of(), List.of());
        store.reserve(reservation(S2, "d1"), Set.of(S1), List.of());
        store.record(of(S2), der("two"));
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));
        clock.advance(Duration.ofSeconds(11)); // S1 has expired, S2 is held

        store.reserve(reservation(S3, "d1"), Set.of(S2), List.of());
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.KEY_COMPROMISE));
        store.reserve(reservation(serial("4f04"), "d1"), Set.of(S3), List.of());

        assertEquals(4, store.certificatesNamed("d1").size());
    }

    @Test
    void supersededCertificatesAreRevokedWithTheReservation() {
        issue(S1, "d1");

        store.reserve(reservation(S2, "d1"), Set.of(S1), List.of(of(S1)));

        assertEquals(Optional.of(new Revocation(NOW, RevocationReason.SUPERSEDED)), row(S1).revocation());
        assertEquals(CertificateState.RESERVED, row(S2).state());
    }

    @Test
    void aReservationThatFailsRevokesNothing() {
        issue(S1, "d1");
        int before = audit().size();

        // the serial is taken, after the old one was marked
        assertFault(Fault.STORE_FAILED, "", () -> store.reserve(reservation(S1, "d1"), Set.of(S1), List.of(of(S1))));

        assertEquals(Optional.empty(), row(S1).revocation());
        assertEquals(0, store.revocationSequence(CA, ALL));
        assertEquals(List.of(), actionsSince(before));
    }

    // Revocation.

    @Test
    void aRevokedCertificateSaysWhenAndWhy() {
        issue(S1, "d1");
        Revocation revocation = new Revocation(NOW.plusMillis(250), RevocationReason.KEY_COMPROMISE);

        store.revoke(of(S1), revocation);

        assertEquals(Optional.of(revocation), row(S1).revocation());
        assertEquals(
                new CertificateStatus.Revoked(NOW.plusMillis(250), RevocationReason.KEY_COMPROMISE), row(S1).status());
        assertEquals(List.of(new RevokedEntry(S1, NOW, RevocationReason.KEY_COMPROMISE)), revoked(CA, Instant.EPOCH));
        assertEquals(store.auditHead().entries(), store.revocationSequence(CA, ALL));
    }

    @Test
    void aRevocationForGoodIsNotChanged() {
        issue(S1, "d1");
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.KEY_COMPROMISE));

        assertFault(
                Fault.CONFLICT, "4f01", () -> store.revoke(of(S1), new Revocation(NOW, RevocationReason.UNSPECIFIED)));
        assertFault(Fault.CONFLICT, "4f01", () -> store.release(of(S1)));
        assertEquals(
                RevocationReason.KEY_COMPROMISE,
                row(S1).revocation().orElseThrow().reason());
    }

    @Test
    void aHoldCanBeReleasedOrMadeForGood() {
        issue(S1, "d1");
        issue(S2, "d2");
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));

        clock.advance(Duration.ofSeconds(1));
        store.release(of(S1));
        store.revoke(of(S2), new Revocation(NOW.plusSeconds(1), RevocationReason.KEY_COMPROMISE));

        assertEquals(new CertificateStatus.Good(), row(S1).status());
        assertEquals(
                new CertificateStatus.Revoked(NOW.plusSeconds(1), RevocationReason.KEY_COMPROMISE), row(S2).status());
        assertEquals(store.auditHead().entries(), store.revocationSequence(CA, ALL));
    }

    @Test
    void manyAreRevokedAtOnceWithAnEntryEachAndTheOthersStayAsTheyAre() {
        issue(S1, "d1");
        issue(S2, "d2");
        issue(S3, "d3");
        SerialNumber refused = serial("4f04");
        reserve(refused, "d4");
        store.refuse(of(refused), "lint said no");
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.SUPERSEDED));
        store.revoke(of(S3), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));
        int before = audit().size();
        Revocation ceased = new Revocation(
                NOW.plusSeconds(9), RevocationReason.CESSATION_OF_OPERATION, Optional.of(NOW.minusSeconds(60)));
        List<IssuerAndSerialNumber> all = Stream.of(S1, S2, S3, refused, serial("4f09"))
                .map(StoreContract::of)
                .toList();

        int changed = store.revokeAll(all, ceased);
        int again = store.revokeAll(all, ceased);

        assertEquals(2, changed);
        assertEquals(0, again);
        assertEquals(Optional.of(ceased), row(S1).revocation());
        assertEquals(
                RevocationReason.SUPERSEDED, row(S2).revocation().orElseThrow().reason());
        assertEquals(Optional.of(ceased), row(S3).revocation());
        List<AuditEntry> entries = audit().subList(before, audit().size());
        assertEquals(
                List.of("certificate.revoke 4f01", "certificate.revoke 4f03"),
                entries.stream()
                        .map(entry -> entry.action() + " " + entry.subject())
                        .toList());
        assertEquals(
                "ca=issuing-ca name=d1 reason=cessation-of-operation invalid=2026-03-01T11:59:00Z",
                entries.get(0).detail());
        assertEquals(entries.get(0).hash(), entries.get(1).previous());
        assertEquals(new Store.AuditHead(before + 2L, entries.get(1).hash()), store.auditHead());
        List<RevokedEntry> changes = new ArrayList<>();
        store.eachChangedSince(CA, ALL, before + 1L, changes::add);
        assertEquals(List.of(S3), changes.stream().map(RevokedEntry::serial).toList());
    }

    @Test
    void aHoldOfManyLeavesWhatIsHeldOrRevoked() {
        issue(S1, "d1");
        issue(S2, "d2");
        issue(S3, "d3");
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.KEY_COMPROMISE));

        int changed = store.revokeAll(
                List.of(of(S1), of(S2), of(S3)), new Revocation(NOW.plusSeconds(9), RevocationReason.CERTIFICATE_HOLD));

        assertEquals(1, changed);
        assertEquals(NOW, row(S1).revocation().orElseThrow().at());
        assertEquals(NOW.plusSeconds(9), row(S3).revocation().orElseThrow().at());
        assertEquals(
                List.of(S3), serials(store.certificates(Store.Filter.all().revokedSince(NOW.plusSeconds(9)), 0, 9)));
        assertEquals(3, store.count(Store.Filter.all().revokedSince(NOW)));
    }

    @Test
    void aReservationThatWasPerhapsSignedCanBeRevokedAndIsListed() {
        reserve(S1, "d1");

        store.revoke(of(S1), new Revocation(NOW, RevocationReason.UNSPECIFIED));

        assertEquals(1, revoked(CA, Instant.EPOCH).size());
        assertEquals(List.of(), store.unfinished());
    }

    @Test
    void anUnknownSerialCannotBeRevokedOrReleased() {
        assertFault(
                Fault.NOT_FOUND, "4f01", () -> store.revoke(of(S1), new Revocation(NOW, RevocationReason.UNSPECIFIED)));
        assertFault(Fault.NOT_FOUND, "4f01", () -> store.release(of(S1)));
    }

    @Test
    void revokedCertificatesAreListedWhileTheyExpireLateEnough() {
        store.reserve(reservation(S1, "d1", NOW.plusSeconds(60)), Set.of(), List.of());
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.UNSPECIFIED));

        assertEquals(1, revoked(CA, NOW.plusSeconds(60)).size());
        assertEquals(0, revoked(CA, NOW.plusSeconds(61)).size());
        assertEquals(0, revoked(CaName.ROOT, Instant.EPOCH).size());
    }

    @Test
    void liveCertificatesAreIssuedUnrevokedAndUnexpiredTheNewestFirst() {
        issue(S1, "d1");
        issue(S2, "d2");
        issue(S3, "d3");
        reserve(serial("4f04"), "d4");
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));

        assertEquals(List.of(S3, S1), serials(store.live(CA, ALL, 9)));
        assertEquals(List.of(S3), serials(store.live(CA, ALL, 1)));
        clock.set("2036-03-01T12:00:00Z");
        assertEquals(List.of(), store.live(CA, ALL, 9));
    }

    private void issueInShard(SerialNumber serial, int shard) {
        Reservation plain = reservation(serial, "d" + serial);
        store.reserve(
                new Reservation(
                        plain.ca(),
                        serial,
                        plain.name(),
                        plain.profile(),
                        plain.profileHash(),
                        plain.orderHash(),
                        plain.keyHash(),
                        plain.tbsHash(),
                        plain.validity(),
                        shard,
                        Optional.of(new BatchId("L3W47")),
                        plain.isKeyMadeHere()),
                Set.of(),
                List.of());
        store.record(of(serial), der("certificate " + serial));
    }

    @Test
    void aShardHasItsOwnRevokedLiveAndLastRevokedCertificatesAndItsOwnHistory() {
        assertEquals(0, store.highestShard(CA));
        issueInShard(S1, 2);
        issueInShard(S2, 7);
        issueInShard(S3, 2);
        store.revoke(of(S3), new Revocation(NOW, RevocationReason.KEY_COMPROMISE, Optional.of(NOW.minusSeconds(60))));
        long first = store.revocationSequence(CA, ALL);
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.UNSPECIFIED));
        OptionalInt two = OptionalInt.of(2);

        List<RevokedEntry> inTwo = new ArrayList<>();
        store.eachRevoked(CA, two, Instant.EPOCH, inTwo::add);
        assertEquals(
                List.of(new RevokedEntry(S3, NOW, RevocationReason.KEY_COMPROMISE, Optional.of(NOW.minusSeconds(60)))),
                inTwo);
        assertEquals(List.of(S1), serials(store.live(CA, two, 9)));
        assertEquals(List.of(S3), serials(store.lastRevoked(CA, two, 9)));
        assertEquals(List.of(S2, S3), serials(store.lastRevoked(CA, ALL, 9)));
        assertEquals(first, store.revocationSequence(CA, two));
        assertEquals(first + 1, store.revocationSequence(CA, OptionalInt.of(7)));
        assertEquals(0, store.revocationSequence(CA, OptionalInt.of(1)));
        assertEquals(7, store.highestShard(CA));
        assertEquals(
                List.of(S1, S2, S3),
                serials(store.certificates(Store.Filter.all().inBatch(new BatchId("L3W47")), 0, 9)));
        assertEquals(0, store.count(Store.Filter.all().inBatch(new BatchId("L3W48"))));
    }

    @Test
    void revokedCertificatesAreCountedByTheLengthOfTheirEntriesAndLiveOnesByShard() {
        issueInShard(S1, 2);
        issueInShard(S2, 7);
        issueInShard(S3, 2);
        issueInShard(serial("4f04"), 2);
        issueInShard(serial("05"), 2);
        store.reserve(reservation(serial("4f05"), "d5", NOW.plusSeconds(60)), Set.of(), List.of());
        store.record(of(serial("4f05")), der("short"));
        reserve(serial("4f06"), "d6");
        store.refuse(of(serial("4f06")), "lint");
        assertEquals(Map.of(0, 1L, 2, 4L, 7, 1L), store.countLive(CA, Optional.empty()));
        assertEquals(Map.of(2, 4L, 7, 1L), store.countLive(CA, Optional.of(new BatchId("L3W47"))));
        assertEquals(Map.of(), store.countLive(CaName.ROOT, Optional.empty()));

        store.revoke(of(S3), new Revocation(NOW, RevocationReason.KEY_COMPROMISE, Optional.of(NOW)));
        store.revoke(of(serial("05")), new Revocation(NOW.minusSeconds(5), RevocationReason.KEY_COMPROMISE));
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.KEY_COMPROMISE));
        store.revoke(of(serial("4f04")), new Revocation(NOW, RevocationReason.KEY_COMPROMISE));
        store.revoke(of(serial("4f05")), new Revocation(NOW, RevocationReason.UNSPECIFIED));

        List<Store.RevokedAlike> lasting = List.of(
                new Store.RevokedAlike(2, 1, RevocationReason.KEY_COMPROMISE, false, 1),
                new Store.RevokedAlike(2, 2, RevocationReason.KEY_COMPROMISE, false, 2),
                new Store.RevokedAlike(2, 2, RevocationReason.KEY_COMPROMISE, true, 1));
        assertEquals(lasting, store.countRevoked(CA, NOW.plusSeconds(61)));
        assertEquals(
                new Store.RevokedAlike(0, 2, RevocationReason.UNSPECIFIED, false, 1),
                store.countRevoked(CA, NOW).get(0));
        assertEquals(5, store.countRevokedSince(CA, NOW.minusSeconds(5)));
        assertEquals(4, store.countRevokedSince(CA, NOW));
        assertEquals(Map.of(7, 1L), store.countLive(CA, Optional.empty()));
        clock.set("2036-03-01T12:00:00Z");
        assertEquals(Map.of(), store.countLive(CA, Optional.empty()));
    }

    @Test
    void revokedCertificatesComeInTheOrderOfTheirSerialsOctets() {
        for (String hex : List.of("7f", "4f03", "4f", "4f01aa", "01", "4f02")) {
            issue(serial(hex), "d" + hex);
            store.revoke(of(serial(hex)), new Revocation(NOW, RevocationReason.UNSPECIFIED));
        }

        assertEquals(
                List.of("01", "4f", "4f01aa", "4f02", "4f03", "7f"),
                revoked(CA, Instant.EPOCH).stream()
                        .map(entry -> entry.serial().hex())
                        .toList());
    }

    @Test
    void whatChangedSinceAnEntryIsRevokedOrRemoved() {
        issue(S1, "d1");
        issue(S2, "d2");
        issue(S3, "d3");
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.KEY_COMPROMISE));
        long base = store.auditHead().entries();
        store.release(of(S2));
        store.revoke(of(S3), new Revocation(NOW, RevocationReason.SUPERSEDED));

        List<String> changes = new ArrayList<>();
        store.eachChangedSince(
                CA,
                ALL,
                base,
                entry -> changes.add(entry.serial() + " " + entry.reason().text()));

        assertEquals(List.of("4f02 remove-from-crl", "4f03 superseded"), changes);
    }

    // CRL numbers.

    @Test
    void theCrlsOfOneRunGetNumbersInARowAndAreFoundByName() {
        CrlName shard = CrlName.ofShard(CA, 3);
        int before = audit().size();

        List<BigInteger> numbers =
                store.takeCrlNumbers(CA, List.of(MAIN, shard, shard.delta()), new BigInteger("1900000000000"));
        store.crlsShelved(
                CA,
                List.of(new Store.Shelved(
                        shard, numbers.get(1), Bytes.utf8("crl").sha256())),
                "shelf");

        assertEquals(
                List.of(
                        new BigInteger("1900000000001"),
                        new BigInteger("1900000000002"),
                        new BigInteger("1900000000003")),
                numbers);
        assertEquals(numbers.get(1), store.latestShelvedCrl(shard).orElseThrow().number());
        assertEquals(Optional.empty(), store.latestShelvedCrl(shard.delta()));
        assertEquals(shard.delta(), store.crl(CA, numbers.get(2)).orElseThrow().name());
        assertEquals(List.of("crl.number", "crl.publish"), actionsSince(before));
    }

    @Test
    void aCrlNumberIsTheMillisecondsOfTheDayOrElseOneMoreThanTheLast() {
        long millis = 1_772_366_400_000L; // 2026-03-01T12:00:00Z

        assertEquals(BigInteger.valueOf(millis), take(BigInteger.ZERO));
        assertEquals(BigInteger.valueOf(millis + 1), take(BigInteger.ZERO));
        clock.advance(Duration.ofMillis(500));
        assertEquals(BigInteger.valueOf(millis + 500), take(BigInteger.ZERO));
    }

    @Test
    void aCrlNumberIsAboveThePublishedOneEvenAfterARestoredBackup() {
        BigInteger published = new BigInteger("1900000000000");

        assertEquals(new BigInteger("1900000000001"), take(published));
        assertEquals(new BigInteger("1900000000002"), take(BigInteger.ZERO));
    }

    @Test
    void aPublishedCrlNumberTooLargeToCountOnIsAnIntegrityFault() {
        int before = audit().size();

        assertFault(
                Fault.INTEGRITY,
                "number",
                () -> take(BigInteger.ONE.shiftLeft(63).subtract(BigInteger.ONE)));
        assertEquals(List.of(), actionsSince(before));
    }

    @Test
    void aCrlNumberThatWasTakenIsKnownAsShelvedAndAnnouncedInTurn() {
        BigInteger number = take(BigInteger.ZERO);
        assertEquals(Optional.empty(), store.latestShelvedCrl(MAIN));
        assertEquals(Optional.empty(), store.crl(CA, number).orElseThrow().sha256());

        store.crlsShelved(
                CA, List.of(new Store.Shelved(MAIN, number, Bytes.utf8("crl").sha256())), "shelf");
        assertEquals(
                Optional.of(Bytes.utf8("crl").sha256()),
                store.latestShelvedCrl(MAIN).orElseThrow().sha256());
        assertEquals(Optional.empty(), store.crl(CA, number).orElseThrow().announcedAt());

        store.crlsAnnounced(CA, List.of(number));
        assertEquals(Optional.of(NOW), store.crl(CA, number).orElseThrow().announcedAt());
        assertEquals(Optional.empty(), store.crl(CA, BigInteger.ONE.shiftLeft(90)));
    }

    // Audit.

    @Test
    void everyChangeAddsExactlyOneEntryOfItsOwn() {
        int before = audit().size();

        reserve(S1, "d1");
        store.record(of(S1), der("one"));
        store.deliver(of(S1), "folder");
        store.revoke(of(S1), new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));
        store.release(of(S1));
        reserve(S2, "d2");
        store.refuse(of(S2), "lint");
        BigInteger number = take(BigInteger.ZERO);
        store.crlsShelved(
                CA, List.of(new Store.Shelved(MAIN, number, Bytes.utf8("crl").sha256())), "shelf");
        store.crlsAnnounced(CA, List.of(number));
        store.setNote("word", "value");
        store.audit("store.backup", "b.zip", "files=3");
        store.acceptClock();

        assertEquals(
                List.of(
                        "certificate.reserve",
                        "certificate.issue",
                        "certificate.deliver",
                        "certificate.revoke",
                        "certificate.release",
                        "certificate.reserve",
                        "certificate.refuse",
                        "crl.number",
                        "crl.publish",
                        "crl.announce",
                        "note.set",
                        "store.backup",
                        "clock.accept"),
                actionsSince(before));
        assertEquals(Optional.of("value"), store.note("word"));
    }

    @Test
    void aSupersededCertificateHasAnEntryBesideTheReservations() {
        issue(S1, "d1");
        int before = audit().size();

        store.reserve(reservation(S2, "d1"), Set.of(S1), List.of(of(S1)));

        assertEquals(List.of("certificate.revoke", "certificate.reserve"), actionsSince(before));
    }

    @Test
    void aChangeThatFailsAddsNoEntry() {
        reserve(S1, "d1");
        int before = audit().size();

        assertFault(Fault.CONFLICT, "", () -> store.deliver(of(S1), "folder"));
        assertFault(Fault.CONFLICT, "", () -> store.release(of(S1)));
        assertFault(Fault.STORE_FAILED, "", () -> reserve(S1, "d2"));
        assertFault(
                Fault.STORE_FAILED,
                "",
                () -> store.addCa(new LedgerCa(CA, Optional.empty(), serial("4fcb"), "file:x")));

        assertEquals(List.of(), actionsSince(before));
    }

    @Test
    void theAuditIsAChainFromTheFirstEntryToTheNotedHead() {
        issue(S1, "d1");

        List<AuditEntry> entries = audit();
        Bytes previous = AuditEntry.GENESIS;
        for (int i = 0; i < entries.size(); i++) {
            assertEquals(i + 1, entries.get(i).sequence());
            assertEquals(previous, entries.get(i).previous());
            assertEquals("tester@bench", entries.get(i).actor());
            previous = entries.get(i).hash();
        }
        assertEquals(new Store.AuditHead(entries.size(), previous), store.auditHead());
        assertEquals("store.migrate", entries.get(0).action());
    }

    // The clock.

    @Test
    void aClockThatWentBackIsRefusedUntilItIsAccepted() {
        reserve(S1, "d1");
        clock.advance(Duration.ofMinutes(-3));
        int before = audit().size();

        assertFault(Fault.INTEGRITY, "the clock says 2026-03-01T11:57:00Z", () -> reserve(S2, "d2"));
        assertFault(Fault.INTEGRITY, "the clock says 2026-03-01T11:57:00Z", store::proveClock);
        assertEquals(List.of(), actionsSince(before));
        assertEquals(Optional.empty(), store.certificate(of(S2)));

        store.acceptClock();
        store.proveClock();
        reserve(S2, "d2");
        assertEquals(List.of("clock.accept", "certificate.reserve"), actionsSince(before));
    }

    @Test
    void aClockALittleBehindAnotherStationsIsAccepted() {
        clock.advance(Duration.ofMinutes(-2));

        store.proveClock();
        reserve(S1, "d1");

        assertTrue(store.certificate(of(S1)).isPresent());
    }

    // Lists.

    @Test
    void longListsComeInPagesByTheLastIdSeen() {
        for (int i = 1; i <= 7; i++) {
            reserve(serial("4f0" + i), "d" + i);
        }

        List<String> names = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        long after = 0;
        List<LedgerCertificate> page = store.certificates(Store.Filter.all(), after, 3);
        while (!page.isEmpty()) {
            sizes.add(page.size());
            page.forEach(row -> names.add(row.reservation().name()));
            after = page.get(page.size() - 1).id();
            page = store.certificates(Store.Filter.all(), after, 3);
        }

        assertEquals(List.of(3, 3, 1), sizes);
        assertEquals(List.of("d1", "d2", "d3", "d4", "d5", "d6", "d7"), names);
    }

    @Test
    void filtersNarrowListsAndCountsAlike() {
        issue(S1, "sensor-1");
        issue(S2, "sensor-2");
        store.reserve(reservation(S3, "pump_1", NOW.plusSeconds(60)), Set.of(), List.of());
        store.revoke(of(S2), new Revocation(NOW, RevocationReason.UNSPECIFIED));

        assertFilter(List.of(S1, S2), filter("sensor-", null, null));
        assertFilter(List.of(S3), filter(null, NOW.plusSeconds(61), null));
        assertFilter(List.of(S2), filter(null, null, true));
        assertFilter(List.of(S1, S3), filter(null, null, false));
        assertFilter(List.of(S1), filter("sensor-", null, false));
        assertFilter(List.of(), filter("sensor_", null, null)); // no wildcard
        assertFilter(List.of(S1, S2, S3), filter(null, null, null));
    }

    private static Store.Filter filter(String prefix, Instant expiresBefore, Boolean isRevoked) {
        return new Store.Filter(
                Optional.of(CA),
                Optional.ofNullable(prefix),
                Optional.of("device-mqtt"),
                Optional.ofNullable(expiresBefore),
                Optional.ofNullable(isRevoked),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private void assertFilter(List<SerialNumber> expected, Store.Filter filter) {
        assertEquals(expected, serials(store.certificates(filter, 0, 99)));
        assertEquals(expected.size(), store.count(filter));
    }

    private static List<SerialNumber> serials(List<LedgerCertificate> rows) {
        return rows.stream().map(LedgerCertificate::serial).toList();
    }

    @Test
    void casAreListedOldestFirstAndHaveOneNameEach() {
        clock.advance(Duration.ofSeconds(1));
        LedgerCa second = new LedgerCa(new CaName("a-second"), Optional.of(CA), serial("4fcc"), "file:b.key.pem");
        store.addCa(second);

        assertEquals(
                List.of("issuing-ca", "a-second"),
                store.cas().stream().map(ca -> ca.name().value()).toList());
        assertEquals(Optional.of(second), store.ca(new CaName("a-second")));
        assertEquals(Optional.empty(), store.ca(CaName.ROOT));
    }

    @Test
    void aSuccessionAndARetirementAreKeptWithAnEntryEach() {
        int before = audit().size();
        Succession succession =
                new Succession(new CaName("next"), clock.instant().plusSeconds(60));

        store.succeed(CA, succession);
        store.retire(CA);

        assertEquals(Optional.of(succession), store.ca(CA).orElseThrow().succession());
        assertEquals(Optional.of(clock.instant()), store.ca(CA).orElseThrow().retiredAt());
        assertFault(Fault.CONFLICT, "CA issuing-ca is retired already", () -> store.retire(CA));
        assertEquals(List.of("ca.succeed", "ca.retire"), actionsSince(before));
    }

    @Test
    void aRetiredCaHasNothingReservedButForItsDelegates() {
        reserve(serial("4fca"), "issuing-ca");
        store.record(of(serial("4fca")), der("own"));
        store.deliver(of(serial("4fca")), "ca");
        store.retire(CA);

        assertFault(
                Fault.REFUSED,
                "CA issuing-ca is retired since " + clock.instant() + ", and issues nothing",
                () -> reserve(S1, "d1"));
        store.reserve(reservation(S2, "issuing-ca-ocsp"), Set.of(), List.of(), false);

        assertEquals(Optional.empty(), store.certificate(of(S1)));
        assertEquals(S2, row(S2).serial());
    }

    @Test
    void aCaWhoseOwnCertificateWasNotDeliveredIssuesNothing() {
        reserve(serial("4fca"), "issuing-ca");

        assertFault(Fault.REFUSED, "CA issuing-ca is not finished", () -> reserve(S1, "d1"));
    }

    @Test
    void aReissuedCaHasItsNewCertificateAndNoneOfItsOwnCountsForTheLastEnd() {
        for (String own : List.of("4fca", "4fcb")) {
            store.reserve(
                    reservation(serial(own), "issuing-ca"),
                    own.equals("4fca") ? Set.of() : Set.of(serial("4fca")),
                    List.of(),
                    false);
            store.record(of(serial(own)), der(own));
        }
        store.deliver(of(serial("4fca")), "ca");

        store.reissue(CA, of(serial("4fcb")));

        assertEquals(serial("4fcb"), store.ca(CA).orElseThrow().serial());
        assertEquals(Optional.of(clock.instant()), row(serial("4fcb")).deliveredAt());
        assertEquals(Optional.empty(), store.lastEnd(store.ca(CA).orElseThrow(), Set.of("ocsp-responder")));
        assertFault(Fault.CONFLICT, "changed by another process", () -> store.reissue(CA, of(S1)));
        assertEquals(serial("4fcb"), store.ca(CA).orElseThrow().serial());
        assertTrue(store.auditEntries(Set.of("issuing-ca")).stream()
                .anyMatch(entry -> entry.action().equals("ca.reissue")));
    }

    @Test
    void theLastEndLeavesOutTheCasOwnCertificateAndWhatIsNotCounted() {
        assertEquals(Optional.empty(), store.lastEnd(store.ca(CA).orElseThrow(), Set.of("ocsp-responder")));
        issue(S1, "d1");

        Instant end = row(S1).reservation().validity().notAfter();

        assertEquals(Optional.of(end), store.lastEnd(store.ca(CA).orElseThrow(), Set.of("ocsp-responder")));
        assertEquals(
                Optional.empty(),
                store.lastEnd(
                        store.ca(CA).orElseThrow(), Set.of(row(S1).reservation().profile())));
    }

    @Test
    void liveCertificatesAreCountedByProfileAndByTheirEnds() {
        issue(S1, "d1");
        issue(S2, "d2");
        store.revoke(of(S2), new Revocation(clock.instant(), RevocationReason.KEY_COMPROMISE));
        Reservation one = row(S1).reservation();
        Instant end = one.validity().notAfter();

        assertEquals(
                Map.of(one.profile(), List.of(0L, 1L)), store.countLiveUntil(CA, List.of(end.minusMillis(1), end)));
    }

    @Test
    void casOfOneMillisecondAreListedThoseAboveFirst() {
        CaName above = new CaName("z-above");
        store.addCa(new LedgerCa(above, Optional.empty(), serial("4fcb"), "file:z.key.pem"));
        store.addCa(new LedgerCa(new CaName("a-below"), Optional.of(above), serial("4fcc"), "file:a.key.pem"));

        assertEquals(
                List.of("issuing-ca", "z-above", "a-below"),
                store.cas().stream().map(ca -> ca.name().value()).toList());
    }

    // Two at once.

    @Test
    void whatOneProcessWritesTheOtherSees() {
        try (Store other = another(clock, Duration.ofSeconds(5))) {
            reserve(S1, "d1");

            assertEquals(S1, other.certificate(of(S1)).orElseThrow().serial());
        }
    }

    @Test
    void aWordIsLockedByOneAndBusyForTheOtherUntilItIsReleased() {
        try (Store other = another(clock, Duration.ofMillis(100))) {
            try (Store.Held held = store.lock("name d1")) {
                assertFault(Fault.BUSY, "name d1", () -> other.lock("name d1"));
                other.lock("name d2").close();
            }
            other.lock("name d1").close();
        }
    }

    @Test
    void aLockIsWaitedFor() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Store other = another(clock, Duration.ofSeconds(20))) {
            Store.Held held = store.lock("word");
            CountDownLatch asked = new CountDownLatch(1);
            Future<Boolean> waiting = threads.submit(() -> {
                asked.countDown();
                other.lock("word").close();
                return true;
            });
            assertTrue(asked.await(10, TimeUnit.SECONDS));
            assertFalse(waiting.isDone());

            held.close();

            assertTrue(waiting.get(20, TimeUnit.SECONDS));
        } finally {
            threads.shutdownNow();
        }
    }

    private static LineToken token(long devices) {
        return new LineToken(
                "a".repeat(32),
                CA,
                devices,
                new NamePattern("d*"),
                List.of("device-mqtt"),
                Optional.empty(),
                NOW.plusSeconds(3600),
                NOW.minusSeconds(1));
    }

    private long used() {
        return store.quota().tokens().get(0).used();
    }

    @Test
    void aLineTokenCountsWhatMayHaveBeenSigned() {
        Bytes signed = Bytes.utf8("signed");
        assertTrue(store.restrict(token(2), signed));
        assertFalse(store.restrict(token(2), signed));
        assertFault(Fault.CONFLICT, "in force already", () -> store.restrict(token(3), Bytes.utf8("other")));

        reserve(S1, "d1");
        assertEquals(1, used());
        store.refuse(of(S1), "by lint"); // was certainly not signed
        assertEquals(0, used());

        reserve(S2, "d2");
        store.reserve(reservation(S3, "d2"), Set.of(S2), List.of(of(S2))); // in the place of the one whose key was lost
        assertEquals(1, used());
        assertEquals(Optional.of("a".repeat(32)), row(S3).token());
        assertEquals(Optional.empty(), row(S2).token());

        store.revoke(of(S3), new Revocation(NOW, RevocationReason.KEY_COMPROMISE)); // somebody had it
        reserve(serial("4f04"), "d2");
        assertEquals(2, used());
        assertFault(Fault.REFUSED, "0 are left for d3", () -> reserve(serial("4f05"), "d3"));
        assertEquals(Optional.empty(), store.certificate(of(serial("4f05"))));
        store.reserve(reservation(serial("4f06"), "issuing-ca-ocsp"), Set.of(), List.of(), false);
        assertEquals(2, used());
    }

    @Test
    void whatALineTokenRefusesSupersedesNothing() {
        reserve(S1, "e1");
        store.restrict(token(2), Bytes.utf8("signed"));

        assertFault(
                Fault.REFUSED,
                "name \"e1\" is not one",
                () -> store.reserve(reservation(S2, "e1"), Set.of(S1), List.of(of(S1))));

        assertEquals(Optional.empty(), row(S1).revocation());
    }

    @Test
    void aLineTokenEndsByTheLedgersClock() {
        store.restrict(token(2), Bytes.utf8("signed"));
        clock.advance(Duration.ofSeconds(3599));
        reserve(S1, "d1");
        clock.advance(Duration.ofSeconds(1));

        assertFault(Fault.REFUSED, "ended at 2026-03-01T13:00:00Z; 1 of 2", () -> reserve(S2, "d2"));

        clock.advance(Duration.ofHours(-1));
        assertFault(Fault.INTEGRITY, "the clock says", () -> reserve(S2, "d2"));
    }

    @Test
    void stationsThatIssueAtOnceDoNotOverdrawALineToken() throws Exception {
        store.restrict(token(25), Bytes.utf8("signed"));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Store other = another(clock, Duration.ofSeconds(30))) {
            List<Future<Integer>> stations = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                int station = w;
                Store mine = w % 2 == 0 ? store : other;
                stations.add(threads.submit(() -> {
                    int made = 0;
                    for (int i = 0; i < 10; i++) {
                        try {
                            mine.reserve(
                                    reservation(serial("5" + station + "0" + i), "d" + station + "-" + i),
                                    Set.of(),
                                    List.of());
                            made++;
                        } catch (DevpkiException e) {
                            assertEquals(Fault.REFUSED, e.fault(), e::sentence);
                        }
                    }
                    return made;
                }));
            }
            int made = 0;
            for (Future<Integer> station : stations) {
                made += station.get(50, TimeUnit.SECONDS);
            }
            assertEquals(25, made);
        } finally {
            threads.shutdownNow();
        }
        assertEquals(25, used());
        assertEquals(25, store.count(Store.Filter.all()));
    }

    private Store.Merge merge(Store.AuditHead seen, List<LedgerCertificate> added) {
        return new Store.Merge(
                "home.zip",
                new Store.AuditHead(7, Bytes.utf8("head").sha256()),
                seen,
                added,
                List.of(),
                Map.of(of(S1), new Revocation(NOW, RevocationReason.SUPERSEDED)),
                List.of(),
                List.of(),
                Map.of("merged x", "home.zip"));
    }

    private LedgerCertificate foreign(SerialNumber serial, String name) {
        return new LedgerCertificate(
                1,
                reservation(serial, name),
                CertificateState.ISSUED,
                NOW,
                Optional.of(der("certificate " + serial)),
                Optional.of(NOW),
                Optional.of(new Revocation(NOW.plusSeconds(3600), RevocationReason.KEY_COMPROMISE)), // a clock ahead
                Optional.empty(),
                LifeState.REVOKED,
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void aMergeIsOneTransaction() {
        issue(S1, "d1");
        List<LedgerCertificate> twice = List.of(foreign(S2, "d2"), foreign(S2, "d2"));
        Store.AuditHead before = store.auditHead();

        assertFault(Fault.STORE_FAILED, "", () -> store.merge(merge(before, twice)));
        assertEquals(before, store.auditHead());
        assertEquals(Optional.empty(), store.certificate(of(S2)));
        assertEquals(Optional.empty(), row(S1).revocation());
        assertEquals(Map.of(), store.notes("merged "));

        store.merge(merge(before, List.of(foreign(S2, "d2"))));
        assertEquals(
                RevocationReason.KEY_COMPROMISE,
                row(S2).revocation().orElseThrow().reason());
        assertEquals(NOW, row(S2).revocation().orElseThrow().at()); // or no CRL could list it for an hour
        assertEquals(2, revoked(CA, NOW).size());
        assertTrue(store.revocationSequence(CA, ALL) > before.entries());
        assertEquals(Map.of("merged x", "home.zip"), store.notes("merged "));
        assertFault(Fault.BUSY, "run the command again", () -> store.merge(merge(before, List.of(foreign(S3, "d3")))));
    }

    @Test
    void twoStoresThatWriteAtOnceLoseNothingAndKeepOneChain() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Store other = another(clock, Duration.ofSeconds(30))) {
            List<Future<?>> writers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                int writer = w;
                Store mine = w % 2 == 0 ? store : other;
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 10; i++) {
                        SerialNumber serial = serial("5" + writer + "0" + i);
                        mine.reserve(reservation(serial, "w" + writer + "-" + i), Set.of(), List.of());
                        mine.record(of(serial), der("x"));
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get(50, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertEquals(40, store.count(Store.Filter.all()));
        List<AuditEntry> entries = audit();
        assertEquals(82, entries.size()); // the schema, the CA, and two for each certificate
        Bytes previous = AuditEntry.GENESIS;
        for (AuditEntry entry : entries) {
            assertEquals(previous, entry.previous());
            previous = entry.hash();
        }
    }

    // ---- serials that several CAs gave ----

    private static final CaName OTHER_CA = new CaName("other-ca");

    /** As {@link #reservation}, but of another CA. */
    private static Reservation elsewhere(SerialNumber serial, String name) {
        Reservation like = reservation(serial, name);
        return new Reservation(
                OTHER_CA,
                serial,
                name,
                like.profile(),
                like.profileHash(),
                like.orderHash(),
                like.keyHash(),
                like.tbsHash(),
                like.validity(),
                like.shard(),
                like.batch(),
                like.isKeyMadeHere());
    }

    @Test
    void aSerialOfTwoCasIsTwoCertificates() {
        IssuerAndSerialNumber mine = of(S1);
        IssuerAndSerialNumber theirs = new IssuerAndSerialNumber(OTHER_CA, S1);
        store.addCa(new LedgerCa(OTHER_CA, Optional.empty(), serial("4fca"), "file:other-ca.key.pem"));
        issue(S1, "d1");
        store.reserve(elsewhere(S1, "e1"), Set.of(), List.of());
        assertFault(Fault.STORE_FAILED, "", () -> store.reserve(elsewhere(S1, "e2"), Set.of(), List.of()));

        // each is changed for itself
        store.record(theirs, der("theirs"));
        store.deliver(theirs, "folder");
        store.export(theirs, "folder", Optional.empty(), false);
        store.mark(theirs, LifeState.SHIPPED, "");
        store.revoke(theirs, new Revocation(NOW, RevocationReason.CERTIFICATE_HOLD));
        store.release(theirs);
        store.revoke(theirs, new Revocation(NOW, RevocationReason.KEY_COMPROMISE));

        assertEquals(List.of("d1", "e1"), names(store.certificatesWithSerial(S1)));
        assertEquals(der("certificate 4f01"), row(S1).certificate().orElseThrow());
        assertEquals(LifeState.ISSUED, row(S1).life());
        assertEquals(Optional.empty(), row(S1).revocation());
        assertEquals(List.of("d1"), names(store.live(CA, ALL, 9)));
        assertEquals(List.of("e1"), names(store.lastRevoked(OTHER_CA, ALL, 9)));
        assertEquals(List.of(), store.lastRevoked(CA, ALL, 9));

        // in a batch, with others, as their successor, and from a CRL
        store.planBatch(L3W47, "", List.of(row("1"), row("2")));
        store.noteBatch(L3W47, Map.of("1", new BatchOutcome.Done(mine), "2", new BatchOutcome.Done(theirs)));
        assertEquals(
                List.of(mine, theirs),
                store.batchRows(L3W47, 0, 9).stream()
                        .map(row -> row.outcome().orElseThrow().certificate().orElseThrow())
                        .toList());
        store.reserve(elsewhere(S2, "e2"), Set.of(), List.of());
        store.reserve(reservation(S2, "d2"), Set.of(), List.of());
        store.takeBack(CrlName.main(OTHER_CA), List.of(new RevokedEntry(S2, NOW, RevocationReason.SUPERSEDED)), NOW);
        assertEquals(Optional.empty(), row(S2).revocation());
        assertEquals(
                1,
                store.revokeAll(
                        List.of(of(S2), new IssuerAndSerialNumber(OTHER_CA, S2)),
                        new Revocation(NOW, RevocationReason.UNSPECIFIED)));
        store.reserve(reservation(S3, "d1"), Set.of(S1), List.of(mine));
        assertEquals(
                RevocationReason.KEY_COMPROMISE,
                store.certificate(theirs)
                        .orElseThrow()
                        .revocation()
                        .orElseThrow()
                        .reason());
        assertEquals(
                RevocationReason.SUPERSEDED, row(S1).revocation().orElseThrow().reason());
    }

    private static List<String> names(List<LedgerCertificate> rows) {
        return rows.stream().map(row -> row.reservation().name()).toList();
    }

    // ---- batches ----

    private static final BatchId L3W47 = new BatchId("L3W47");

    private static BatchRow row(String id) {
        return row(id, id);
    }

    private static BatchRow row(String id, String content) {
        return new BatchRow(id, "d" + id, Bytes.utf8(content).sha256());
    }

    @Test
    void aBatchGrowsAndTellsHowFarItIs() {
        store.planBatch(L3W47, "--key P-256", List.of(row("1"), row("2")));
        store.planBatch(L3W47, "--key P-256", List.of(row("3"), row("1")));
        store.noteBatch(
                L3W47,
                Map.of("1", new BatchOutcome.Failed("the disk is full"), "3", new BatchOutcome.Failed("no key")));
        store.noteBatch(L3W47, Map.of("1", new BatchOutcome.Done(of(S1))));

        assertEquals(List.of(new LedgerBatch(L3W47, "--key P-256", NOW, 3, 1, 1)), store.batches());
        assertEquals(Optional.of(store.batches().get(0)), store.batch(L3W47));
        assertEquals(1, store.batches().get(0).left());
        assertEquals(
                List.of(
                        new LedgerBatchRow(row("1"), 1, Optional.of(new BatchOutcome.Done(of(S1)))),
                        new LedgerBatchRow(row("2"), 2, Optional.empty()),
                        new LedgerBatchRow(row("3"), 3, Optional.of(new BatchOutcome.Failed("no key")))),
                store.batchRows(L3W47, 0, 10));
        assertEquals(
                List.of("2"),
                store.batchRows(L3W47, 1, 1).stream().map(r -> r.row().id()).toList());
        assertEquals(Optional.empty(), store.batch(new BatchId("other")));
    }

    @Test
    void aBatchRowThatSaysSomethingElseIsAConflictAndNothingOfItsPlanIsKept() {
        store.planBatch(L3W47, "a", List.of(row("1")));

        assertFault(
                Fault.CONFLICT,
                "row 1 of batch L3W47 says something else than when it was first seen",
                () -> store.planBatch(L3W47, "a", List.of(row("2"), row("1", "other"))));
        assertFault(
                Fault.CONFLICT,
                "batch L3W47 was begun with a, not with b",
                () -> store.planBatch(L3W47, "b", List.of(row("2"))));

        assertEquals(1, store.batchRows(L3W47, 0, 10).size());
    }

    // What ends.

    private void issued(SerialNumber serial, Reservation wanted) {
        store.reserve(wanted, liveOf(wanted.name()), List.of());
        store.record(of(serial), der(serial.hex()));
    }

    private Set<SerialNumber> liveOf(String name) {
        return store.certificatesNamed(name).stream()
                .filter(row -> row.isLive(clock.instant()))
                .map(LedgerCertificate::serial)
                .collect(java.util.stream.Collectors.toSet());
    }

    private List<String> expiring(Instant until, String... without) {
        List<String> names = new ArrayList<>();
        store.eachExpiring(
                until, Set.of(without), row -> names.add(row.reservation().name() + " " + row.serial()));
        return names;
    }

    @Test
    void whatEndsIsToldInTheOrderOfEndsUnlessALaterOneStandsInForIt() {
        Instant soon = NOW.plus(Duration.ofDays(10));
        Instant sooner = NOW.plus(Duration.ofDays(5));
        Instant later = NOW.plus(Duration.ofDays(400));
        Bytes key = Bytes.utf8("key of d1").sha256();
        issued(S1, of(reservation(S1, "d1", soon), Optional.of(new BatchId("B1")), key, false));
        issued(
                S2,
                of(
                        reservation(S2, "d2", sooner),
                        Optional.empty(),
                        Bytes.utf8("k2").sha256(),
                        false));
        issued(
                S3,
                of(
                        reservation(S3, CA.value(), sooner),
                        Optional.empty(),
                        Bytes.utf8("k3").sha256(),
                        false));
        List<String> both = expiring(NOW.plus(Duration.ofDays(30)), "another");

        // a certificate whose key nobody has stands in for none, and one that is revoked neither
        SerialNumber lost = serial("4f11");
        issued(lost, reservation(lost, "d1", later));
        List<String> withLost = expiring(NOW.plus(Duration.ofDays(30)), "another");
        store.deliver(of(lost), "folder");
        List<String> withRenewed = expiring(NOW.plus(Duration.ofDays(30)), "another");
        store.revoke(of(lost), new Revocation(NOW, RevocationReason.SUPERSEDED, Optional.empty()));
        List<String> withRevoked = expiring(NOW.plus(Duration.ofDays(30)), "another");
        store.mark(of(S2), LifeState.RETIRED, "");

        assertEquals(List.of("d2 4f02", "d1 4f01"), both);
        assertEquals(both, withLost);
        assertEquals(List.of("d2 4f02"), withRenewed);
        assertEquals(both, withRevoked);
        assertEquals(List.of("d1 4f01"), expiring(NOW.plus(Duration.ofDays(30)), "another"));
        assertEquals(List.of(), expiring(NOW.plus(Duration.ofDays(30)), "device-mqtt"));
        assertEquals(List.of(), expiring(NOW.plus(Duration.ofDays(4)), "another"));
    }

    @Test
    void theAuditTellsWhatItHasAboutSomeSubjects() {
        store.reserve(reservation(S1, "d1"), Set.of(), List.of());
        store.reserve(reservation(S2, "d2"), Set.of(), List.of());
        store.record(of(S1), der("1"));

        assertEquals(
                List.of("certificate.reserve d1", "certificate.issue 4f01"),
                store.auditEntries(Set.of("d1", "4f01")).stream()
                        .map(entry -> entry.action() + " " + entry.subject())
                        .toList());
    }

    private static final PasswordHash HASH = PasswordHash.parse("$7$1000$YWJjZGVmZ2gwMTIz$" + "A".repeat(86) + "==");
    private static final PasswordHash OTHER = PasswordHash.parse("$7$1000$YWJjZGVmZ2gwMTIz$" + "Q".repeat(86) + "==");

    @Test
    void aPasswordCountsOnceItIsPutInForceAndTheOneBeforeUntilThen() {
        DeviceId name = new DeviceId("d1");
        store.preparePasswords(Map.of(name, HASH));
        Optional<LedgerPassword> prepared = store.password(name);
        store.putPasswordsInForce(List.of(name));
        store.preparePasswords(Map.of(name, OTHER));
        Optional<LedgerPassword> rotating = store.password(name);
        store.putPasswordsInForce(List.of(name));
        Optional<LedgerPassword> rotated = store.password(name);
        store.revokePasswords(List.of(name));

        assertEquals(Optional.empty(), prepared.orElseThrow().inForce());
        assertEquals(Optional.of(HASH), prepared.orElseThrow().prepared());
        assertEquals(Optional.of(HASH), rotating.orElseThrow().inForce());
        assertEquals(Optional.of(OTHER), rotating.orElseThrow().prepared());
        assertEquals(
                new LedgerPassword(name, Optional.of(OTHER), Optional.of(NOW), Optional.empty(), Optional.empty()),
                rotated.orElseThrow());
        assertEquals(
                List.of(new LedgerPassword(
                        name, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(NOW))),
                store.passwords());
        assertEquals(
                List.of("password.prepare", "password.issue", "password.prepare", "password.issue", "password.revoke"),
                store.auditEntries(Set.of("d1")).stream()
                        .map(AuditEntry::action)
                        .toList());
    }

    @Test
    void whatIsNotPreparedIsNotPutInForceAndNothingElseWithIt() {
        DeviceId prepared = new DeviceId("d1");
        store.preparePasswords(Map.of(prepared, HASH));

        assertFault(
                Fault.CONFLICT,
                "no password of d2 is prepared",
                () -> store.putPasswordsInForce(List.of(prepared, new DeviceId("d2"))));

        assertEquals(Optional.empty(), store.password(prepared).orElseThrow().inForce());
        assertEquals(Optional.empty(), store.password(new DeviceId("d2")));
    }

    @Test
    void passwordsThatAreBroughtTakeThePlaceOfOthers() {
        DeviceId name = new DeviceId("d1");
        store.preparePasswords(Map.of(name, HASH));

        store.bringPasswords(Map.of(name, OTHER, new DeviceId("D2"), HASH), "passwd");

        assertEquals(
                List.of("D2", "d1"),
                store.passwords().stream().map(row -> row.name().value()).toList());
        assertEquals(Optional.of(OTHER), store.password(name).orElseThrow().inForce());
        assertEquals(Optional.empty(), store.password(name).orElseThrow().prepared());
    }

    @Test
    void aTokenSigningKeyKnowsWhenTheLastTokenEndsAndSignsNoneOnceItIsRetired() {
        JwtKey key =
                new JwtKey("kid-1", new PublicKeyDer(Bytes.utf8("key")), "file:k.key.pem", NOW, NOW.plusSeconds(60));
        store.addJwtKey(key);
        assertEquals(List.of(key), store.jwtKeys().all());

        store.issueJwt(jwt("4f21", NOW.plusSeconds(3600)), "kid-1");
        store.issueJwt(jwt("4f22", NOW.plusSeconds(60)), "kid-1");

        assertEquals(
                Optional.of(NOW.plusSeconds(3600)),
                store.jwtKeys().named("kid-1").lastExpiry());
        store.retireJwtKey("kid-1");
        assertEquals(Optional.of(NOW), store.jwtKeys().named("kid").retiredAt());
        assertThrows(DevpkiException.class, () -> store.retireJwtKey("kid-1"));
        assertThrows(DevpkiException.class, () -> store.issueJwt(jwt("4f23", NOW.plusSeconds(9999)), "kid-1"));
        assertEquals(
                List.of("jwt-key.add kid-1", "jwt.issue d1", "jwt.issue d1", "jwt-key.retire kid-1"),
                store.auditEntries(Set.of("d1", "kid-1")).stream()
                        .map(entry -> entry.action() + " " + entry.subject())
                        .toList());
    }

    private static AccessToken jwt(String id, Instant expires) {
        return new AccessToken(
                id,
                "devpki",
                Optional.empty(),
                new DeviceId("d1"),
                new DeviceId("d1"),
                NOW,
                expires,
                TokenForm.EMQX,
                List.of());
    }
}
