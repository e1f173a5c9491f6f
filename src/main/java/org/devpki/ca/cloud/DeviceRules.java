package org.devpki.ca.cloud;

import static org.devpki.model.CloudFinding.Severity.LACKS;
import static org.devpki.model.CloudFinding.Severity.WARNING;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.devpki.model.Cloud;
import org.devpki.model.CloudFinding;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.KeyUsage;
import org.devpki.model.Quoted;
import org.devpki.x509.ParsedTbs;

/** What a cloud wants of a device's certificate. */
final class DeviceRules {
    /** RFC 5280 section 4.2.1.12. */
    private static final String ANY_PURPOSE = "2.5.29.37.0";

    private static final String RENAME = "issue the device's certificate under another name: devpki issue NAME";

    /** What a common name has to be, as it becomes the device's name there. */
    private record NameForm(Pattern form, String words, String source) {}

    private DeviceRules() {}

    /** One common name, of the form that the cloud's own name for the device has. */
    static Stream<CloudFinding> commonName(Cloud cloud, CloudSubject subject) {
        return subject.device().stream().flatMap(tbs -> commonName(cloud, tbs.commonNames()));
    }

    private static Stream<CloudFinding> commonName(Cloud cloud, List<String> names) {
        NameForm wanted = nameForm(cloud);
        List<CloudFinding> findings = new ArrayList<>();
        if (names.isEmpty()) {
            findings.add(name(cloud, LACKS, "the certificate has no common name, and " + wanted.words(), wanted));
        } else {
            String name = names.get(0);
            if (!wanted.form().matcher(name).matches()) {
                findings.add(name(
                        cloud, LACKS, "the common name is " + Quoted.of(name) + ", and " + wanted.words(), wanted));
            }
            if (names.size() > 1) {
                findings.add(name(
                        cloud,
                        WARNING,
                        "there are " + names.size() + " common names; the device is the first",
                        wanted));
            }
            if (cloud == Cloud.AZURE && !name.equals(name.toLowerCase(Locale.ROOT))) {
                findings.add(name(
                        cloud,
                        WARNING,
                        "the common name " + Quoted.of(name)
                                + " has capital letters, and a registration ID does not tell them from small ones",
                        wanted));
            }
        }
        return findings.stream();
    }

    private static CloudFinding name(Cloud cloud, CloudFinding.Severity severity, String sentence, NameForm wanted) {
        return new CloudFinding(cloud, "common-name", severity, sentence, RENAME, wanted.source());
    }

    private static NameForm nameForm(Cloud cloud) {
        return switch (cloud) {
            case AWS ->
                new NameForm(
                        Pattern.compile("[a-zA-Z0-9:_-]{1,128}"),
                        "it becomes the thing's name, which has only A-Z a-z 0-9 : _ -",
                        "AWS IoT API Reference, CreateThing");
            case AZURE ->
                new NameForm(
                        Pattern.compile("[A-Za-z0-9._:-]{0,127}[A-Za-z0-9-]"),
                        "it is the registration ID, which has only A-Z a-z 0-9 - . _ : and ends with a letter, a digit or -",
                        "Azure DPS documentation, X.509 certificate attestation");
            case THINGSBOARD ->
                new NameForm(
                        Pattern.compile(".+"),
                        "it becomes the device's name",
                        "ThingsBoard documentation, X.509 Certificate Chain");
            case CUMULOCITY ->
                new NameForm(
                        Pattern.compile("[^:]+"),
                        "it is the client ID, in which a colon divides what is something else",
                        "Cumulocity documentation, Device certificates");
        };
    }

    /** Nothing in the certificate forbids a TLS client to sign with the key. */
    static Stream<CloudFinding> clientAuthentication(Cloud cloud, CloudSubject subject) {
        return subject.device().stream()
                .flatMap(tbs -> Stream.of(purpose(tbs), usage(tbs)).flatMap(Optional::stream))
                .map(sentence -> new CloudFinding(
                        cloud,
                        "client-auth",
                        LACKS,
                        sentence,
                        "a profile for devices: devpki issue NAME --profile device-mqtt",
                        "RFC 5280 sections 4.2.1.3 and 4.2.1.12"));
    }

    private static Optional<String> purpose(ParsedTbs tbs) {
        return tbs.extendedKeyUsage()
                .filter(purposes ->
                        !purposes.contains(ExtendedKeyUsage.CLIENT_AUTH.oid()) && !purposes.contains(ANY_PURPOSE))
                .map(purposes -> "extKeyUsage is without clientAuth, so the certificate is for no TLS client");
    }

    private static Optional<String> usage(ParsedTbs tbs) {
        Optional<Set<KeyUsage>> usage = tbs.keyUsage();
        return usage.filter(bits -> !bits.contains(KeyUsage.DIGITAL_SIGNATURE))
                .map(bits -> "keyUsage is without digitalSignature, which a TLS client's signature asks for");
    }

    /** Cumulocity can read CRLs, if the certificate says where they are. */
    static Stream<CloudFinding> revocation(Cloud cloud, CloudSubject subject) {
        return subject
                .device()
                .filter(tbs -> cloud == Cloud.CUMULOCITY
                        && tbs.crlDistributionPoints().stream()
                                .allMatch(point -> point.uris().isEmpty()))
                .map(tbs -> new CloudFinding(
                        cloud,
                        "revocation",
                        WARNING,
                        "the certificate names no CRL, so that Cumulocity's online check has nothing to read",
                        "urls.crl in devpki.yaml, then a new certificate; or the offline check, by serial numbers",
                        "Cumulocity documentation, Managing trusted certificate settings"))
                .stream();
    }
}
