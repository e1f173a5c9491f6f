package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.AccessToken;
import org.devpki.model.AuditEntry;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.BatchRow;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CrlName;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.JwtKey;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerPassword;
import org.devpki.model.LifeState;
import org.devpki.model.PasswordHash;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.TokenForm;
import org.junit.jupiter.api.Test;

/** Serials of several CAs, batches, what ends, passwords and token keys. A link of {@link StoreContract}. */
abstract class BatchContract extends CaContract {
    // ---- serials that several CAs gave ----

    static final CaName OTHER_CA = new CaName("other-ca");

    /** As {@link #reservation}, but of another CA. */
    static Reservation elsewhere(SerialNumber serial, String name) {
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

    static List<String> names(List<LedgerCertificate> rows) {
        return rows.stream().map(row -> row.reservation().name()).toList();
    }

    // ---- batches ----

    static final BatchId L3W47 = new BatchId("L3W47");

    static BatchRow row(String id) {
        return row(id, id);
    }

    static BatchRow row(String id, String content) {
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

    void issued(SerialNumber serial, Reservation wanted) {
        store.reserve(wanted, liveOf(wanted.name()), List.of());
        store.record(of(serial), der(serial.hex()));
    }

    Set<SerialNumber> liveOf(String name) {
        return store.certificatesNamed(name).stream()
                .filter(row -> row.isLive(clock.instant()))
                .map(LedgerCertificate::serial)
                .collect(java.util.stream.Collectors.toSet());
    }

    List<String> expiring(Instant until, String... without) {
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

    static final PasswordHash HASH = PasswordHash.parse("$7$1000$YWJjZGVmZ2gwMTIz$" + "A".repeat(86) + "==");
    static final PasswordHash OTHER = PasswordHash.parse("$7$1000$YWJjZGVmZ2gwMTIz$" + "Q".repeat(86) + "==");

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

    static AccessToken jwt(String id, Instant expires) {
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
