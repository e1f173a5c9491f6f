package org.devpki.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A line token that is in force in a ledger.
 *
 * @param used how many certificates it counts
 */
public record LedgerToken(LineToken token, long used) {
    /** What a token limits, from what concerns it least to what concerns it most. */
    enum Limit {
        CA,
        PROFILE,
        BATCH,
        NAME,
        UNTIL,
        DEVICES
    }

    public long left() {
        return token.devices() - used;
    }

    public boolean isOver(Instant now) {
        return !now.isBefore(token.until());
    }

    LedgerToken counting(long more) {
        return new LedgerToken(token, used + more);
    }

    /** The first limit that the certificate would break. */
    Optional<Limit> brokenBy(QuotaClaim claim, Instant now) {
        if (!token.ca().equals(claim.ca())) {
            return Optional.of(Limit.CA);
        }
        if (!token.profiles().contains(claim.profile())) {
            return Optional.of(Limit.PROFILE);
        }
        if (token.batch().isPresent() && !token.batch().equals(claim.batch())) {
            return Optional.of(Limit.BATCH);
        }
        if (!token.name().matches(claim.name())) {
            return Optional.of(Limit.NAME);
        }
        if (isOver(now)) {
            return Optional.of(Limit.UNTIL);
        }
        return left() > 0 ? Optional.empty() : Optional.of(Limit.DEVICES);
    }

    String sentence(Limit limit, QuotaClaim claim) {
        String left = "; " + left() + " of " + token.devices() + " devices are left";
        return switch (limit) {
            case CA -> "CA " + claim.ca() + " is not the one of line token " + token.id() + ": " + token.ca() + left;
            case PROFILE ->
                "profile \"" + claim.profile() + "\" is not one that line token " + token.id() + " allows: "
                        + String.join(", ", token.profiles()) + left;
            case BATCH ->
                claim.batch().map(batch -> "batch " + batch).orElse("an order without batch")
                        + " is not what line token " + token.id() + " allows: "
                        + token.batch().map(batch -> "batch " + batch).orElse("") + left;
            case NAME ->
                "name " + Quoted.of(claim.name()) + " is not one that line token " + token.id() + " allows: "
                        + token.name() + left;
            case UNTIL -> "line token " + token.id() + " ended at " + token.until() + left;
            case DEVICES ->
                "line token " + token.id() + " allows " + token.devices() + " devices, and " + left() + " are left for "
                        + claim.name();
        };
    }
}
