package org.devpki.export;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/**
 * How large a label is, and how finely it is printed.
 *
 * @param dpi dots per inch of the printer
 */
public record LabelSize(int widthMm, int heightMm, int dpi) {
    static final double MM_PER_INCH = 25.4;

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,3})x([0-9]{1,3})");
    private static final List<Integer> PRINTERS = List.of(203, 300, 600);
    private static final int LEAST_MM = 8;
    private static final int MOST_MM = 200;

    public LabelSize {
        if (!PRINTERS.contains(dpi)) {
            throw DevpkiException.invalid("--dpi " + dpi + " is not one of 203, 300, 600");
        }
        if (Math.min(widthMm, heightMm) < LEAST_MM || Math.max(widthMm, heightMm) > MOST_MM) {
            throw DevpkiException.invalid(
                    "a label of " + widthMm + "x" + heightMm + " mm is not of " + LEAST_MM + " to " + MOST_MM + " mm");
        }
    }

    /** @param text width and height in millimetres, such as {@code 50x25} */
    public static LabelSize parse(String text, int dpi) {
        Matcher match = TEXT.matcher(text);
        if (!match.matches()) {
            throw DevpkiException.invalid(
                    "label size " + Quoted.of(text) + " is not a width and a height in mm, such as 50x25");
        }
        return new LabelSize(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)), dpi);
    }

    int widthDots() {
        return dots(widthMm);
    }

    int heightDots() {
        return dots(heightMm);
    }

    int dots(double mm) {
        return (int) (mm * dpi / MM_PER_INCH);
    }

    double mm(int dots) {
        return dots * MM_PER_INCH / dpi;
    }

    @Override
    public String toString() {
        return widthMm + "x" + heightMm + " mm";
    }
}
