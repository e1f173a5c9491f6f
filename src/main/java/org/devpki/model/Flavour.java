package org.devpki.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How an esp_secure_cert partition is written.
 *
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">what each looks like</a>
 */
public enum Flavour {
    /** Entries of type, length and value: what every component reads. */
    TLV("tlv", 0x2000, 0x2000),
    /** Everything at its own offset; firmware needs CONFIG_ESP_SECURE_CERT_SUPPORT_LEGACY_FORMATS. */
    CUST_FLASH("cust-flash", 0x6000, 0x6000),
    /** An NVS partition; firmware needs CONFIG_ESP_SECURE_CERT_SUPPORT_LEGACY_FORMATS. */
    NVS("nvs", 0x3000, 0x6000);

    private final String word;
    private final int sizeOctets;
    private final int partitionOctets;

    Flavour(String word, int sizeOctets, int partitionOctets) {
        this.word = word;
        this.sizeOctets = sizeOctets;
        this.partitionOctets = partitionOctets;
    }

    public static Flavour parse(String text) {
        return Arrays.stream(values())
                .filter(flavour -> flavour.word.equals(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("flavour " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(Flavour::word).collect(Collectors.joining(", "))));
    }

    /** As {@link #parse} reads it. */
    public String word() {
        return word;
    }

    /** What the partition has that the image of a legacy flavour goes to. */
    public int partitionOctets() {
        return partitionOctets;
    }

    /** What an image has unless told otherwise; those of the legacy flavours always have it. */
    public int sizeOctets() {
        return sizeOctets;
    }
}
