package org.devpki.export;

import java.util.Locale;
import org.devpki.model.Bytes;

/** The label as SVG 1.1 in millimetres: the code as one path, the text in whatever monospaced font there is. */
final class LabelSvg {
    private LabelSvg() {}

    static Bytes of(LabelLayout layout, LabelSize size) {
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        text.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$dmm\" height=\"%2$dmm\" viewBox=\"0 0 %1$d %2$d\">\n",
                size.widthMm(),
                size.heightMm()));
        text.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        text.append(String.format(Locale.ROOT, "<g transform=\"scale(%.6f)\">\n", size.mm(1)));
        text.append("<path shape-rendering=\"crispEdges\" d=\"")
                .append(path(layout))
                .append("\"/>\n");
        for (int line = 0; line < layout.lines().size(); line++) {
            text.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" font-family=\"monospace\" font-size=\"%d\">%s</text>\n",
                    layout.textX(),
                    layout.lineY(line) + layout.fontDots() * 4 / 5,
                    layout.fontDots(),
                    layout.lines().get(line)));
        }
        return Bytes.utf8(text.append("</g>\n</svg>\n").toString());
    }

    /** A rectangle for each run of dark modules in a row. */
    private static String path(LabelLayout layout) {
        StringBuilder path = new StringBuilder();
        QrCode code = layout.code();
        int module = layout.moduleDots();
        for (int row = 0; row < code.side(); row++) {
            for (int from = 0; from < code.side(); from++) {
                int to = from;
                while (to < code.side() && code.isDark(to, row)) {
                    to++;
                }
                if (to > from) {
                    int length = (to - from) * module;
                    path.append('M').append(layout.codeAt() + from * module);
                    path.append(',').append(layout.codeAt() + row * module);
                    path.append('h').append(length).append('v').append(module).append("h-");
                    path.append(length).append('z');
                    from = to;
                }
            }
        }
        return path.toString();
    }
}
