package org.devpki.export;

import java.util.Map;
import java.util.Optional;
import org.devpki.esp.NvsKeys;
import org.devpki.model.NvsTemplate;
import org.devpki.model.SecretBytes;

/**
 * What an NVS image is made of beside the credential.
 *
 * @param values of the placeholders {@code {value.X}} and {@code {secret.X}}, by X
 * @param organization of the site
 * @param keys that encrypt the image
 * @param burned the HMAC key that they derive from, where they do
 * @param isKeysFile whether the keys are new, and go into a key partition of the device's own
 */
public record NvsFilling(
        NvsTemplate template,
        Map<String, SecretBytes> values,
        Optional<String> organization,
        Optional<NvsKeys> keys,
        Optional<BurnedKey> burned,
        boolean isKeysFile) {
    public NvsFilling {
        values = Map.copyOf(values);
    }
}
