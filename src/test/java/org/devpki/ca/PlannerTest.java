package org.devpki.ca;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificatePlan;
import org.devpki.model.DuplicatePolicy;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Fault;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.model.NotAfter;
import org.devpki.model.NvsTemplate;
import org.devpki.model.Profile;
import org.devpki.model.Settings;
import org.devpki.model.SubjectAltName;
import org.devpki.model.UrlKind;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.FixedClock;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.junit.jupiter.api.Test;

/** Choices about a certificate. The CA holds from 2026-01-01 to 2036-01-01; now it is noon of 2026-03-01. */
class PlannerTest {
    private static final TestAuthority CA = TestAuthority.root("plant-7").intermediate("line-1");
    private static final Settings SETTINGS = Settings.defaults()
            .with(
                    Optional.of("Acme"),
                    Map.of(
                            UrlKind.CRL, "http://crl.acme.example",
                            UrlKind.OCSP, "http://ocsp.acme.example",
                            UrlKind.CA, "http://ca.acme.example"));

    private final FixedClock clock = FixedClock.at("2026-03-01T12:00:00.789Z");
    private final Planner planner = new Planner(SETTINGS, clock, new CountingRandom());

    private static Profile profile(Profile.Period period, List<String> sans, Set<String> orderable, Set<UrlKind> urls) {
        return new Profile(
                "sensor",
                "for tests",
                new Profile.Naming(
                        List.of(
                                new Profile.SubjectTemplate(AttributeType.ORGANIZATION, "{organization}"),
                                new Profile.SubjectTemplate(AttributeType.COMMON_NAME, "{name}")),
                        sans,
                        orderable,
                        DuplicatePolicy.REFUSE),
                List.of(TestKeys.P_256),
                new KeyHome.Flash(),
                NvsTemplate.USUAL,
                period,
                new Profile.Purpose(
                        false,
                        OptionalInt.empty(),
                        Set.of(KeyUsage.DIGITAL_SIGNATURE),
                        Set.of(ExtendedKeyUsage.CLIENT_AUTH),
                        false),
                urls,
                Optional.empty(),
                Bytes.utf8("sensor"));
    }

    private static Profile of(String notAfter, String longest, Optional<Duration> backdate) {
        return profile(
                new Profile.Period(NotAfter.parse(notAfter), NotAfter.parse(longest), backdate),
                List.of(),
                Set.of(),
                Set.of(UrlKind.values()));
    }

    private static Profile naming(List<String> sans, String... orderable) {
        Profile.Period period = new Profile.Period(NotAfter.parse("90d"), NotAfter.parse("1y"), Optional.empty());
        return profile(period, sans, Set.of(orderable), Set.of());
    }

    private static CertificateOrder order(String notAfter, String... sans) {
        return new CertificateOrder(
                "d1",
                TestKeys.publicKey("d1"),
                List.of(sans).stream().map(SubjectAltName::parse).toList(),
                Optional.ofNullable(notAfter).map(NotAfter::parse));
    }

    private CertificatePlan plan(Profile profile, CertificateOrder order) {
        return planner.plan(profile, order, CaName.ISSUING, CA.tbs());
    }

    private String end(Profile profile, String notAfter) {
        return plan(profile, order(notAfter)).validity().notAfter().toString();
    }

    private String start(Optional<Duration> backdate) {
        return plan(of("90d", "1y", backdate), order(null))
                .validity()
                .notBefore()
                .toString();
    }

    // Validity.

    @Test
    void aCertificateBeginsAsFarBackAsTheProfileSays() {
        assertEquals("2026-03-01T12:00:00Z", start(Optional.of(Duration.ZERO)));
        assertEquals("2026-03-01T11:00:00Z", start(Optional.of(Duration.ofHours(1))));
    }

    @Test
    void aCertificateNeverBeginsBeforeItsIssuer() {
        assertEquals("2026-01-01T00:00:00Z", start(Optional.of(Duration.ofDays(365))));
        assertEquals("2026-01-01T00:00:00Z", start(Optional.empty()));
    }

    @Test
    void theOrdersEndWinsOverTheProfiles() {
        Profile profile = of("90d", "1y", Optional.empty());

        assertEquals("2026-05-30T12:00:00Z", end(profile, null));
        assertEquals("2026-03-31T12:00:00Z", end(profile, "30d"));
        assertEquals("2026-12-24T18:00:00Z", end(profile, "2026-12-24T18:00:00Z"));
    }

    @Test
    void caEndsWithTheIssuerAnd9999OnlyUnderAnIssuerThatNeverEnds() {
        Profile profile = of("ca", "9999", Optional.empty());

        assertEquals("2036-01-01T00:00:00Z", end(profile, null));
        assertFault(Fault.REFUSED, "outlives the issuer", () -> plan(profile, order("9999")));
    }

    @Test
    void aCertificateThatWouldOutliveItsIssuerIsRefusedWithTheWayOut() {
        assertEquals(
                Optional.of("--not-after ca ends it with its issuer"),
                assertFault(
                                Fault.REFUSED,
                                "notAfter 2036-01-01T00:00:01Z outlives the issuer, whose certificate ends at"
                                        + " 2036-01-01T00:00:00Z",
                                () -> plan(of("90d", "9999", Optional.empty()), order("2036-01-01T00:00:01Z")))
                        .hint());
        assertEquals("2036-01-01T00:00:00Z", end(of("90d", "9999", Optional.empty()), "2036-01-01T00:00:00Z"));
    }

    @Test
    void anEndLaterThanTheProfileAllowsIsRefused() {
        assertFault(
                Fault.REFUSED,
                "exceeds the 365d that profile \"sensor\" allows",
                () -> plan(of("90d", "1y", Optional.empty()), order("366d")));
        assertEquals("2027-03-01T12:00:00Z", end(of("90d", "1y", Optional.empty()), "365d"));
    }

    @Test
    void anEndInThePastIsInvalid() {
        assertFault(
                Fault.INVALID_INPUT,
                "is not in the future; now it is 2026-03-01T12:00:00Z",
                () -> plan(of("90d", "1y", Optional.empty()), order("2026-03-01T12:00:00Z")));
        assertFault(
                Fault.INVALID_INPUT, "not in the future", () -> plan(of("90d", "1y", Optional.empty()), order("0s")));
    }

    @Test
    void nothingIsPlannedUnderAnIssuerThatHasEnded() {
        clock.advance(Duration.ofDays(366 * 100));

        assertFault(
                Fault.REFUSED,
                "the issuer's certificate ended at",
                () -> plan(of("90d", "1y", Optional.empty()), order("1d")));
    }

    @Test
    void aRootHasNoIssuerToEndWithAndMayNeverEnd() {
        Profile for9999 = of("9999", "9999", Optional.of(Duration.ofHours(1)));

        CertificatePlan plan = planner.planSelfSigned(for9999, order(null), CaName.ROOT);

        assertEquals(Instant.parse("9999-12-31T23:59:59Z"), plan.validity().notAfter());
        assertEquals(Instant.parse("2026-03-01T11:00:00Z"), plan.validity().notBefore());
        assertEquals(Optional.empty(), plan.extensions().authorityKeyId());
        assertFault(
                Fault.INVALID_INPUT,
                "a root has no issuer",
                () -> planner.planSelfSigned(for9999, order("ca"), CaName.ROOT));
    }

    @Test
    void tenThousandYearsAreClippedToTheCalendar() {
        assertEquals(
                Instant.parse("9999-12-31T23:59:59Z"),
                planner.planSelfSigned(of("9999", "9999", Optional.empty()), order("9999y"), CaName.ROOT)
                        .validity()
                        .notAfter());
    }

    // Keys, names, URLs.

    @Test
    void aKeyOfAKindThatTheProfileDoesNotAllowIsRefused() {
        CertificateOrder rsa = new CertificateOrder(
                "d1", TestKeys.key(new KeySpec.Rsa(2048), "d1").publicKey(), List.of(), Optional.empty());

        assertFault(
                Fault.REFUSED,
                "key of kind RSA-2048 is not one that profile \"sensor\" allows: P-256",
                () -> plan(of("90d", "1y", Optional.empty()), rsa));
    }

    @Test
    void aSubjectIsFilledInAndEmptyAttributesAreLeftOut() {
        Profile profile = of("90d", "1y", Optional.empty());
        Planner without = new Planner(Settings.defaults(), clock, new CountingRandom());

        assertEquals("cn=d1,o=Acme", Names.text(plan(profile, order(null)).subject()));
        assertEquals(
                "cn=d1",
                Names.text(without.plan(profile, order(null), CaName.ISSUING, CA.tbs())
                        .subject()));
    }

    @Test
    void anOrganizationWithBracesIsTakenAsItIs() {
        Planner odd = new Planner(SETTINGS.with(Optional.of("{name} Inc"), Map.of()), clock, new CountingRandom());

        assertEquals(
                "cn=d1,o={name} Inc",
                Names.text(odd.plan(of("90d", "1y", Optional.empty()), order(null), CaName.ISSUING, CA.tbs())
                        .subject()));
    }

    @Test
    void theProfilesAlternativeNamesGiveWayToOrderedOnes() {
        Profile profile = naming(List.of("dns:{name}.example"), "dns", "ip");

        assertEquals(
                List.of(SubjectAltName.parse("dns:d1.example")),
                plan(profile, order(null)).sans());
        assertEquals(
                List.of(SubjectAltName.parse("dns:a.example"), SubjectAltName.parse("ip:192.0.2.7")),
                plan(profile, order(null, "dns:a.example", "ip:192.0.2.7", "dns:a.example"))
                        .sans());
    }

    @Test
    void anAlternativeNameOfAKindThatCannotBeOrderedIsRefused() {
        assertFault(
                Fault.REFUSED,
                "uri:urn:x is of a kind",
                () -> plan(naming(List.of(), "dns", "ip"), order(null, "uri:urn:x")));
        assertFault(Fault.REFUSED, "dns:a.example", () -> plan(naming(List.of()), order(null, "dns:a.example")));
    }

    @Test
    void everyLeafCarriesTheUrlsOfItsCaFromTheFirstOne() {
        CertificatePlan.Extensions made =
                plan(of("90d", "1y", Optional.empty()), order(null)).extensions();

        assertEquals(List.of("http://crl.acme.example/issuing-ca.crl"), made.crlUrls());
        assertEquals(List.of("http://ocsp.acme.example"), made.ocspUrls());
        assertEquals(List.of("http://ca.acme.example/issuing-ca.cer"), made.issuerUrls());
        assertEquals(
                List.of(), plan(naming(List.of()), order(null)).extensions().crlUrls());
    }

    @Test
    void theIssuersNameAndKeyIdAreCopiedOctetForOctet() {
        CertificatePlan plan = plan(of("90d", "1y", Optional.empty()), order(null));

        assertEquals(CA.tbs().subject(), plan.issuer());
        assertEquals(CA.tbs().subjectKeyId(), plan.extensions().authorityKeyId());
        assertEquals(
                Keys.subjectKeyId(TestKeys.publicKey("d1")), plan.extensions().subjectKeyId());
    }

    @Test
    void everyPlanHasASerialOfItsOwn() {
        Profile profile = of("90d", "1y", Optional.empty());

        assertNotEquals(
                plan(profile, order(null)).serial(), plan(profile, order(null)).serial());
        assertEquals(32, plan(profile, order(null)).serial().hex().length());
    }
}
