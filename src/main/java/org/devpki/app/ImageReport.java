package org.devpki.app;

import java.util.List;

/**
 * What is in an image.
 *
 * @param flavour {@code tlv}, {@code cust-flash} or {@code nvs}
 * @param usedOctets up to the end of the last entry
 * @param faults what does not hold, a sentence each
 */
public record ImageReport(String flavour, int usedOctets, int sizeOctets, List<Line> lines, List<String> faults) {
    /**
     * One entry.
     *
     * @param sizeOctets with header, padding and CRC
     * @param what it holds, in words; never a secret
     */
    public record Line(int offset, String name, int subtype, int sizeOctets, String what) {}

    public ImageReport {
        lines = List.copyOf(lines);
        faults = List.copyOf(faults);
    }
}
