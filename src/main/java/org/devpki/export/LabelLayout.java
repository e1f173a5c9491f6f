package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.devpki.model.DevpkiException;

/**
 * Where things stand on a label, in dots from its upper left corner. The code is as large as there is room, its text right
 * of it where the label is wide, else under it.
 *
 * @param moduleDots side of a module
 * @param textX left edge of the text
 * @param textY upper edge of its first line
 * @param fontDots height of a line's characters; their baseline is four fifths down
 */
record LabelLayout(QrCode code, int moduleDots, int textX, int textY, int fontDots, List<String> lines) {
    /** What a phone and a scanner read from a hand away. */
    private static final double LEAST_MODULE_MM = 0.25;

    private static final double MOST_FONT_MM = 3;
    private static final double LEAST_FONT_MM = 1;

    /** Of a character to its height, in the fonts of printers and browsers; most are narrower. */
    private static final double CHARACTER_WIDTH = 0.62;

    private static final double LINE_HEIGHT = 1.2;

    static LabelLayout of(Label label, LabelSize size) {
        QrCode code = QrCode.of(label.payload());
        int width = size.widthDots();
        int height = size.heightDots();
        int side = Math.min(Math.min(width, height), Math.max(width, height) * 2 / 3);
        int moduleDots = side / modules(code);
        if (size.mm(moduleDots) < LEAST_MODULE_MM) {
            throw tooSmall(
                    size,
                    String.format(
                            Locale.ROOT,
                            "the modules of its code would have %.2f mm, and %.2f are" + " right",
                            size.mm(moduleDots),
                            LEAST_MODULE_MM));
        }
        int codeDots = moduleDots * modules(code);
        int margin = moduleDots * QrCode.QUIET_ZONE;
        boolean isWide = width > height;
        int textX = isWide ? codeDots : margin;
        int textY = isWide ? margin : codeDots;
        int room = width - margin - textX;
        for (int font = size.dots(MOST_FONT_MM); font >= size.dots(LEAST_FONT_MM); font--) {
            int mostCharacters = (int) (room / (font * CHARACTER_WIDTH));
            if (mostCharacters < Label.WORD) {
                continue;
            }
            List<String> lines = wrapped(label.words(), mostCharacters);
            if (lines.size() * font * LINE_HEIGHT <= height - margin - textY) {
                return new LabelLayout(code, moduleDots, textX, textY, font, lines);
            }
        }
        throw tooSmall(size, "its text would have less than 1 mm a line");
    }

    private static DevpkiException tooSmall(LabelSize size, String why) {
        return DevpkiException.invalid("a label of " + size + " is too small: " + why)
                .hint("--size 50x25, or more for a long name");
    }

    /** With the quiet zone. */
    private static int modules(QrCode code) {
        return code.side() + 2 * QrCode.QUIET_ZONE;
    }

    private static List<String> wrapped(List<String> words, int mostCharacters) {
        List<String> lines = new ArrayList<>();
        for (String word : words) {
            for (int at = 0; at < word.length(); at += mostCharacters) {
                lines.add(word.substring(at, Math.min(word.length(), at + mostCharacters)));
            }
        }
        return lines;
    }

    /** Of the code with its quiet zone. */
    int codeDots() {
        return moduleDots * modules(code);
    }

    /** Of the first module that is not of the quiet zone. */
    int codeAt() {
        return moduleDots * QrCode.QUIET_ZONE;
    }

    /** The upper edge of a line. */
    int lineY(int line) {
        return textY + (int) (line * fontDots * LINE_HEIGHT);
    }
}
