package org.devpki.export;

import org.devpki.model.Bytes;

/**
 * The label as one ZPL II format. The code is sent as a picture, so that all printers print the same: their own encoders
 * choose another size for the same text.
 */
final class LabelZpl {
    private LabelZpl() {}

    static Bytes of(LabelLayout layout, LabelSize size) {
        StringBuilder zpl = new StringBuilder("^XA\n");
        zpl.append("^PW").append(size.widthDots()).append('\n');
        zpl.append("^LL").append(size.heightDots()).append('\n');
        zpl.append("^FO").append(layout.codeAt()).append(',').append(layout.codeAt());
        zpl.append(picture(layout)).append("^FS\n");
        for (int line = 0; line < layout.lines().size(); line++) {
            zpl.append("^FO").append(layout.textX()).append(',').append(layout.lineY(line));
            zpl.append("^A0N,").append(layout.fontDots()).append(',').append(layout.fontDots());
            zpl.append("^FD").append(layout.lines().get(line)).append("^FS\n");
        }
        return Bytes.utf8(zpl.append("^XZ\n").toString());
    }

    /** ^GFA: octets in all, twice, octets a row, and rows in hex; a colon repeats the row above. */
    private static String picture(LabelLayout layout) {
        int side = layout.code().side();
        int rowOctets = (side * layout.moduleDots() + 7) / 8;
        int octets = rowOctets * side * layout.moduleDots();
        StringBuilder picture = new StringBuilder();
        picture.append("^GFA,").append(octets).append(',').append(octets).append(',');
        picture.append(rowOctets).append(',');
        for (int row = 0; row < side; row++) {
            picture.append(Bytes.of(dots(layout, row, rowOctets)).hex()).append(":".repeat(layout.moduleDots() - 1));
        }
        return picture.toString();
    }

    /** One row of dots, the leftmost in the highest bit; dark is 1. */
    private static byte[] dots(LabelLayout layout, int row, int rowOctets) {
        byte[] dots = new byte[rowOctets];
        for (int x = 0; x < layout.code().side() * layout.moduleDots(); x++) {
            if (layout.code().isDark(x / layout.moduleDots(), row)) {
                dots[x / 8] |= (byte) (0x80 >> (x % 8));
            }
        }
        return dots;
    }
}
