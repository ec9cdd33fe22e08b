package dev.kume.cli.output;

/** Text that came over the network, made safe for a terminal. */
public final class Printable {
    private Printable() {}

    /** The text on one line: control characters (also the escapes that drive a terminal) become question marks. */
    public static String line(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isWhitespace(c) ? ' ' : c)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(line::appendCodePoint);
        return line.toString();
    }

    /** Characters as a terminal counts them, near enough for names and descriptions. */
    static int width(String text) {
        int width = 0;
        for (int c : text.codePoints().toArray()) {
            if (Character.getType(c) != Character.NON_SPACING_MARK) {
                width += wide(c) ? 2 : 1;
            }
        }
        return width;
    }

    private static boolean wide(int c) {
        Character.UnicodeScript script = c < 0x1100 ? Character.UnicodeScript.COMMON : Character.UnicodeScript.of(c);
        return switch (script) {
            case HAN, HIRAGANA, KATAKANA, HANGUL -> true;
            default -> c >= 0x1F300 && c <= 0x1FAFF;
        };
    }
}
