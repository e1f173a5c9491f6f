package org.devpki.app;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.model.LedgerCertificate;

/**
 * What {@code issue} brings back.
 *
 * @param hasChanged false if the same order had been carried out before
 * @param folder the bundle, if it went to one
 * @param toBurn the folder of what is to be burned into eFuse, while it is there
 */
public record IssuedDevice(
        LedgerCertificate certificate, boolean hasChanged, Optional<Path> folder, Optional<Path> toBurn) {}
