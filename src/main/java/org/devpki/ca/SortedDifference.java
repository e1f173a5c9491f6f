package org.devpki.ca;

import java.util.Optional;
import java.util.function.Supplier;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;

/** Asks of entries, in their order, whether another telling in the same order has them: a merge, one entry in memory. */
public final class SortedDifference {
    private final Supplier<Optional<RevokedEntry>> others;
    private Optional<RevokedEntry> other;

    /** @param others the next one at each call, empty behind the last */
    public SortedDifference(Supplier<Optional<RevokedEntry>> others) {
        this.others = others;
        this.other = others.get();
    }

    /** @param entry after all that were asked for before */
    public boolean has(RevokedEntry entry) {
        while (other.isPresent() && RevokedEntries.ORDER.compare(other.get(), entry) < 0) {
            other = others.get();
        }
        return other.isPresent() && other.get().serial().equals(entry.serial());
    }
}
