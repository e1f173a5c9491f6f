package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.model.CertificateDer;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;

/**
 * What becomes of a credential.
 *
 * @param formats names of exporters; none for what suits the certificate
 * @param exportPassphrase for formats that put the key under one
 * @param home a word of {@link KeyHome}; the profile's when absent
 * @param flash for which chip, for formats and lint rules that ask
 * @param nvs for the NVS image
 * @param recipient whoever alone may open the secret files; they are written in clear when absent
 */
public record PackingOrder(
        List<String> formats,
        Optional<SecretBytes> exportPassphrase,
        Optional<String> home,
        Optional<FlashOrder> flash,
        NvsOrder nvs,
        Optional<CertificateDer> recipient,
        Destination destination) {
    public PackingOrder {
        formats = List.copyOf(formats);
    }

    /** The same for this chip and home. */
    PackingOrder onto(FlashOrder chip, String keyHome) {
        return new PackingOrder(
                formats, exportPassphrase, Optional.of(keyHome), Optional.of(chip), nvs, recipient, destination);
    }

    /**
     * What makes it another order, as lines. Formats do not: a bundle that lacks a file is not the whole one, and a
     * certificate for a request may be fetched in several.
     */
    String essence(KeyHome actual) {
        String sealedTo = "\nsealed-to="
                + recipient.map(der -> der.octets().sha256().hex()).orElse("");
        return "\nhome=" + actual.word()
                + flash.map(chosen -> chosen.essence(actual, sealedTo)).orElse(recipient.isPresent() ? sealedTo : "")
                + nvs.essence();
    }
}
