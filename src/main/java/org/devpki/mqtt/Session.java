package org.devpki.mqtt;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** A connection that the broker took. Each step waits for the broker's answer, and for no longer than the connector's timeout. */
public interface Session extends AutoCloseable {
    /** The client ID that the broker gave (MQTT 5 section 3.2.2.3.7). */
    Optional<String> assignedClientId();

    /**
     * What the broker answered.
     *
     * @param code by which it refused; absent where it granted, did not answer in time, or ended the session
     */
    record Answer(boolean isGranted, OptionalInt code) {
        static final Answer GRANTED = new Answer(true, OptionalInt.empty());
        static final Answer NONE = new Answer(false, OptionalInt.empty());
    }

    Answer subscribe(String topic);

    /** Publishes with quality of service 1, whose answer says in MQTT 5, and only there, whether it was allowed. */
    Answer publish(String topic, String payload);

    /** Whether a message came, or comes in time. */
    boolean receives(String topic, String payload);

    /** The same, waiting so long. */
    boolean receives(String topic, String payload, Duration within);

    /** Whether a message came. */
    boolean hasReceived(String topic, String payload);

    /** Whether the broker ended it, or does in time. */
    boolean ends();

    boolean hasEnded();

    /** Why the broker ended it, as its DISCONNECT says (MQTT 5 section 3.14.2.1); absent in 3.1.1, or when it only hung up. */
    OptionalInt endCode();

    @Override
    void close();
}
