package org.devpki.export;

import java.util.List;
import java.util.Optional;
import org.devpki.model.SecretBytes;

/**
 * What an export was told beside the credential.
 *
 * @param passphrase for formats that put the key under one
 * @param flashing for formats that are made for one chip
 * @param nvs for the NVS image
 * @param sealing of secret files, where they are not written in clear
 * @param warnings what the chip may stumble over, a sentence each; for people
 */
public record ExportOptions(
        Optional<SecretBytes> passphrase,
        Optional<Flashing> flashing,
        Optional<NvsFilling> nvs,
        Optional<Sealing> sealing,
        List<String> warnings) {
    public static final ExportOptions NONE =
            new ExportOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    public ExportOptions {
        warnings = List.copyOf(warnings);
    }
}
