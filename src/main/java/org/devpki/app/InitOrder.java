package org.devpki.app;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.UrlKind;

/**
 * What {@code init} was told.
 *
 * @param notAfter of root and issuing CA; the profiles' own when absent
 */
public record InitOrder(
        Optional<String> organization,
        Map<UrlKind, String> urls,
        KeySpec rootKey,
        KeySpec issuingKey,
        Optional<NotAfter> notAfter) {
    public InitOrder {
        urls = Map.copyOf(urls);
    }

    /** SHA-256 of all of it, to tell the same order from a different one. */
    Bytes hash() {
        return Bytes.utf8(organization + "\n" + new TreeMap<>(urls) + "\n" + rootKey.text() + "\n" + issuingKey.text()
                        + "\n" + notAfter.map(NotAfter::text))
                .sha256();
    }
}
