package org.devpki.ca.cloud;

import static org.devpki.model.CloudFinding.Severity.LACKS;
import static org.devpki.model.CloudFinding.Severity.WARNING;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.model.Cloud;
import org.devpki.model.CloudFinding;
import org.devpki.model.KeySpec;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Keys;
import org.devpki.x509.ParsedTbs;

/** Which keys and signatures a cloud takes. */
final class KeyRules {
    private static final int LEAST_RSA_BITS = 2048;
    private static final String AWS_KEYS =
            "AWS IoT API Reference, CreateCertificateFromCsr; AWS IoT Device Defender, CA and device key quality checks";
    private static final String AWS_SIGNATURES = "AWS IoT Core Developer Guide, X.509 client certificates";
    private static final String OWN = "docs/algorithms.md";

    /** RFC 4055 section 5 and RFC 5758 section 3.2; the names of AWS's list. */
    private static final Map<String, String> SIGNATURES_OF_AWS = Map.of(
            "1.2.840.113549.1.1.10", "RSASSAPSS",
            "1.2.840.113549.1.1.11", "SHA256WITHRSA",
            "1.2.840.113549.1.1.12", "SHA384WITHRSA",
            "1.2.840.113549.1.1.13", "SHA512WITHRSA",
            "1.2.840.10045.4.3.2", "ECDSA-WITH-SHA256",
            "1.2.840.10045.4.3.3", "ECDSA-WITH-SHA384",
            "1.2.840.10045.4.3.4", "ECDSA-WITH-SHA512",
            "2.16.840.1.101.3.4.3.2", "DSA_WITH_SHA256");

    private KeyRules() {}

    /** The kind of key of the device and of the CA. */
    static Stream<CloudFinding> kind(Cloud cloud, CloudSubject subject) {
        Stream<CloudFinding> device = subject.device().stream()
                .flatMap(tbs -> kind(cloud, tbs, "the device's key", "devpki issue NAME --key P-256").stream());
        Optional<CloudFinding> ca = kind(
                cloud,
                subject.ca(),
                "the key of " + subject.caText(),
                "another CA for the devices: devpki ca create NAME --parent ROOT --key P-256");
        return Stream.concat(device, ca.stream());
    }

    private static Optional<CloudFinding> kind(Cloud cloud, ParsedTbs tbs, String whose, String fix) {
        Optional<KeySpec> known = Keys.spec(tbs.publicKey());
        if (known.isEmpty()) {
            return Optional.of(finding(cloud, LACKS, whose + " is of a kind that devpki does not know", fix));
        }
        String is = whose + " is " + known.get().text();
        return known.get()
                .match(
                        ec -> Optional.empty(),
                        rsa -> rsa.bits() < LEAST_RSA_BITS
                                ? Optional.of(finding(
                                        cloud,
                                        LACKS,
                                        is + ", and " + LEAST_RSA_BITS + " bits are the least that is safe or taken",
                                        fix))
                                : Optional.empty(),
                        ed -> Optional.of(
                                cloud == Cloud.AWS
                                        ? finding(
                                                cloud,
                                                LACKS,
                                                is + ", and " + cloud.title() + " takes RSA, P-256, P-384 and P-521",
                                                fix)
                                        : finding(
                                                cloud,
                                                WARNING,
                                                is + ", which the documentation of " + cloud.title()
                                                        + " does not speak of; try one device first",
                                                fix)),
                        ml -> Optional.of(
                                finding(cloud, LACKS, is + ", which no cloud's documentation speaks of", fix)));
    }

    private static CloudFinding finding(Cloud cloud, CloudFinding.Severity severity, String sentence, String fix) {
        return new CloudFinding(cloud, "key", severity, sentence, fix, cloud == Cloud.AWS ? AWS_KEYS : OWN);
    }

    /** What the device's certificate, and the CA's own, are signed with; of the clouds AWS alone has a list. */
    static Stream<CloudFinding> signature(Cloud cloud, CloudSubject subject) {
        if (cloud != Cloud.AWS) {
            return Stream.empty();
        }
        return Stream.concat(
                subject.device().stream().flatMap(tbs -> unlisted(tbs, "the device's certificate").stream()),
                unlisted(subject.ca(), "the certificate of " + subject.caText()).stream());
    }

    private static Optional<CloudFinding> unlisted(ParsedTbs tbs, String which) {
        String oid = tbs.signatureOid();
        if (SIGNATURES_OF_AWS.containsKey(oid)) {
            return Optional.empty();
        }
        String algorithm =
                SignatureAlgorithm.ofOid(oid).map(SignatureAlgorithm::text).orElse(oid);
        return Optional.of(new CloudFinding(
                Cloud.AWS,
                "signature",
                LACKS,
                which + " is signed with " + algorithm + ", and " + Cloud.AWS.title()
                        + " takes ECDSA and RSA with SHA-256, SHA-384 or SHA-512",
                "a CA above it whose key is RSA or EC: devpki ca create NAME --parent ROOT --key P-256",
                AWS_SIGNATURES));
    }
}
