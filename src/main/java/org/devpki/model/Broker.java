package org.devpki.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A message broker, or one of its doors, that devpki knows how to speak to. */
public enum Broker {
    /** Mosquitto with its dynamic security plugin. */
    MOSQUITTO,
    /** EMQX by its command line. */
    EMQX,
    /** EMQX by its REST API, many at once. */
    EMQX_API,
    VERNEMQ,
    /** HiveMQ by the REST API of its Professional and Enterprise editions. */
    HIVEMQ;

    public static Broker parse(String text) {
        return Arrays.stream(values())
                .filter(broker -> broker.text().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("broker " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(Broker::text).collect(Collectors.joining(", "))));
    }

    /** As options and JSON spell it, such as {@code emqx-api}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
