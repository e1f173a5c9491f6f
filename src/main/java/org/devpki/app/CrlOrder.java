package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.model.ShelfPlace;

/**
 * What {@code crl publish} was told.
 *
 * @param place another shelf than the store's own
 * @param isOnlyIfNeeded whether a CRL that is fresh and complete stays
 * @param hooks commands to run after a change, in order
 * @param forced why a revocation may vanish that is on the shelf, or a damaged file there be replaced
 */
public record CrlOrder(
        Optional<ShelfPlace> place, boolean isOnlyIfNeeded, List<String> hooks, Optional<String> forced) {
    public CrlOrder {
        hooks = List.copyOf(hooks);
    }
}
