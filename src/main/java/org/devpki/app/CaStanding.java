package org.devpki.app;

import java.util.Locale;

/** What a CA is good for now. */
public enum CaStanding {
    /** It issues what is ordered of it. */
    ISSUES,
    /** Another CA carries out its orders. */
    SUCCEEDED,
    /** It issues nothing any more. */
    RETIRED,
    /** It was begun: the same {@code ca create} finishes it. */
    UNFINISHED,
    EXPIRED,
    /** It or a CA above it is revoked or held. */
    REVOKED;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
