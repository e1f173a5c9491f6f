package org.devpki.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How an esp_secure_cert partition is laid out.
 *
 * @param sizeOctets of the partition
 * @param isDer whether certificates and key are stored as DER rather than PEM
 * @param userData what goes into USER_DATA_1 to 5, by number
 */
public record ImageLayout(int sizeOctets, boolean isDer, SortedMap<Integer, SecretBytes> userData) {
    public ImageLayout {
        userData = Collections.unmodifiableSortedMap(new TreeMap<>(userData));
    }
}
