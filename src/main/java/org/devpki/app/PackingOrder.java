package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.model.SecretBytes;

/**
 * What becomes of a credential.
 *
 * @param formats names of exporters; none for what suits the certificate
 * @param exportPassphrase for formats that put the key under one
 * @param flash for which chip, for formats and lint rules that ask
 * @param nvs for the NVS image
 */
public record PackingOrder(
        List<String> formats,
        Optional<SecretBytes> exportPassphrase,
        Optional<FlashOrder> flash,
        NvsOrder nvs,
        Destination destination) {
    public PackingOrder {
        formats = List.copyOf(formats);
    }
}
