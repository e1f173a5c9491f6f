package org.devpki.ca;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlPlan;
import org.devpki.model.Fault;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.testing.TestAuthority;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Seals;
import org.junit.jupiter.api.Test;

/** One test for each thing that a CRL must prove before it goes on a shelf. */
class CrlProofTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final TestAuthority CA = TestAuthority.root("plant-7");
    private static final TestAuthority STRANGER = TestAuthority.root("stranger");
    private static final SerialNumber LOST = SerialNumber.parse("4f11");
    private static final RevokedEntry LOST_ENTRY = entry(LOST, RevocationReason.KEY_COMPROMISE);

    private static boolean nothingMayVanish(RevokedEntry entry) {
        return false;
    }

    private static RevokedEntry entry(SerialNumber serial, RevocationReason reason) {
        return new RevokedEntry(serial, NOW.minusSeconds(60), reason);
    }

    private static ParsedCrl parsed(CrlPlan plan) {
        return Crls.parse(CA.crl(plan));
    }

    private static ParsedTbs device(SerialNumber serial, String... crlUrls) {
        return TestAuthority.tbs(CA.device("d1", serial, List.of(crlUrls)));
    }

    /** What a proof looks at, but for the telling of the plan's own entries. */
    private record Looks(
            Optional<ParsedCrl> shelved,
            Predicate<RevokedEntry> mayVanish,
            List<ParsedTbs> live,
            List<ParsedTbs> revoked) {
        void prove(CrlDer made, CrlPlan plan, Instant now) {
            EntryTally told = new EntryTally();
            plan.entries().each(told::add);
            new CrlProof(
                            CA.tbs(),
                            told,
                            shelved.stream()
                                    .map(crl -> new CrlProof.Shelved(crl, mayVanish))
                                    .toList(),
                            live,
                            revoked.stream().map(ParsedTbs::serialNumber).toList())
                    .prove(Crls.parse(made), plan, now);
        }
    }

    private static Looks proof(
            Optional<ParsedCrl> shelved,
            Predicate<RevokedEntry> mayVanish,
            List<ParsedTbs> live,
            List<ParsedTbs> revoked) {
        return new Looks(shelved, mayVanish, live, revoked);
    }

    private static Looks simple() {
        return proof(Optional.empty(), CrlProofTest::nothingMayVanish, List.of(), List.of());
    }

    private static Looks after(CrlPlan shelved, Predicate<RevokedEntry> mayVanish) {
        return proof(Optional.of(parsed(shelved)), mayVanish, List.of(), List.of());
    }

    private static CrlPlan plan(long number, RevokedEntry... entries) {
        return CA.crlPlan(number, NOW, List.of(entries), List.of());
    }

    private static void assertRefused(String part, Looks proof, CrlDer made, CrlPlan plan) {
        assertFault(Fault.INTEGRITY, part, () -> proof.prove(made, plan, NOW));
    }

    @Test
    void aCrlAsPlannedIsProven() {
        CrlPlan plan = plan(8, LOST_ENTRY);
        CertificateDer live = CA.device("d2", SerialNumber.parse("4f12"), List.of());

        Looks proof = proof(
                Optional.of(parsed(plan(7))),
                CrlProofTest::nothingMayVanish,
                List.of(TestAuthority.tbs(live)),
                List.of(device(LOST)));

        assertDoesNotThrow(() -> proof.prove(CA.crl(plan), plan, NOW));
    }

    @Test
    void aSignatureOfAnotherKeyIsRefused() {
        CrlPlan plan = plan(1);
        CrlDer forged = new CrlDer(Seals.seal(Crls.tbs(plan, STRANGER.key().algorithm()), STRANGER.key()));

        assertRefused("signature does not verify", simple(), forged, plan);
    }

    @Test
    void aBitThatFellInTheSignedOctetsIsRefused() {
        CrlPlan plan = plan(1, LOST_ENTRY);
        byte[] octets = CA.crl(plan).octets().toBytes().toArray();
        int at = Bytes.of(octets).hex().indexOf("02024f11") / 2; // INTEGER of 2 octets
        octets[at + 3] ^= 1;

        assertRefused("signature does not verify", simple(), new CrlDer(Bytes.of(octets)), plan);
    }

    @Test
    void anIssuerThatOnlyReadsTheSameIsRefused() {
        CrlPlan good = plan(1);
        CrlPlan plan = new CrlPlan(
                TestAuthority.nameOf("Plant-7"), // RFC 5280 would compare without case; NSS and wolfSSL do not
                good.authorityKeyId(),
                good.number(),
                good.thisUpdate(),
                good.nextUpdate(),
                good.entries(),
                good.scope());

        assertRefused("octet for octet", simple(), CA.crl(plan), plan);
    }

    @Test
    void anotherAuthorityKeyIdentifierIsRefused() {
        CrlPlan good = plan(1);
        CrlPlan plan = new CrlPlan(
                good.issuer(),
                STRANGER.tbs().subjectKeyId().orElseThrow(),
                good.number(),
                good.thisUpdate(),
                good.nextUpdate(),
                good.entries(),
                good.scope());

        assertRefused("authority key identifier", simple(), CA.crl(plan), plan);
    }

    @Test
    void aNumberOtherThanThePlannedOneIsRefused() {
        assertRefused("not the one planned", simple(), CA.crl(plan(2)), plan(1));
    }

    @Test
    void anEntryThatThePlanLacksOrHasMoreIsRefused() {
        assertRefused("not those of the ledger", simple(), CA.crl(plan(1)), plan(1, LOST_ENTRY));
        assertRefused("not those of the ledger", simple(), CA.crl(plan(1, LOST_ENTRY)), plan(1));
    }

    @Test
    void aCrlFromTheFutureIsRefused() {
        CrlPlan plan = CA.crlPlan(1, NOW.plusSeconds(1), List.of(), List.of());

        assertRefused("in the future", simple(), CA.crl(plan), plan);
    }

    @Test
    void aCrlThatEndsNowIsRefused() {
        CrlPlan plan = CA.crlPlan(1, NOW.minus(Duration.ofDays(7)), List.of(), List.of());

        assertRefused("missing or past: 2026-03-01T12:00:00Z", simple(), CA.crl(plan), plan);
    }

    @Test
    void aNumberThatIsNotAboveTheShelvedOneIsRefused() {
        assertRefused(
                "number 7 is not above the published 7",
                after(plan(7), CrlProofTest::nothingMayVanish),
                CA.crl(plan(7)),
                plan(7));
        assertRefused(
                "number 6 is not above the published 7",
                after(plan(7), CrlProofTest::nothingMayVanish),
                CA.crl(plan(6)),
                plan(6));
    }

    @Test
    void aSerialThatVanishesIsRefused() {
        assertRefused(
                "revoked serial 4f11 is on the published CRL and would vanish",
                after(plan(7, LOST_ENTRY), CrlProofTest::nothingMayVanish),
                CA.crl(plan(8)),
                plan(8));
    }

    @Test
    void aSerialThatMayVanishBecauseItExpiredIsLetGo() {
        Looks proof = after(plan(7, LOST_ENTRY), entry -> entry.serial().equals(LOST));

        assertDoesNotThrow(() -> proof.prove(CA.crl(plan(8)), plan(8), NOW));
    }

    @Test
    void aHoldThatWasReleasedIsLetGoAndOthersAreNot() {
        RevokedEntry held = entry(SerialNumber.parse("4f13"), RevocationReason.CERTIFICATE_HOLD);
        Predicate<RevokedEntry> holds = entry -> entry.reason() == RevocationReason.CERTIFICATE_HOLD;

        assertDoesNotThrow(() ->
                after(plan(7, held, LOST_ENTRY), holds).prove(CA.crl(plan(8, LOST_ENTRY)), plan(8, LOST_ENTRY), NOW));
        assertRefused("4f11", after(plan(7, held, LOST_ENTRY), holds), CA.crl(plan(8, held)), plan(8, held));
    }

    @Test
    void aLiveCertificateThatIsListedIsRefused() {
        CrlPlan plan = plan(1, LOST_ENTRY);
        Looks proof = proof(Optional.empty(), CrlProofTest::nothingMayVanish, List.of(device(LOST)), List.of());

        assertRefused("live certificate 4f11 is listed", proof, CA.crl(plan), plan);
    }

    @Test
    void aRevokedCertificateThatIsNotListedIsRefused() {
        Looks proof = proof(Optional.empty(), CrlProofTest::nothingMayVanish, List.of(), List.of(device(LOST)));

        assertRefused("revoked certificate 4f11 is not listed", proof, CA.crl(plan(1)), plan(1));
    }

    @Test
    void aLiveCertificateOfAnotherScopeIsRefused() {
        CrlPlan plan = CA.crlPlan(1, NOW, List.of(), List.of("http://crl.example/a.crl"));
        Looks proof = proof(
                Optional.empty(),
                CrlProofTest::nothingMayVanish,
                List.of(device(LOST, "http://crl.example/b.crl")),
                List.of());

        assertRefused("OpenSSL error 44", proof, CA.crl(plan), plan);
    }

    @Test
    void aRevokedCertificateOfAnotherScopeNeedsOnlyToBeListed() {
        CrlPlan plan = CA.crlPlan(1, NOW, List.of(LOST_ENTRY), List.of("http://crl.example/a.crl"));
        Looks proof = proof(
                Optional.empty(),
                CrlProofTest::nothingMayVanish,
                List.of(),
                List.of(device(LOST, "http://crl.example/b.crl")));

        assertDoesNotThrow(() -> proof.prove(CA.crl(plan), plan, NOW));
    }

    @Test
    void whatIsNoCrlIsNotPublished() {
        assertFault(Fault.INVALID_INPUT, "CRL", () -> simple().prove(new CrlDer(Bytes.utf8("no CRL")), plan(1), NOW));
    }

    @Test
    void aNumberOfTwentyOctetsIsComparedAsANumber() {
        BigInteger large = BigInteger.ONE.shiftLeft(158);
        CrlPlan old = withNumber(large);
        CrlPlan plan = withNumber(large.add(BigInteger.ONE));

        assertDoesNotThrow(() -> after(old, CrlProofTest::nothingMayVanish).prove(CA.crl(plan), plan, NOW));
    }

    @Test
    void aShelfThatIsNotInOrderIsComparedAllTheSame() {
        RevokedEntry early = entry(SerialNumber.parse("4f10"), RevocationReason.UNSPECIFIED);
        CrlPlan unsorted =
                withEntries(plan(7), consumer -> List.of(LOST_ENTRY, early).forEach(consumer));

        assertFalse(parsed(unsorted).entries().isAscending());
        assertRefused("4f11", after(unsorted, CrlProofTest::nothingMayVanish), CA.crl(plan(8, early)), plan(8, early));
        assertDoesNotThrow(() -> after(unsorted, CrlProofTest::nothingMayVanish)
                .prove(CA.crl(plan(8, early, LOST_ENTRY)), plan(8, early, LOST_ENTRY), NOW));
    }

    @Test
    void aNewCrlThatIsNotInOrderIsRefused() {
        RevokedEntry early = entry(SerialNumber.parse("4f10"), RevocationReason.UNSPECIFIED);
        CrlPlan unsorted =
                withEntries(plan(7), consumer -> List.of(LOST_ENTRY, early).forEach(consumer));
        CrlPlan twice = withEntries(plan(7), consumer -> List.of(early, early).forEach(consumer));

        assertRefused("in the order of their serials", simple(), CA.crl(unsorted), unsorted);
        assertRefused("in the order of their serials", simple(), CA.crl(twice), twice);
    }

    @Test
    void whatTheLedgerToldOtherwiseIsRefused() {
        RevokedEntry other = new RevokedEntry(LOST, LOST_ENTRY.at(), RevocationReason.SUPERSEDED);
        RevokedEntry later = new RevokedEntry(LOST, LOST_ENTRY.at().plusSeconds(1), LOST_ENTRY.reason());
        RevokedEntry invalid = new RevokedEntry(LOST, LOST_ENTRY.at(), LOST_ENTRY.reason(), Optional.of(NOW));

        for (RevokedEntry listed : List.of(other, later, invalid)) {
            assertRefused("not those of the ledger", simple(), CA.crl(plan(1, listed)), plan(1, LOST_ENTRY));
        }
    }

    @Test
    void aDeltaSaysWhatItAddsToAndMayRemoveWhatIsAlive() {
        RevokedEntry released = entry(LOST, RevocationReason.REMOVE_FROM_CRL);
        CrlPlan plan = withScope(
                plan(9, released), new CrlPlan.Scope(List.of(), Optional.of(BigInteger.valueOf(5)), List.of()));
        CrlPlan other = withScope(
                plan(9, released), new CrlPlan.Scope(List.of(), Optional.of(BigInteger.valueOf(6)), List.of()));
        Looks proof = proof(Optional.empty(), CrlProofTest::nothingMayVanish, List.of(device(LOST)), List.of());

        assertDoesNotThrow(() -> proof.prove(CA.crl(plan), plan, NOW));
        assertRefused("base CRL number", proof, CA.crl(other), plan);
    }

    private static CrlPlan withEntries(CrlPlan plan, RevokedEntries entries) {
        return new CrlPlan(
                plan.issuer(),
                plan.authorityKeyId(),
                plan.number(),
                plan.thisUpdate(),
                plan.nextUpdate(),
                entries,
                plan.scope());
    }

    private static CrlPlan withScope(CrlPlan plan, CrlPlan.Scope scope) {
        return new CrlPlan(
                plan.issuer(),
                plan.authorityKeyId(),
                plan.number(),
                plan.thisUpdate(),
                plan.nextUpdate(),
                plan.entries(),
                scope);
    }

    private static CrlPlan withNumber(BigInteger number) {
        CrlPlan plan = plan(1);
        return new CrlPlan(
                plan.issuer(),
                plan.authorityKeyId(),
                number,
                plan.thisUpdate(),
                plan.nextUpdate(),
                plan.entries(),
                plan.scope());
    }
}
