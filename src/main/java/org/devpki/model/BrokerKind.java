package org.devpki.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A message broker, by its program. */
public enum BrokerKind {
    MOSQUITTO,
    /** EMQX 5. */
    EMQX,
    VERNEMQ,
    /** HiveMQ, its Community Edition too. */
    HIVEMQ,
    NANOMQ;

    public static BrokerKind parse(String text) {
        return Arrays.stream(values())
                .filter(broker -> broker.text().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("broker " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(BrokerKind::text).collect(Collectors.joining(", "))));
    }

    /** As options, JSON and file names spell it, such as {@code vernemq}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
