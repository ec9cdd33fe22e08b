package dev.kume.protocol.event;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The line of an event with its fields by name, as {@code "Disk {disk} is offline: {reason}"}.
 *
 * @param template as it is written in the table of events
 * @param fields   the names in the order in which they stand there
 */
record EventText(String template, List<String> fields) {
    private static final Pattern FIELD = Pattern.compile("\\{([a-zA-Z]+)}");

    /** What stands for a value that nobody knows. */
    private static final String UNKNOWN = "-";

    EventText {
        fields = List.copyOf(fields);
    }

    static EventText of(String template) {
        List<String> fields =
                FIELD.matcher(template).results().map(result -> result.group(1)).toList();
        return new EventText(template, fields);
    }

    /** The line with these values, in the order of the fields; what is missing is unknown. */
    String format(@Nullable Object... values) {
        Matcher matcher = FIELD.matcher(template);
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            shown.add(i < values.length ? shown(values[i]) : UNKNOWN);
        }
        StringBuilder line = new StringBuilder();
        int from = 0;
        int next = 0;
        for (MatchResult field : matcher.results().toList()) {
            line.append(template, from, field.start()).append(shown.get(next++));
            from = field.end();
        }
        return line.append(template, from, template.length()).toString();
    }

    static String shown(@Nullable Object value) {
        return value == null ? UNKNOWN : value.toString();
    }
}
