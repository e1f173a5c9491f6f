package org.devpki.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in octets, as partition tables write them. */
public final class Octets {
    private static final Pattern SIZE = Pattern.compile("(?:0x([0-9a-f]{1,7})|([0-9]{1,9}))([km])?");

    private Octets() {}

    /** Reads {@code 0x2000}, {@code 8192}, {@code 8K} or {@code 1M}. */
    public static int parse(String text) {
        Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            String hex = matcher.group(1);
            long number = hex == null ? Long.parseLong(matcher.group(2)) : Long.parseLong(hex, 16);
            String unit = matcher.group(3);
            long octets = number * (unit == null ? 1 : unit.equals("k") ? 1 << 10 : 1 << 20);
            if (octets > 0 && octets <= 1 << 28) {
                return (int) octets;
            }
        }
        throw DevpkiException.invalid("size " + Quoted.of(text) + " is not one such as 0x2000, 8192 or 8K, up to 256M");
    }
}
