package dev.kume.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Text in lines that a terminal of 80 columns has room for. */
public final class Paragraphs {
    /** What every terminal has. */
    public static final int COLUMNS = 80;

    private Paragraphs() {}

    /**
     * The text in lines; a word that is longer than a line stands alone on one that is too long, so that it can be
     * copied.
     *
     * @param first what the first line begins with
     * @param rest  what the others begin with
     */
    public static List<String> wrap(String first, String rest, String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(first);
        boolean begun = false;
        for (String word : Printable.line(text).strip().split(" +")) {
            if (begun && Printable.width(line.toString()) + 1 + Printable.width(word) > COLUMNS) {
                lines.add(line.toString());
                line = new StringBuilder(rest);
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }

    /** The text, or its beginning and three points where it is too long. */
    public static String cut(String text, int columns) {
        String line = Printable.line(text);
        if (Printable.width(line) <= columns) {
            return line;
        }
        int end = line.length();
        while (end > 0 && Printable.width(line.substring(0, end)) > columns - 3) {
            end = line.offsetByCodePoints(end, -1);
        }
        return line.substring(0, end) + "...";
    }
}
