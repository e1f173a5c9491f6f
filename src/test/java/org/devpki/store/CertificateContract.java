package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.Alarm;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateState;
import org.devpki.model.CertificateStatus;
import org.devpki.model.Fault;
import org.devpki.model.Flashed;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.junit.jupiter.api.Test;

/** From a reservation to a certificate in somebody's hands. A link of {@link StoreContract}, which each database inherits whole. */
abstract class CertificateContract extends LedgerFixture {
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

    LifeState life(SerialNumber serial) {
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
}
