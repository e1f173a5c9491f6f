package org.devpki.ca.cloud;

import static org.devpki.model.CloudFinding.Severity.LACKS;
import static org.devpki.model.CloudFinding.Severity.WARNING;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.model.Cloud;
import org.devpki.model.CloudFinding;
import org.devpki.model.KeyUsage;
import org.devpki.model.Validity;
import org.devpki.x509.ParsedTbs;

/** What a cloud wants of the CA that it is told of, and of the chain as a whole. */
final class CaRules {
    private static final String RFC = "RFC 5280 sections 4.2.1.3 and 4.2.1.9";

    /** Of the Cumulocity cloud; an installation of one's own may have another limit. */
    private static final int MOST_IN_CHAIN = 10;

    private CaRules() {}

    /** It is a CA, by its certificate. */
    static Stream<CloudFinding> ca(Cloud cloud, CloudSubject subject) {
        ParsedTbs ca = subject.ca();
        Set<KeyUsage> usage = ca.keyUsage().orElse(Set.of(KeyUsage.KEY_CERT_SIGN));
        Stream<String> faults = Stream.of(
                        ca.version() == 3 ? "" : " is an X.509 certificate of version " + ca.version() + ", not 3",
                        ca.isCa() ? "" : " has no basicConstraints with cA TRUE",
                        usage.contains(KeyUsage.KEY_CERT_SIGN) ? "" : " has a keyUsage without keyCertSign")
                .filter(fault -> !fault.isEmpty());
        return faults.map(fault -> new CloudFinding(
                cloud,
                "ca",
                LACKS,
                "the certificate of " + subject.caText() + fault,
                "a CA of devpki: devpki ca create NAME --parent ROOT",
                switch (cloud) {
                    case AWS -> "AWS IoT Core Developer Guide, Create a CA certificate; " + RFC;
                    case CUMULOCITY -> "Cumulocity documentation, Device certificates; " + RFC;
                    case AZURE, THINGSBOARD -> RFC;
                }));
    }

    /** Both certificates hold now. */
    static Stream<CloudFinding> validity(Cloud cloud, CloudSubject subject) {
        return Stream.concat(
                subject.device().stream()
                        .flatMap(
                                tbs -> validity(
                                        cloud,
                                        tbs,
                                        subject.now(),
                                        "the device's certificate",
                                        "devpki device renew NAME")
                                        .stream()),
                validity(
                        cloud,
                        subject.ca(),
                        subject.now(),
                        "the certificate of " + subject.caText(),
                        "devpki ca reissue NAME")
                        .stream());
    }

    private static Optional<CloudFinding> validity(Cloud cloud, ParsedTbs tbs, Instant now, String which, String fix) {
        Instant start = tbs.notBefore().at();
        Instant end = tbs.notAfter().at();
        String source = "RFC 5280 section 4.1.2.5";
        if (now.isAfter(end)) {
            return Optional.of(new CloudFinding(cloud, "validity", LACKS, which + " ended at " + end, fix, source));
        }
        return now.isBefore(start)
                ? Optional.of(new CloudFinding(
                        cloud,
                        "validity",
                        LACKS,
                        which + " begins at " + start + " only",
                        "wait, or set the clock of the machine that issues",
                        source))
                : Optional.empty();
    }

    /** A certificate without an end is good by the RFC, and no cloud's documentation says what is made of it. */
    static Stream<CloudFinding> noEnd(Cloud cloud, CloudSubject subject) {
        return Stream.concat(
                subject.device().stream()
                        .filter(CaRules::hasNoEnd)
                        .map(tbs -> noEnd(
                                cloud,
                                "the device's certificate",
                                "devpki issue NAME --not-after 10y gives it an end")),
                Stream.of(subject.ca())
                        .filter(CaRules::hasNoEnd)
                        .map(tbs -> noEnd(
                                cloud,
                                "the certificate of " + subject.caText(),
                                "devpki ca reissue NAME --not-after 20y gives it an end, if need be")));
    }

    private static boolean hasNoEnd(ParsedTbs tbs) {
        return tbs.notAfter().at().equals(Validity.NO_WELL_DEFINED_EXPIRATION);
    }

    private static CloudFinding noEnd(Cloud cloud, String which, String fix) {
        return new CloudFinding(
                cloud,
                "no-end",
                WARNING,
                which + " ends at " + Validity.NO_WELL_DEFINED_EXPIRATION
                        + ", which means never, and the documentation of " + cloud.title()
                        + " says nothing of that; try one first",
                fix,
                "docs/adr/0006-cas-without-expiry.md");
    }

    /** What the device sends leads to the CA that the cloud was told of. */
    static Stream<CloudFinding> chain(Cloud cloud, CloudSubject subject) {
        return switch (cloud) {
            case AWS, AZURE -> Stream.empty(); // both have the issuer's own certificate, and need no more than the leaf
            case THINGSBOARD -> rootIssues(subject).stream();
            case CUMULOCITY -> tooLong(subject).stream();
        };
    }

    private static Optional<CloudFinding> rootIssues(CloudSubject subject) {
        return subject.ca().isSelfIssued()
                ? Optional.of(new CloudFinding(
                        Cloud.THINGSBOARD,
                        "chain",
                        LACKS,
                        subject.caText() + " is a root, which devices do not send, and the device profile's"
                                + " certificate has to be in what they send",
                        "a CA below the root that issues: devpki ca create NAME --parent ROOT",
                        "ThingsBoard documentation, X.509 Certificate Chain"))
                : Optional.empty();
    }

    private static Optional<CloudFinding> tooLong(CloudSubject subject) {
        int sent = subject.sentCertificates();
        return sent > MOST_IN_CHAIN
                ? Optional.of(new CloudFinding(
                        Cloud.CUMULOCITY,
                        "chain",
                        LACKS,
                        "a device sends " + sent + " certificates, and Cumulocity's cloud takes chains of "
                                + MOST_IN_CHAIN,
                        "a CA nearer to the root",
                        "Cumulocity documentation, Device certificates"))
                : Optional.empty();
    }
}
