package org.devpki.ca;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.x509.ListedEntries;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;

/**
 * Proves a CRL before it goes on a shelf: from its octets alone, as a broker will read it, and in memory that does not
 * grow with the CRL.
 *
 * @param ca the certificate whose key must have signed it
 * @param told what the ledger told when the CRL was written
 * @param shelved what is on the shelves now
 * @param live certificates that must pass
 * @param revoked certificates that must fail
 */
public record CrlProof(
        ParsedTbs ca, EntryTally told, List<Shelved> shelved, List<ParsedTbs> live, List<SerialNumber> revoked) {
    /**
     * A CRL that the new one takes the place of.
     *
     * @param mayVanish says of an entry that is not in the new one whether that is right: it expired, or its hold was
     *     released
     */
    public record Shelved(ParsedCrl crl, Predicate<RevokedEntry> mayVanish) {}

    /** @throws DevpkiException INTEGRITY with the first thing that does not hold */
    public void prove(ParsedCrl crl, CrlPlan plan, Instant now) {
        require(crl.isSignedBy(ca.publicKey()), "its signature does not verify with the key of its CA");
        require(crl.issuer().equals(ca.subject()), "its issuer is not its CA's subject, octet for octet");
        require(crl.authorityKeyId().equals(ca.subjectKeyId()), "its authority key identifier is not its CA's");
        require(crl.number().equals(Optional.of(plan.number())), "its number is not the one planned");
        require(crl.baseNumber().equals(plan.scope().baseNumber()), "its base CRL number is not the one planned");
        require(!crl.thisUpdate().isAfter(now), "its thisUpdate " + crl.thisUpdate() + " is in the future");
        require(
                crl.nextUpdate().filter(now::isBefore).isPresent(),
                "its nextUpdate is missing or past: "
                        + crl.nextUpdate().map(Instant::toString).orElse("none"));
        require(crl.entries().isAscending(), "its entries are not in the order of their serials, each once");
        proveEntries(crl);
        shelved.forEach(old -> proveAgainst(old, crl));
        live.forEach(certificate -> require(
                CrlScope.covers(crl, certificate),
                "certificate " + certificate.serialNumber()
                        + " is not in its scope: the distribution points differ (OpenSSL error 44)"));
    }

    /** One walk: that it lists what the ledger told, no live certificate, and every newly revoked one. */
    private void proveEntries(ParsedCrl crl) {
        Set<SerialNumber> alive = new HashSet<>();
        live.forEach(certificate -> alive.add(certificate.serialNumber()));
        // one that is out of the CRL's scope fails too, by error 44, but only what is listed fails everywhere
        Set<SerialNumber> missing = new HashSet<>(revoked);
        EntryTally listed = new EntryTally();
        listed.noting(crl.entries()).each(entry -> {
            missing.remove(entry.serial());
            if (alive.contains(entry.serial()) && entry.reason() != RevocationReason.REMOVE_FROM_CRL) {
                throw refused("live certificate " + entry.serial() + " is listed in it");
            }
        });
        require(
                listed.count() == told.count() && listed.digest().equals(told.digest()),
                "its entries are not those of the ledger");
        missing.stream().findFirst().ifPresent(serial -> {
            throw refused("revoked certificate " + serial + " is not listed in it");
        });
    }

    private static void proveAgainst(Shelved old, ParsedCrl crl) {
        BigInteger oldNumber = old.crl().number().orElse(BigInteger.ZERO);
        require(
                crl.number().orElse(BigInteger.ZERO).compareTo(oldNumber) > 0,
                "its number " + crl.number().orElse(BigInteger.ZERO) + " is not above the published " + oldNumber);
        vanished(old.crl(), crl)
                .each(entry -> require(
                        old.mayVanish().test(entry),
                        "revoked serial " + entry.serial() + " is on the published CRL and would vanish from it;"
                                + " was an old backup restored?"));
    }

    /** What the old CRL lists and the new one does not. */
    private static RevokedEntries vanished(ParsedCrl old, ParsedCrl crl) {
        if (!old.entries().isAscending()) { // another program's; only devpki's own are known to be in order
            Set<SerialNumber> listed = new HashSet<>();
            crl.entries().each(entry -> listed.add(entry.serial()));
            return consumer -> old.entries().each(entry -> {
                if (!listed.contains(entry.serial())) {
                    consumer.accept(entry);
                }
            });
        }
        return consumer -> {
            try (ListedEntries.Cursor news = crl.entries().open()) {
                SortedDifference difference = new SortedDifference(news::next);
                old.entries().each(entry -> {
                    if (!difference.has(entry)) {
                        consumer.accept(entry);
                    }
                });
            }
        };
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw refused(sentence);
        }
    }

    private static DevpkiException refused(String sentence) {
        return DevpkiException.integrity("the new CRL is not published: " + sentence);
    }
}
