package org.devpki.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/** What labels are printed from. */
public enum LabelFormat {
    /** A picture of the code alone, a pixel a dot. */
    PNG,
    /** The whole label as a drawing, in millimetres. */
    SVG,
    /** The whole label in the language of Zebra's printers and those that speak it. */
    ZPL;

    public static LabelFormat parse(String text) {
        return Arrays.stream(values())
                .filter(format -> format.word().equals(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("label format " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(LabelFormat::word).collect(Collectors.joining(", "))));
    }

    /** Its name, which ends a file's. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether one label may follow another in a stream. */
    public boolean isStream() {
        return this == ZPL;
    }

    public Bytes of(Label label, LabelSize size) {
        LabelLayout layout = LabelLayout.of(label, size);
        return switch (this) {
            case PNG -> LabelPng.of(layout, size);
            case SVG -> LabelSvg.of(layout, size);
            case ZPL -> LabelZpl.of(layout, size);
        };
    }
}
