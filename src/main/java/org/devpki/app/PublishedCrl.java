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
        Instant end = crl.nextUpdate().orElse(crl.thisUpdate());
        return crl.thisUpdate().plus(Duration.between(crl.thisUpdate(), end).dividedBy(2));
    }

    /** The ledger's row for it; empty if the ledger never numbered it. */
    static Optional<LedgerCrl> row(Store store, CaName ca, ParsedCrl crl) {
        return crl.number().flatMap(number -> store.crl(ca, number));
    }

    /** Whether the ledger knows of revocations, or of releases, that the CRL cannot know of. */
    static boolean isBehind(Store store, CaName ca, OptionalInt shard, ParsedCrl crl) {
        Optional<LedgerCrl> row = row(store, ca, crl);
        return row.isEmpty() || store.revocationSequence(ca, shard) > row.get().takenSequence();
    }
}
