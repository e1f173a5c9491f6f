package org.devpki.model;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Revoked certificates, told one at a time in {@link #ORDER}: there may be more than memory holds. Each telling is the
 * ledger's, or the list's, at that moment.
 */
@FunctionalInterface
public interface RevokedEntries {
    /** By the octets of their serials as a dictionary has words, which is how a database compares octets. */
    Comparator<RevokedEntry> ORDER =
            (a, b) -> compareOctets(a.serial().value(), b.serial().value());

    void each(Consumer<RevokedEntry> consumer);

    static RevokedEntries of(List<RevokedEntry> entries) {
        List<RevokedEntry> sorted = entries.stream().sorted(ORDER).toList();
        return sorted::forEach;
    }

    private static int compareOctets(BigInteger a, BigInteger b) {
        int longer = octets(a) - octets(b);
        if (longer == 0) {
            return a.compareTo(b);
        }
        int aligned = longer > 0
                ? a.compareTo(b.shiftLeft(Byte.SIZE * longer))
                : a.shiftLeft(-Byte.SIZE * longer).compareTo(b);
        return aligned == 0 ? longer : aligned; // what is a beginning of the other comes first
    }

    private static int octets(BigInteger value) {
        return (value.bitLength() + Byte.SIZE - 1) / Byte.SIZE;
    }
}
