package org.devpki.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * A part of a whole as people write it: {@code 2%}, {@code 0.5%}.
 *
 * @param share 0 to 1
 */
public record Percentage(double share) {
    private static final Pattern TEXT = Pattern.compile("[0-9]{1,3}([.][0-9]{1,9})?%");

    public Percentage {
        if (!(share >= 0 && share <= 1)) {
            throw DevpkiException.invalid("a share of " + share + " is not within 0 and 1");
        }
    }

    public static Percentage parse(String text) {
        if (TEXT.matcher(text).matches()) {
            double share = new BigDecimal(text.substring(0, text.length() - 1))
                    .movePointLeft(2)
                    .doubleValue();
            if (share <= 1) {
                return new Percentage(share);
            }
        }
        throw DevpkiException.invalid("percentage " + Quoted.of(text) + " is not 0% to 100%, such as 2% or 0.5%");
    }

    /** @param whole at least the part */
    public static Percentage of(long part, long whole) {
        return new Percentage(whole == 0 ? 0 : (double) part / whole);
    }

    /** With two decimals at most. */
    @Override
    public String toString() {
        return BigDecimal.valueOf(100 * share)
                        .setScale(2, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                + "%";
    }
}
