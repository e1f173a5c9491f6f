package org.devpki.ca;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.CsrDer;
import org.devpki.model.Curve;
import org.devpki.model.DevpkiException;
import org.devpki.model.DistinguishedName;
import org.devpki.model.DuplicatePolicy;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Fault;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.model.NotAfter;
import org.devpki.model.NvsTemplate;
import org.devpki.model.Profile;
import org.devpki.model.SubjectAltName;
import org.devpki.testing.TestKeys;
import org.devpki.x509.TestCsr;
import org.junit.jupiter.api.Test;

class CsrReviewTest {
    private static final Profile PROFILE = new Profile(
            "sensor",
            "for tests",
            new Profile.Naming(List.of(), List.of(), java.util.Set.of("dns"), DuplicatePolicy.REFUSE),
            List.of(TestKeys.P_256),
            new KeyHome.Flash(),
            NvsTemplate.USUAL,
            new Profile.Period(new NotAfter.IssuersEnd(), new NotAfter.IssuersEnd(), Optional.empty()),
            new Profile.Purpose(
                    false,
                    java.util.OptionalInt.empty(),
                    java.util.Set.of(KeyUsage.DIGITAL_SIGNATURE),
                    java.util.Set.of(ExtendedKeyUsage.CLIENT_AUTH),
                    false),
            java.util.Set.of(),
            Optional.empty(),
            Bytes.utf8("sensor"));

    private static final DistinguishedName GIVEN = new DistinguishedName(List.of(
            new DistinguishedName.Attribute(AttributeType.ORGANIZATION, "Acme"),
            new DistinguishedName.Attribute(AttributeType.COMMON_NAME, "d1")));

    private static List<SubjectAltName> review(TestCsr csr) {
        return CsrReview.review(csr.der(), "d1", GIVEN, PROFILE);
    }

    private static DevpkiException assertRefused(String part, TestCsr csr) {
        return assertFault(Fault.REFUSED, part, () -> review(csr));
    }

    @Test
    void aPlainRequestIsTakenWithItsNames() {
        assertEquals(List.of(), review(TestCsr.of("d1")));
        assertEquals(List.of(), review(TestCsr.ofSubject("")));
        assertEquals(
                List.of(SubjectAltName.parse("dns:d1.example"), SubjectAltName.parse("ip:192.0.2.7")),
                review(TestCsr.of("d1").withSans("dns:d1.example", "ip:192.0.2.7")));
    }

    @Test
    void aRequestThatItsKeyDidNotSignIsRefused() {
        assertRefused("its signature", TestCsr.of("d1").signedByAnother());
    }

    @Test
    void aKeyOfAnotherKindIsRefused() {
        assertRefused("of kind RSA-1024", TestCsr.of("d1").withKey(new KeySpec.Rsa(1024)));
        assertRefused(
                "of kind P-384, and profile \"sensor\" allows P-256",
                TestCsr.of("d1").withKey(new KeySpec.Ec(Curve.P_384)));
    }

    @Test
    void anotherCommonNameOrTwoAreRefused() {
        assertRefused("its common name \"d2\" is not the ordered \"d1\"", TestCsr.of("d2"));
        assertRefused("it has 2 common names", TestCsr.ofSubject("CN=d1,CN=d1"));
        assertRefused("it has 2 common names", TestCsr.ofSubject("CN=d1+CN=admin"));
    }

    @Test
    void aSubjectThatTheProfileDoesNotGiveIsRefusedAndNotDropped() {
        assertEquals(List.of(), review(TestCsr.ofSubject("O=Acme,CN=d1")));
        assertRefused("its subject has O \"Evil\", which", TestCsr.ofSubject("O=Evil,CN=d1"));
        assertRefused("its subject has L \"Acme\", which", TestCsr.ofSubject("L=Acme,CN=d1"));
    }

    @Test
    void aRequestToBeACaIsRefused() {
        assertRefused("it wants to be a CA", TestCsr.of("d1").wantingCa(true));
        assertEquals(List.of(), review(TestCsr.of("d1").wantingCa(false)));
    }

    @Test
    void aUseThatTheProfileGivesMayBeAskedForAndNoOther() {
        int digitalSignature = 128;
        int keyCertSign = 4;

        assertEquals(List.of(), review(TestCsr.of("d1").wantingKeyUsage(digitalSignature)));
        assertRefused("keyUsage", TestCsr.of("d1").wantingKeyUsage(digitalSignature | keyCertSign));
        assertEquals(List.of(), review(TestCsr.of("d1").wantingPurpose(ExtendedKeyUsage.CLIENT_AUTH.oid())));
        assertRefused("extKeyUsage", TestCsr.of("d1").wantingPurpose(ExtendedKeyUsage.SERVER_AUTH.oid()));
    }

    @Test
    void anExtensionOrAttributeThatNobodyTakesOverIsAnError() {
        assertRefused("nameConstraints", TestCsr.of("d1").wantingExtension(TestCsr.oidOfNameConstraints()));
        assertRefused("1.2.3.4", TestCsr.of("d1").wantingExtension("1.2.3.4"));
        DevpkiException told =
                assertRefused("1.2.840.113549.1.9.7", TestCsr.of("d1").withAttribute("1.2.840.113549.1.9.7"));
        assertTrue(!told.sentence().contains("secret"), "a challenge password is not repeated");
    }

    @Test
    void anAlternativeNameThatIsNotIssuedIsAnErrorAndNotDropped() {
        assertRefused("of a kind or syntax that is not issued", TestCsr.of("d1").withEmailSan("a@b.example"));
    }

    @Test
    void everythingThatIsWrongIsToldTogether() {
        DevpkiException told = assertRefused(
                "its signature",
                TestCsr.of("d2").signedByAnother().wantingCa(true).withAttribute("1.2.3"));

        assertTrue(told.sentence().contains("\"d2\""), told::sentence);
        assertTrue(told.sentence().contains("be a CA"), told::sentence);
        assertTrue(told.sentence().contains("1.2.3"), told::sentence);
    }

    @Test
    void whatIsNoRequestIsInvalid() {
        assertFault(
                Fault.INVALID_INPUT,
                "certification request",
                () -> CsrReview.review(new CsrDer(Bytes.utf8("junk")), "d1", GIVEN, PROFILE));
        assertFault(
                Fault.INVALID_INPUT,
                "certification request",
                () -> CsrReview.review(new CsrDer(Bytes.of(new byte[70_000])), "d1", GIVEN, PROFILE));
    }
}
