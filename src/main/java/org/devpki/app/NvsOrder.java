package org.devpki.app;

import java.util.Map;

/**
 * What an order says of the device's NVS partition.
 *
 * @param values of the profile's placeholders {@code {value.X}}, by X
 * @param keys that encrypt it; fresh ones go into the bundle
 */
public record NvsOrder(Map<String, String> values, NvsKeyChoice keys) {
    public static final NvsOrder PLAIN = new NvsOrder(Map.of(), new NvsKeyChoice.None());

    public NvsOrder {
        values = Map.copyOf(values);
    }
}
