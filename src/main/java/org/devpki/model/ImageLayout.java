package org.devpki.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How an esp_secure_cert partition is laid out.
 *
 * @param sizeOctets of the image, a multiple of 0x1000
 * @param isDer whether certificates and key are stored as DER rather than PEM
 * @param userData what goes into USER_DATA_1 to 5, by number
 */
public record ImageLayout(Flavour flavour, int sizeOctets, boolean isDer, SortedMap<Integer, SecretBytes> userData) {
    /** What there is unless told otherwise. */
    public static final ImageLayout USUAL = usual(Flavour.TLV);

    private static final int SECTOR_OCTETS = 0x1000;

    public ImageLayout {
        userData = Collections.unmodifiableSortedMap(new TreeMap<>(userData));
        if (sizeOctets <= 0 || sizeOctets % SECTOR_OCTETS != 0) {
            throw DevpkiException.invalid(String.format(
                    "a partition of 0x%x octets is not a multiple of 0x%x, a sector of flash",
                    sizeOctets, SECTOR_OCTETS));
        }
        boolean isPlain = sizeOctets == flavour.sizeOctets() && !isDer && userData.isEmpty();
        if (flavour != Flavour.TLV && !isPlain) {
            throw DevpkiException.invalid("flavour " + flavour.word()
                    + " has a size of its own, PEM and no user data; flavour " + Flavour.TLV.word() + " takes others");
        }
    }

    /** What there is in this flavour unless told otherwise. */
    public static ImageLayout usual(Flavour flavour) {
        return new ImageLayout(flavour, flavour.sizeOctets(), false, Collections.emptySortedMap());
    }

    /** What the partition has: as much as the image, but for the legacy flavour of NVS, which leaves the rest to firmware. */
    public int partitionOctets() {
        return flavour == Flavour.TLV ? sizeOctets : flavour.partitionOctets();
    }
}
