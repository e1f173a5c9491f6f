package org.devpki.ca;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CaIdentity;
import org.devpki.model.CaName;
import org.devpki.model.CertificatePlan;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.DistinguishedName;
import org.devpki.model.NameDer;
import org.devpki.model.NotAfter;
import org.devpki.model.Profile;
import org.devpki.model.SerialNumber;
import org.devpki.model.Settings;
import org.devpki.model.SubjectAltName;
import org.devpki.model.UrlKind;
import org.devpki.model.Validity;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;

/** Turns an order and a profile into a plan: the place where every choice about a certificate is made. */
public final class Planner {
    private final Settings settings;
    private final Clock clock;
    private final SecureRandom random;

    public Planner(Settings settings, Clock clock, SecureRandom random) {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /** A certificate that {@code ca} issues. */
    public CertificatePlan plan(Profile profile, CertificateOrder order, CaName ca, ParsedTbs issuer) {
        NameDer issuerName = issuer.subject();
        return plan(profile, order, issuerName, Optional.of(issuer), ca);
    }

    /** A certificate that its own key will sign. */
    public CertificatePlan planSelfSigned(Profile profile, CertificateOrder order, CaName ca) {
        return plan(profile, order, name(profile, order.name()), Optional.empty(), ca);
    }

    private CertificatePlan plan(
            Profile profile, CertificateOrder order, NameDer issuerName, Optional<ParsedTbs> issuer, CaName ca) {
        profile.refuseOther(Keys.spec(order.publicKey()));
        Profile.Purpose purpose = profile.purpose();
        int shard = shard(profile, ca, issuer);
        return new CertificatePlan(
                SerialNumber.random(random),
                issuerName,
                name(profile, order.name()),
                validity(profile, order, issuer),
                order.publicKey(),
                alternativeNames(profile, order),
                new CertificatePlan.Extensions(
                        purpose.isCa(),
                        purpose.pathLength(),
                        purpose.keyUsage(),
                        purpose.extendedKeyUsage(),
                        purpose.isOcspNoCheck(),
                        subjectKeyId(profile, order),
                        issuer.map(Planner::keyIdOf),
                        urls(profile, UrlKind.CRL, settings.crlUrl(CrlName.ofShard(ca, shard))),
                        urls(profile, UrlKind.OCSP, settings.ocspUrl()),
                        urls(profile, UrlKind.CA, settings.issuerUrl(ca)),
                        purpose.bounds()),
                shard);
    }

    /** Chosen once, by chance; it stands in the distribution point. CAs, and what has none, are in the main CRL. */
    private int shard(Profile profile, CaName ca, Optional<ParsedTbs> issuer) {
        boolean hasShards = settings.crl().shards() > 0
                && !profile.purpose().isCa()
                && issuer.isPresent()
                && profile.urls().contains(UrlKind.CRL)
                && settings.crlUrl(CrlName.main(ca)).isPresent();
        return hasShards ? 1 + random.nextInt(settings.crl().shards()) : 0;
    }

    private static Bytes keyIdOf(ParsedTbs issuer) {
        return issuer.subjectKeyId()
                .orElseThrow(() -> DevpkiException.refused("the issuer's certificate has no subject key identifier"));
    }

    private NameDer name(Profile profile, String name) {
        return profile.naming()
                .identity()
                .map(CaIdentity::subject)
                .orElseGet(() -> Names.encode(subject(profile, name)));
    }

    private static Bytes subjectKeyId(Profile profile, CertificateOrder order) {
        return profile.naming()
                .identity()
                .flatMap(CaIdentity::subjectKeyId)
                .orElseGet(() -> Keys.subjectKeyId(order.publicKey()));
    }

    /** The subject that the profile's templates give a name. */
    public DistinguishedName subject(Profile profile, String name) {
        List<DistinguishedName.Attribute> attributes = new ArrayList<>();
        for (Profile.SubjectTemplate template : profile.naming().subject()) {
            String value = fill(template.template(), name).strip();
            if (!value.isEmpty()) {
                attributes.add(new DistinguishedName.Attribute(template.type(), value));
            }
        }
        return new DistinguishedName(attributes);
    }

    private String fill(String template, String name) {
        // a name has no braces; an organization may
        return template.replace("{name}", name)
                .replace("{organization}", settings.organization().orElse(""));
    }

    /** Whether an order by the profile may bring the name. */
    public static boolean isOrderable(Profile profile, SubjectAltName san) {
        String kind = san.text().substring(0, san.text().indexOf(':')).toLowerCase(Locale.ROOT);
        return profile.naming().orderable().contains(kind);
    }

    private List<SubjectAltName> alternativeNames(Profile profile, CertificateOrder order) {
        for (SubjectAltName san : order.sans()) {
            if (!isOrderable(profile, san)) {
                throw DevpkiException.refused("alternative name " + san.text() + " is of a kind that profile \""
                                + profile.name() + "\" does not allow to be ordered")
                        .hint("devpki profile show " + profile.name());
            }
        }
        return order.sans().isEmpty()
                ? usualNames(profile, order.name())
                : order.sans().stream().distinct().toList();
    }

    /** The alternative names that the profile gives a name of its own accord. */
    public List<SubjectAltName> usualNames(Profile profile, String name) {
        return profile.naming().sans().stream()
                .map(template -> SubjectAltName.parse(fill(template, name)))
                .toList();
    }

    private Validity validity(Profile profile, CertificateOrder order, Optional<ParsedTbs> issuer) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        issuer.map(tbs -> tbs.notAfter().at())
                .filter(issuersEnd -> !issuersEnd.isAfter(now))
                .ifPresent(issuersEnd -> {
                    throw DevpkiException.refused("the issuer's certificate ended at " + issuersEnd
                                    + ", so nothing can be issued by it; now it is " + now)
                            .hint(
                                    "devpki ca list shows which CAs are in time, and devpki ca rotate goes on by another");
                });
        Profile.Period period = profile.period();
        Instant issuersStart = issuer.map(tbs -> tbs.notBefore().at()).orElse(Instant.EPOCH);
        Instant backdated = period.backdate().map(now::minus).orElse(issuersStart);
        Instant notBefore = backdated.isBefore(issuersStart) ? issuersStart : backdated;
        Instant notAfter = end(order.notAfter().orElse(period.notAfter()), now, issuer);
        if (!notAfter.isAfter(now)) {
            throw DevpkiException.invalid("notAfter " + notAfter + " is not in the future; now it is " + now);
        }
        Instant longest = end(period.longest(), now, issuer);
        if (notAfter.isAfter(longest)) {
            throw DevpkiException.refused("notAfter " + notAfter + " exceeds the "
                            + period.longest().text() + " that profile \"" + profile.name() + "\" allows, until "
                            + longest)
                    .hint("devpki profile show " + profile.name());
        }
        issuer.map(tbs -> tbs.notAfter().at()).filter(notAfter::isAfter).ifPresent(issuersEnd -> {
            throw DevpkiException.refused(
                            "notAfter " + notAfter + " outlives the issuer, whose certificate ends at " + issuersEnd)
                    .hint("--not-after ca ends it with its issuer");
        });
        return new Validity(notBefore, notAfter);
    }

    private static Instant end(NotAfter notAfter, Instant now, Optional<ParsedTbs> issuer) {
        return notAfter.match(
                in -> earlier(now, in.length()),
                ca -> issuer.map(tbs -> tbs.notAfter().at())
                        .orElseThrow(() -> DevpkiException.invalid("a root has no issuer to end with")),
                never -> Validity.NO_WELL_DEFINED_EXPIRATION,
                at -> at.instant());
    }

    private static Instant earlier(Instant now, Duration length) {
        Instant end = now.plus(length);
        return end.isAfter(Validity.NO_WELL_DEFINED_EXPIRATION) ? Validity.NO_WELL_DEFINED_EXPIRATION : end;
    }

    private static List<String> urls(Profile profile, UrlKind kind, Optional<String> url) {
        return profile.urls().contains(kind) ? url.stream().toList() : List.of();
    }
}
