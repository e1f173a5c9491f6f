package org.devpki.model;

import java.time.Instant;

/**
 * Which CA takes a CA's orders over.
 *
 * @param from orders that are carried out at this instant or later go there
 */
public record Succession(CaName to, Instant from) {
    public boolean isInForce(Instant now) {
        return !now.isBefore(from);
    }
}
