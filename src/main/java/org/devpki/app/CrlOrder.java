package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code crl publish} was told.
 *
 * @param folder another shelf than the store's own
 * @param isOnlyIfNeeded whether a CRL that is fresh and complete stays
 * @param hooks commands to run after a change, in order
 */
public record CrlOrder(Optional<Path> folder, boolean isOnlyIfNeeded, List<String> hooks) {
    public CrlOrder {
        hooks = List.copyOf(hooks);
    }
}
