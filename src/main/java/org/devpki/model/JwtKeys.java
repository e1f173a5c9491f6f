package org.devpki.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The keys that sign access tokens: one at a time signs, its successor is published ahead of that, and its predecessor for
 * as long as a token is in force that it signed.
 *
 * @param all oldest first
 */
public record JwtKeys(List<JwtKey> all) {
    /** What a key is for at a moment. */
    public enum Standing {
        /** Published, and not signing yet. */
        WAITING,
        SIGNING,
        /** Published, for tokens that it signed are in force. */
        LEAVING,
        /** Not published, for no such token is left. */
        OVER,
        RETIRED;

        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public JwtKeys {
        all = List.copyOf(all);
    }

    /** The one that signs: the last one of those whose time has come. */
    public Optional<JwtKey> signing(Instant now) {
        return all.stream()
                .filter(key -> key.retiredAt().isEmpty() && !key.usedFrom().isAfter(now))
                .reduce((one, other) -> other.usedFrom().isBefore(one.usedFrom()) ? one : other);
    }

    public Standing standing(JwtKey key, Instant now) {
        if (key.retiredAt().isPresent()) {
            return Standing.RETIRED;
        }
        if (key.usedFrom().isAfter(now)) {
            return Standing.WAITING;
        }
        if (signing(now).filter(key::equals).isPresent()) {
            return Standing.SIGNING;
        }
        return key.lastExpiry().filter(end -> end.isAfter(now)).isPresent() ? Standing.LEAVING : Standing.OVER;
    }

    public List<JwtKey> waiting(Instant now) {
        return with(Standing.WAITING, now);
    }

    private List<JwtKey> with(Standing standing, Instant now) {
        return all.stream().filter(key -> standing(key, now) == standing).toList();
    }

    /** Whether its private half has work to do, or will have. */
    public boolean isNeeded(JwtKey key, Instant now) {
        return switch (standing(key, now)) {
            case WAITING, SIGNING -> true;
            case LEAVING, OVER, RETIRED -> false;
        };
    }

    /** Those that whoever verifies tokens has to know, in the order in which they sign. */
    public List<JwtKey> published(Instant now) {
        return all.stream()
                .filter(key -> switch (standing(key, now)) {
                    case WAITING, SIGNING, LEAVING -> true;
                    case OVER, RETIRED -> false;
                })
                .sorted(Comparator.comparing(JwtKey::usedFrom))
                .toList();
    }

    /** @throws DevpkiException NOT_FOUND if there is none of that id, or of ids that begin so more than one */
    public JwtKey named(String id) {
        List<JwtKey> found = all.stream().filter(key -> key.id().startsWith(id)).toList();
        if (id.isEmpty() || found.size() != 1) {
            throw DevpkiException.notFound("there is " + (found.isEmpty() || id.isEmpty() ? "no" : "more than one")
                            + " token signing key " + Quoted.of(id))
                    .hint("devpki token key list");
        }
        return found.get(0);
    }
}
