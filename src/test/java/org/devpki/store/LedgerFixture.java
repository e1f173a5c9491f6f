package org.devpki.store;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.model.AuditEntry;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlName;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Reservation;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.Validity;
import org.devpki.testing.FixedClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A ledger with one CA, and the words in which the contract of {@link Store} speaks of it. */
@Timeout(60)
abstract class LedgerFixture {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final CaName CA = CaName.ISSUING;
    static final SerialNumber S1 = serial("4f01");
    static final SerialNumber S2 = serial("4f02");
    static final SerialNumber S3 = serial("4f03");
    static final CrlName MAIN = CrlName.main(CA);
    static final OptionalInt ALL = OptionalInt.empty();

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

    static Reservation of(Reservation made, Optional<BatchId> batch, Bytes keyHash, boolean isKeyMadeHere) {
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

    static CertificateDer der(String text) {
        return new CertificateDer(Bytes.utf8(text));
    }

    void reserve(SerialNumber serial, String name) {
        store.reserve(reservation(serial, name), Set.of(), List.of());
    }

    void issue(SerialNumber serial, String name) {
        reserve(serial, name);
        store.record(of(serial), der("certificate " + serial));
    }

    LedgerCertificate row(SerialNumber serial) {
        return store.certificate(of(serial)).orElseThrow();
    }

    List<RevokedEntry> revoked(CaName ca, Instant expiresFrom) {
        List<RevokedEntry> entries = new ArrayList<>();
        store.eachRevoked(ca, ALL, expiresFrom, entries::add);
        return entries;
    }

    BigInteger take(BigInteger above) {
        return store.takeCrlNumbers(CA, List.of(MAIN), above).get(0);
    }

    List<AuditEntry> audit() {
        List<AuditEntry> entries = new ArrayList<>();
        store.eachAuditEntry((entry, hash) -> entries.add(entry));
        return entries;
    }

    List<String> actionsSince(int before) {
        List<AuditEntry> all = audit();
        return all.subList(before, all.size()).stream().map(AuditEntry::action).toList();
    }

    static List<SerialNumber> serials(List<LedgerCertificate> rows) {
        return rows.stream().map(LedgerCertificate::serial).toList();
    }
}
