package org.devpki.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a JSON Web Token says (RFC 7519) that a device gives to its broker as password. It is not secret; the signed form is.
 *
 * @param id tells it from all others
 * @param device whom it is about: the subject, and the MQTT user name
 * @param clientId the MQTT client ID that the bearer may have
 * @param issuedAt whole seconds, as is {@code expires}
 * @param grants with no placeholders left
 */
public record AccessToken(
        String id,
        String issuer,
        Optional<String> audience,
        DeviceId device,
        DeviceId clientId,
        Instant issuedAt,
        Instant expires,
        TokenForm form,
        List<TopicGrant> grants) {
    public AccessToken {
        grants = List.copyOf(grants);
    }
}
