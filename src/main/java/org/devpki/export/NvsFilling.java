package org.devpki.export;

import java.util.Map;
import java.util.Optional;
import org.devpki.esp.NvsKeys;
import org.devpki.model.NvsTemplate;

/**
 * What an NVS image is made of beside the credential.
 *
 * @param values of the placeholders {@code {value.X}}, by X
 * @param organization of the site
 * @param keys that encrypt the image
 * @param isKeysFile whether the keys are new, and go into a key partition of the device's own
 */
public record NvsFilling(
        NvsTemplate template,
        Map<String, String> values,
        Optional<String> organization,
        Optional<NvsKeys> keys,
        boolean isKeysFile) {
    public NvsFilling {
        values = Map.copyOf(values);
    }
}
