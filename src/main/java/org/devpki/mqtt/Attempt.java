package org.devpki.mqtt;

import java.util.Optional;
import java.util.function.Function;

/** What came of connecting. */
public sealed interface Attempt {
    /** What was seen in TLS, as far as it came to that. */
    Optional<Handshake> handshake();

    /**
     * The broker took the connection.
     *
     * @param session the caller closes it
     */
    record Accepted(Optional<Handshake> handshake, Session session) implements Attempt {}

    /**
     * It answered by a CONNACK that refuses.
     *
     * @param code the return code of MQTT 3.1.1, or the reason code of MQTT 5
     * @param reason in the broker's words, where it gave one
     */
    record Refused(Optional<Handshake> handshake, int code, Optional<String> reason) implements Attempt {}

    /** It ended without a CONNACK. */
    record Ended(Optional<Handshake> handshake, How how, String words) implements Attempt {}

    /** How a connection ends without a CONNACK. */
    enum How {
        /** There was no connection at all. */
        UNREACHABLE,
        /** The broker is not believed; it was told nothing. */
        DISTRUSTED,
        /** By the broker, in TLS or after it: it wants another certificate, or none. */
        CLOSED,
        /** By nobody, in the time that there was. */
        SILENT
    }

    default <T> T match(Function<Accepted, T> accepted, Function<Refused, T> refused, Function<Ended, T> ended) {
        if (this instanceof Accepted a) {
            return accepted.apply(a);
        }
        if (this instanceof Refused r) {
            return refused.apply(r);
        }
        return ended.apply((Ended) this);
    }
}
