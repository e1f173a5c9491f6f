package org.devpki.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The line tokens in force in a ledger, which together say what may be issued; without any, everything may.
 *
 * @param tokens the one that ends first is first, and is used first
 */
public record Quota(List<LedgerToken> tokens) {
    public Quota {
        tokens = tokens.stream()
                .sorted(Comparator.comparing((LedgerToken held) -> held.token().until())
                        .thenComparing(held -> held.token().id()))
                .toList();
    }

    public boolean isRestricting() {
        return !tokens.isEmpty();
    }

    /**
     * The token that a certificate counts for.
     *
     * @return empty without any token
     * @throws DevpkiException REFUSED if none allows it, with the limit of the one that comes nearest
     */
    public Optional<LedgerToken> choose(QuotaClaim claim, Instant now) {
        Optional<LedgerToken> fitting = tokens.stream()
                .filter(held -> held.brokenBy(claim, now).isEmpty())
                .findFirst();
        if (fitting.isPresent() || tokens.isEmpty()) {
            return fitting;
        }
        LedgerToken nearest = tokens.stream()
                .max(Comparator.comparing(held -> held.brokenBy(claim, now).orElseThrow()))
                .orElseThrow();
        String others = tokens.size() == 1 ? "" : "; none of the " + tokens.size() + " tokens in force allows it";
        throw DevpkiException.refused(
                        nearest.sentence(nearest.brokenBy(claim, now).orElseThrow(), claim) + others)
                .hint("devpki batch token list");
    }

    /** What is left once a token counts so many more, or fewer. */
    public Quota counting(String id, long more) {
        return new Quota(tokens.stream()
                .map(held -> held.token().id().equals(id) ? held.counting(more) : held)
                .toList());
    }
}
