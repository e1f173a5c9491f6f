package org.devpki.ca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.testing.TestAuthority;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;
import org.junit.jupiter.api.Test;

/** OpenSSL's rules of scope: crl_crldp_check of crypto/x509/x509_vfy.c. */
class CrlScopeTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final SerialNumber SERIAL = SerialNumber.parse("4f11");
    private static final String A = "http://crl.example/a.crl";
    private static final String B = "http://crl.example/b.crl";
    private static final TestAuthority CA = TestAuthority.root("plant-7");

    private static ParsedCrl crl(String... idpUrls) {
        return Crls.parse(CA.crl(CA.crlPlan(1, NOW, List.of(), List.of(idpUrls))));
    }

    private static ParsedTbs device(String... crlUrls) {
        return TestAuthority.tbs(CA.device("d1", SERIAL, List.of(crlUrls)));
    }

    /** The CRL with another issuing distribution point than devpki writes. */
    private static ParsedCrl with(ParsedCrl crl, ParsedCrl.IssuingDistributionPoint idp) {
        return new ParsedCrl(
                crl.der(),
                crl.tbs(),
                crl.isCanonicalDer(),
                crl.version(),
                crl.signatureOid(),
                crl.issuer(),
                crl.thisUpdate(),
                crl.nextUpdate(),
                crl.entries(),
                crl.number(),
                crl.authorityKeyId(),
                Optional.of(idp),
                crl.baseNumber(),
                crl.extensions());
    }

    private static ParsedCrl.IssuingDistributionPoint only(boolean users, boolean cas, boolean attributes) {
        return new ParsedCrl.IssuingDistributionPoint(
                Optional.empty(), List.of(), users, cas, attributes, false, false);
    }

    @Test
    void aCrlWithoutDistributionPointCoversEveryCertificateOfItsCa() {
        assertTrue(CrlScope.covers(crl(), device()));
        assertTrue(CrlScope.covers(crl(), device(A)));
    }

    @Test
    void aNamedCrlCoversWhatRepeatsTheName() {
        assertTrue(CrlScope.covers(crl(A), device(A)));
        assertFalse(CrlScope.covers(crl(A), device(B)));
    }

    @Test
    void oneNameInCommonIsEnough() {
        assertTrue(CrlScope.covers(crl(A, B), device(B)));
        assertTrue(CrlScope.covers(crl(B), device(A, B)));
    }

    @Test
    void aNamedCrlDoesNotCoverACertificateWithoutDistributionPoint() {
        assertFalse(CrlScope.covers(crl(A), device()));
    }

    @Test
    void anotherCasCrlCoversNothing() {
        TestAuthority stranger = TestAuthority.root("stranger");
        ParsedTbs foreign = TestAuthority.tbs(stranger.device("d1", SERIAL, List.of()));

        assertFalse(CrlScope.covers(crl(), foreign));
    }

    @Test
    void aCrlForCasOnlyDoesNotCoverDevicesNorOneForUsersOnlyCas() {
        ParsedTbs root = CA.tbs();

        assertFalse(CrlScope.covers(with(crl(), only(false, true, false)), device()));
        assertTrue(CrlScope.covers(with(crl(), only(false, true, false)), root));
        assertFalse(CrlScope.covers(with(crl(), only(true, false, false)), root));
        assertTrue(CrlScope.covers(with(crl(), only(true, false, false)), device()));
        assertFalse(CrlScope.covers(with(crl(), only(false, false, true)), device()));
    }

    @Test
    void aCertificatesEntryIsFoundByItsSerial() {
        RevokedEntry other = new RevokedEntry(SerialNumber.parse("4f12"), NOW, RevocationReason.UNSPECIFIED);
        RevokedEntry mine = new RevokedEntry(SERIAL, NOW, RevocationReason.SUPERSEDED);
        ParsedCrl crl = Crls.parse(CA.crl(CA.crlPlan(1, NOW, List.of(other, mine), List.of())));

        assertEquals(Optional.of(mine), CrlScope.entry(crl, device()));
        assertEquals(Optional.empty(), CrlScope.entry(crl(), device()));
    }
}
