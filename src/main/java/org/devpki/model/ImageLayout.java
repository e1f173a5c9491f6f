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
public record ImageLayout(Flavour flavour, int sizeOctets, boolean isDer, SortedMap<Integer, SecretBytes> userData) {
    public ImageLayout {
        userData = Collections.unmodifiableSortedMap(new TreeMap<>(userData));
        boolean isPlain = sizeOctets == flavour.sizeOctets() && !isDer && userData.isEmpty();
        if (flavour != Flavour.TLV && !isPlain) {
            throw DevpkiException.invalid("flavour " + flavour.word()
                    + " has a size of its own, PEM and no user data; flavour " + Flavour.TLV.word() + " takes others");
        }
    }
}
