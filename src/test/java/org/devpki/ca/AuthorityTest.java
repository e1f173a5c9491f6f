package org.devpki.ca;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.devpki.ca.lint.LintSubject;
import org.devpki.ca.lint.Linter;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificatePlan;
import org.devpki.model.CrlDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SerialNumber;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.testing.TestAuthority;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Seals;
import org.devpki.x509.SigningKey;
import org.junit.jupiter.api.Test;

class AuthorityTest {
    private static final TestAuthority CA = TestAuthority.root("plant-7");
    private static final Linter LINTER = new Linter();

    /** A key whose hardware has a fault: it signs something else. */
    private record FaultyKey(SigningKey good) implements SigningKey {
        @Override
        public SignatureAlgorithm algorithm() {
            return good.algorithm();
        }

        @Override
        public PublicKeyDer publicKey() {
            return good.publicKey();
        }

        @Override
        public Bytes sign(OctetSource octets) {
            return good.sign(Bytes.utf8("something else"));
        }

        @Override
        public void close() {}
    }

    private static Bytes tbs(String name, String serial) {
        CertificatePlan plan = CA.devicePlan(name, SerialNumber.parse(serial), List.of());
        return Certificates.tbs(plan, CA.key().algorithm());
    }

    private static LintedTbs linted(Bytes tbs) {
        return LintedTbs.certificate(LintSubject.of(ParsedTbs.parse(tbs)).issuedBy(CA.tbs()), LINTER);
    }

    private static Bytes crlTbs() {
        return Crls.tbs(
                CA.crlPlan(7, Instant.parse("2026-03-01T12:00:00Z"), List.of(), List.of()),
                CA.key().algorithm());
    }

    @Test
    void whatIsSignedIsOctetForOctetWhatWasLinted() {
        Bytes tbs = tbs("d1", "4f000000000000000000000000000001");

        CertificateDer made = new Authority(CA.key()).certificate(linted(tbs));

        assertEquals(tbs, Certificates.parse(made).tbs().octets());
        assertTrue(Seals.verify(made.octets(), CA.key().publicKey()));
    }

    @Test
    void aCrlIsSealedAsItWasLinted() {
        CrlDer made = new Authority(CA.key()).crl(LintedTbs.crl(crlTbs(), LINTER));

        assertEquals(crlTbs(), Crls.parse(made).tbs().toBytes());
        assertTrue(Crls.parse(made).isSignedBy(CA.key().publicKey()));
    }

    @Test
    void aSignatureThatDoesNotVerifyNeverLeaves() {
        Authority faulty = new Authority(new FaultyKey(CA.key()));
        LintedTbs certificate = linted(tbs("d1", "4f000000000000000000000000000001"));
        LintedTbs crl = LintedTbs.crl(crlTbs(), LINTER);

        assertFault(Fault.INTEGRITY, "does not verify", () -> faulty.certificate(certificate));
        assertFault(Fault.INTEGRITY, "does not verify", () -> faulty.crl(crl));
    }

    @Test
    void lintRefusesWithEveryComplaintRuleAndClause() {
        Bytes tbs = tbs("a/b", "4f000000000000000000000000000001");

        DevpkiException told = assertThrows(DevpkiException.class, () -> linted(tbs));

        assertEquals(Fault.REFUSED, told.fault());
        assertTrue(told.sentence().startsWith("lint refuses the certificate: "), told.sentence());
        assertTrue(told.sentence().contains("(client-id, "), told.sentence());
    }

    @Test
    void aCrlThatLintRefusesIsNotSigned() {
        // ends before it begins
        Bytes tbs = Crls.tbs(
                new org.devpki.model.CrlPlan(
                        CA.tbs().subject(),
                        CA.tbs().subjectKeyId().orElseThrow(),
                        java.math.BigInteger.ONE,
                        Instant.parse("2026-03-01T12:00:00Z"),
                        Instant.parse("2026-03-01T11:00:00Z"),
                        org.devpki.model.RevokedEntries.of(List.of()),
                        org.devpki.model.CrlPlan.Scope.complete(List.of())),
                CA.key().algorithm());

        assertFault(Fault.REFUSED, "lint refuses the CRL: ", () -> LintedTbs.crl(tbs, LINTER));
    }

    @Test
    void nobodyMakesLintedOctetsButLint() {
        assertTrue(Arrays.stream(LintedTbs.class.getDeclaredConstructors())
                .allMatch(constructor -> Modifier.isPrivate(constructor.getModifiers())));
    }
}
