package dev.kume.cli.timeline;

import dev.kume.cli.report.Html;
import java.util.Locale;

/** A drawing of lines, bars, marks and words, whose colours are classes of the page. */
final class Svg {
    private final StringBuilder shapes = new StringBuilder();
    private final int width;
    private int height;

    Svg(int width) {
        this.width = width;
    }

    /** A bar with words that show when somebody points at it. */
    void bar(double from, double to, double y, double thickness, String style, String title) {
        shapes.append("<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\">"
                .formatted(style, number(from), number(y), number(Math.max(1.5, to - from)), number(thickness)));
        shapes.append("<title>%s</title></rect>\n".formatted(Html.escape(title)));
        grow(y + thickness);
    }

    void line(double x1, double y1, double x2, double y2, String style) {
        shapes.append("<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
                .formatted(style, number(x1), number(y1), number(x2), number(y2)));
        grow(Math.max(y1, y2));
    }

    void dot(double x, double y, String style, String title) {
        shapes.append("<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"5\"><title>%s</title></circle>\n"
                .formatted(style, number(x), number(y), Html.escape(title)));
        grow(y + 5);
    }

    /** @param anchor {@code start}, {@code middle} or {@code end}: which part of the words stands at x */
    void text(double x, double y, String anchor, String style, String words) {
        shapes.append("<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n"
                .formatted(style, number(x), number(y), anchor, Html.escape(words)));
        grow(y + 4);
    }

    private void grow(double y) {
        height = Math.max(height, (int) Math.ceil(y) + 4);
    }

    /** The drawing as a part of a page. */
    String render(String label) {
        return "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n%s</svg>\n"
                .formatted(width, height, Html.escape(label), shapes);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
