package dev.kume.cli.report;

/** A page that is written from top to bottom; whatever text comes in is text, never markup. */
public final class Html {
    private final StringBuilder page = new StringBuilder();

    /** Markup as it is, of this program alone. */
    Html markup(String trusted) {
        page.append(trusted);
        return this;
    }

    /** Text from anywhere. */
    Html text(String text) {
        page.append(escape(text));
        return this;
    }

    /** An element with nothing but text in it. */
    Html element(String name, String text) {
        return markup("<" + name + ">").text(text).markup("</" + name.replaceAll(" .*", "") + ">");
    }

    /** Text that may stand between tags and in quoted attributes; what controls a terminal or a page is no text. */
    public static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> {
                    boolean control = (Character.isISOControl(c) && c != '\n')
                            || Character.getType(c) == Character.SURROGATE
                            || Character.getType(c) == Character.FORMAT;
                    safe.appendCodePoint(control ? '?' : c);
                }
            }
        });
        return safe.toString();
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
