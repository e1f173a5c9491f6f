package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.model.CaName;
import org.devpki.model.LedgerCrl;
import org.devpki.store.Store;
import org.devpki.x509.ParsedCrl;

/** What is to be said of a CRL that is on a shelf. */
final class PublishedCrl {
    private PublishedCrl() {}

    /** When it should be made anew: after half its life. */
    static Instant renewalTime(ParsedCrl crl) {
        return renewalTime(crl.thisUpdate(), crl.nextUpdate().orElse(crl.thisUpdate()));
    }

    static Instant renewalTime(Instant thisUpdate, Instant nextUpdate) {
        return thisUpdate.plus(Duration.between(thisUpdate, nextUpdate).dividedBy(2));
    }

    /** @param least what must remain of its life, or attention is due */
    static Urgency urgency(Duration remaining, Duration least, boolean isBehind) {
        if (remaining.isNegative() || remaining.isZero()) {
            return Urgency.TOO_LATE;
        }
        return isBehind || remaining.compareTo(least) < 0 ? Urgency.SOON : Urgency.NONE;
    }

    /** The ledger's row for it; empty if the ledger never numbered it. */
    static Optional<LedgerCrl> row(Store store, CaName ca, ParsedCrl crl) {
        return crl.number().flatMap(number -> store.crl(ca, number));
    }

    /** Whether the ledger knows of revocations, or of releases, that the CRL cannot know of. */
    static boolean isBehind(Store store, CaName ca, OptionalInt shard, ParsedCrl crl) {
        return isBehind(store, ca, shard, row(store, ca, crl));
    }

    static boolean isBehind(Store store, CaName ca, OptionalInt shard, Optional<LedgerCrl> row) {
        return row.isEmpty() || store.revocationSequence(ca, shard) > row.get().takenSequence();
    }
}
