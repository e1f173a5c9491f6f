package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.model.AuditEntry;
import org.devpki.model.BatchId;
import org.devpki.model.CaName;
import org.devpki.model.CertificateStatus;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.junit.jupiter.api.Test;

/** What is revoked, held and released, by CA and by shard. A link of {@link StoreContract}. */
abstract class RevocationContract extends CertificateContract {
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

    void issueInShard(SerialNumber serial, int shard) {
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
}
