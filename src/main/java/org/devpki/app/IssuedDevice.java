package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Budget;
import org.devpki.model.LedgerCertificate;

/**
 * What {@code issue} brings back.
 *
 * @param hasChanged false if the same order had been carried out before
 * @param folder the bundle, if it went to one
 * @param toBurn the folder of what is to be burned into eFuse, while it is there
 * @param warnings of lint, a sentence each
 * @param budget what the chain costs on the chip, where there is one
 */
public record IssuedDevice(
        LedgerCertificate certificate,
        boolean hasChanged,
        Optional<Path> folder,
        Optional<Path> toBurn,
        List<String> warnings,
        Optional<Budget> budget) {
    public IssuedDevice {
        warnings = List.copyOf(warnings);
    }
}
