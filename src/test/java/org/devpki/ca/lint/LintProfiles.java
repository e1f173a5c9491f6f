package org.devpki.ca.lint;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.Curve;
import org.devpki.model.DuplicatePolicy;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.model.NotAfter;
import org.devpki.model.NvsTemplate;
import org.devpki.model.Profile;
import org.devpki.model.UrlKind;

/** The profiles that the vectors' {@code profile} files name. */
final class LintProfiles {
    private static final Profile.Period TEN_YEARS = period(new NotAfter.In(Duration.ofDays(3650)));

    private static final Profile.Purpose CLIENT = leaf(ExtendedKeyUsage.CLIENT_AUTH, false);

    private static final Map<String, Profile> NAMED = Map.of(
            "device-ds",
                    profile(
                            "device-ds",
                            "{name}",
                            List.of(),
                            TEN_YEARS,
                            CLIENT,
                            Set.of(UrlKind.values()),
                            List.of(new KeySpec.Rsa(2048)),
                            new KeyHome.DigitalSignature(1)),
            "device", device("device", TEN_YEARS, Set.of(UrlKind.values())),
            "device-without-urls", device("device-without-urls", TEN_YEARS, Set.of()),
            "device-until-ca", device("device-until-ca", period(new NotAfter.IssuersEnd()), Set.of(UrlKind.values())),
            "device-until-2030",
                    device(
                            "device-until-2030",
                            period(new NotAfter.At(Instant.parse("2030-01-01T00:00:00Z"))),
                            Set.of(UrlKind.values())),
            "device-for-ever",
                    device("device-for-ever", period(new NotAfter.NoWellDefinedExpiration()), Set.of(UrlKind.values())),
            "device-from-ca",
                    device(
                            "device-from-ca",
                            new Profile.Period(
                                    new NotAfter.IssuersEnd(), new NotAfter.In(Duration.ofDays(1)), Optional.empty()),
                            Set.of(UrlKind.values())),
            "server",
                    profile(
                            "server",
                            "{name}",
                            List.of("dns:{name}"),
                            TEN_YEARS,
                            leaf(ExtendedKeyUsage.SERVER_AUTH, false),
                            Set.of(UrlKind.values())),
            "responder",
                    profile(
                            "responder",
                            "{name}",
                            List.of(),
                            TEN_YEARS,
                            leaf(ExtendedKeyUsage.OCSP_SIGNING, true),
                            Set.of()),
            "issuing-ca",
                    profile(
                            "issuing-ca",
                            "{organization} Issuing CA",
                            List.of(),
                            period(new NotAfter.NoWellDefinedExpiration()),
                            new Profile.Purpose(
                                    true,
                                    OptionalInt.of(0),
                                    Set.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN),
                                    Set.of(),
                                    false),
                            Set.of()));

    private LintProfiles() {}

    static Profile named(String name) {
        return Optional.ofNullable(NAMED.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no profile of the name " + name));
    }

    private static Profile device(String name, Profile.Period period, Set<UrlKind> urls) {
        return profile(name, "{name}", List.of(), period, CLIENT, urls);
    }

    private static Profile profile(
            String name,
            String commonName,
            List<String> sans,
            Profile.Period period,
            Profile.Purpose purpose,
            Set<UrlKind> urls) {
        return profile(
                name,
                commonName,
                sans,
                period,
                purpose,
                urls,
                List.of(new KeySpec.Ec(Curve.P_256)),
                new KeyHome.Flash());
    }

    private static Profile profile(
            String name,
            String commonName,
            List<String> sans,
            Profile.Period period,
            Profile.Purpose purpose,
            Set<UrlKind> urls,
            List<KeySpec> keys,
            KeyHome home) {
        return new Profile(
                name,
                "for lint vectors",
                new Profile.Naming(
                        List.of(
                                new Profile.SubjectTemplate(AttributeType.ORGANIZATION, "{organization}"),
                                new Profile.SubjectTemplate(AttributeType.COMMON_NAME, commonName)),
                        sans,
                        Set.of("ip"),
                        DuplicatePolicy.REFUSE),
                keys,
                home,
                NvsTemplate.USUAL,
                period,
                purpose,
                urls,
                Optional.empty(),
                Bytes.utf8(name));
    }

    private static Profile.Period period(NotAfter longest) {
        return new Profile.Period(longest, longest, Optional.of(Duration.ofHours(1)));
    }

    private static Profile.Purpose leaf(ExtendedKeyUsage purpose, boolean isOcspNoCheck) {
        return new Profile.Purpose(
                false, OptionalInt.empty(), Set.of(KeyUsage.DIGITAL_SIGNATURE), Set.of(purpose), isOcspNoCheck);
    }
}
