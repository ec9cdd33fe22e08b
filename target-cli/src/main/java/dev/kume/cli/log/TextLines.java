package dev.kume.cli.log;

import dev.kume.protocol.event.Severity;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Lines for people. Nothing in a name that a peer chose can look like the end of a line, or like another one. */
final class TextLines {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private TextLines() {}

    /** The line with its end; a stack follows, indented. */
    static String of(LogLine line) {
        StringBuilder text = new StringBuilder(160)
                .append(TIME.format(line.time()))
                .append(' ')
                .append(word(line.level()))
                .append(' ')
                .append(line.id())
                .append(' ');
        visible(line.message(), text);
        text.append('\n');
        if (line.stack() != null) {
            line.stack().lines().forEach(each -> {
                text.append("    ");
                visible(each.replace("\t", "    "), text);
                text.append('\n');
            });
        }
        return text.toString();
    }

    private static String word(String level) {
        String shown = level.equals(Severity.WARNING.name())
                ? "WARN"
                : level.equals(Severity.CRITICAL.name()) ? "CRIT" : level;
        return "%-5s".formatted(shown);
    }

    private static void visible(String text, StringBuilder to) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                to.append("\\u%04x".formatted((int) c));
            } else {
                to.append(c);
            }
        }
    }
}
