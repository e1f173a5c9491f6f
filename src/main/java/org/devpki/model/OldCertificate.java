package org.devpki.model;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate as another program's ledger tells of it.
 *
 * @param place where it stands, such as {@code index.txt line 3}
 * @param serial any integer
 * @param end when it ends, where the ledger tells
 * @param certificate where the ledger has it
 * @param revocation where it is revoked; for no reason that is told where that would be removeFromCRL, which a whole CRL cannot say
 *     (RFC 5280 section 5.3.1)
 */
public record OldCertificate(
        String place,
        BigInteger serial,
        Optional<Instant> end,
        Optional<CertificateDer> certificate,
        Optional<Revocation> revocation) {
    public OldCertificate {
        revocation = revocation.map(told -> told.reason() == RevocationReason.REMOVE_FROM_CRL
                ? new Revocation(told.at(), RevocationReason.UNSPECIFIED, told.invalidAt())
                : told);
    }

    public OldCertificate with(CertificateDer found) {
        return new OldCertificate(place, serial, end, Optional.of(found), revocation);
    }
}
