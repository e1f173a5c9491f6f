package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.devpki.model.AuditEntry;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateState;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.LineToken;
import org.devpki.model.NamePattern;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.junit.jupiter.api.Test;

/**
 * What every store must do, whatever database it is in: the audit, the clock, and several at once; all else is in the links that
 * it extends, a table or two in each.
 */
abstract class StoreContract extends BatchContract {
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

    static LineToken token(long devices) {
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

    long used() {
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

    LedgerCertificate foreign(SerialNumber serial, String name) {
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
}
