package org.devpki.ca.cloud;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.devpki.model.Cloud;
import org.devpki.model.CloudFinding;

/** All rules, in the order in which their findings are told. */
public final class CloudRules {
    private static final List<BiFunction<Cloud, CloudSubject, Stream<CloudFinding>>> ALL = List.of(
            KeyRules::kind,
            KeyRules::signature,
            DeviceRules::commonName,
            DeviceRules::clientAuthentication,
            DeviceRules::revocation,
            CaRules::ca,
            CaRules::validity,
            CaRules::noEnd,
            CaRules::chain);

    private CloudRules() {}

    /** What the certificates lack for the cloud; nothing where all is well. */
    public static List<CloudFinding> findings(Cloud cloud, CloudSubject subject) {
        return ALL.stream().flatMap(rule -> rule.apply(cloud, subject)).toList();
    }
}
