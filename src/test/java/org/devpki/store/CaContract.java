package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CrlName;
import org.devpki.model.Fault;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.model.Succession;
import org.junit.jupiter.api.Test;

/** CAs, the numbers of their CRLs, and lists of what they issued. A link of {@link StoreContract}. */
abstract class CaContract extends RevocationContract {
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

    static Store.Filter filter(String prefix, Instant expiresBefore, Boolean isRevoked) {
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

    void assertFilter(List<SerialNumber> expected, Store.Filter filter) {
        assertEquals(expected, serials(store.certificates(filter, 0, 99)));
        assertEquals(expected.size(), store.count(filter));
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
}
