package org.devpki.ca;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;

/**
 * Proves a CRL before it goes on a shelf: from its octets alone, as a broker will read it.
 *
 * @param ca the certificate whose key must have signed it
 * @param shelved what is on the shelf now
 * @param mayVanish says of an entry of the shelved CRL that is not in the new one whether that is right: it expired, or
 *     its hold was released
 * @param live certificates that must pass
 * @param revoked certificates that must fail
 */
public record CrlProof(
        ParsedTbs ca,
        Optional<ParsedCrl> shelved,
        Predicate<RevokedEntry> mayVanish,
        List<ParsedTbs> live,
        List<ParsedTbs> revoked) {

    /** @throws DevpkiException INTEGRITY with the first thing that does not hold */
    public void prove(CrlDer made, CrlPlan plan, Instant now) {
        ParsedCrl crl = Crls.parse(made);
        require(crl.isSignedBy(ca.publicKey()), "its signature does not verify with the key of its CA");
        require(crl.issuer().equals(ca.subject()), "its issuer is not its CA's subject, octet for octet");
        require(crl.authorityKeyId().equals(ca.subjectKeyId()), "its authority key identifier is not its CA's");
        require(crl.number().equals(Optional.of(plan.number())), "its number is not the one planned");
        require(!crl.thisUpdate().isAfter(now), "its thisUpdate " + crl.thisUpdate() + " is in the future");
        require(
                crl.nextUpdate().filter(now::isBefore).isPresent(),
                "its nextUpdate is missing or past: "
                        + crl.nextUpdate().map(Instant::toString).orElse("none"));
        Set<SerialNumber> listed = serials(crl.entries());
        require(listed.equals(serials(plan.entries())), "its entries are not those of the ledger");
        shelved.ifPresent(old -> proveAgainst(old, crl, listed));
        live.forEach(certificate -> {
            require(CrlScope.covers(crl, certificate), scope(certificate));
            require(
                    !listed.contains(certificate.serialNumber()),
                    "live certificate " + certificate.serialNumber() + " is listed in it");
        });
        // one that is out of the CRL's scope fails too, by error 44, but only what is listed fails everywhere
        revoked.forEach(certificate -> require(
                listed.contains(certificate.serialNumber()),
                "revoked certificate " + certificate.serialNumber() + " is not listed in it"));
    }

    private void proveAgainst(ParsedCrl old, ParsedCrl crl, Set<SerialNumber> listed) {
        BigInteger oldNumber = old.number().orElse(BigInteger.ZERO);
        require(
                crl.number().orElse(BigInteger.ZERO).compareTo(oldNumber) > 0,
                "its number " + crl.number().orElse(BigInteger.ZERO) + " is not above the published " + oldNumber);
        for (RevokedEntry entry : old.entries()) {
            require(
                    listed.contains(entry.serial()) || mayVanish.test(entry),
                    "revoked serial " + entry.serial() + " is on the published CRL and would vanish from it;"
                            + " was an old backup restored?");
        }
    }

    private static String scope(ParsedTbs certificate) {
        return "certificate " + certificate.serialNumber()
                + " is not in its scope: the distribution points differ (OpenSSL error 44)";
    }

    private static Set<SerialNumber> serials(Collection<RevokedEntry> entries) {
        Set<SerialNumber> serials = new HashSet<>();
        entries.forEach(entry -> serials.add(entry.serial()));
        return serials;
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw DevpkiException.integrity("the new CRL is not published: " + sentence);
        }
    }
}
