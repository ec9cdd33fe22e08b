package dev.kume.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.log.EventTable;
import dev.kume.house.SourceTree.Source;
import dev.kume.protocol.event.LogEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What main code tells the log: events of the table alone, each with the values of its fields. */
final class LogLinesTest {
    private static final Pattern FREE_LINE =
            Pattern.compile("\\bLOG\\s*(\\.|::)\\s*(info|warn|error|atInfo|atWarn|atError|atLevel|log)\\b");
    private static final Pattern EVENT = Pattern.compile("\\b(\\w+Event)\\.([A-Z][A-Z0-9_]+)\\b");
    private static final Pattern LOGGED = Pattern.compile("\\b(\\w+Event)\\.([A-Z][A-Z0-9_]+)\\s*\\.log\\(");

    /** Files that may write lines without an event, with their reason. None has one. */
    private static final Set<String> MAY_WRITE_FREELY = Set.of();

    private final SourceTree tree = readTree();
    private final Map<String, LogEvent> events = EventTable.all().stream()
            .collect(Collectors.toMap(
                    event -> event.getClass().getSimpleName() + "." + event.name(), Function.identity()));

    private static SourceTree readTree() {
        try {
            return SourceTree.read();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void everyLineIsAnEvent() {
        List<String> wrong = new ArrayList<>();
        for (Source source : tree.mainJava()) {
            List<String> code = JavaText.code(source.lines());
            for (int i = 0; i < code.size() && !MAY_WRITE_FREELY.contains(source.path()); i++) {
                if (FREE_LINE.matcher(code.get(i)).find()) {
                    wrong.add("%s:%d: add an event to its enum and log that".formatted(source.path(), i + 1));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyEventGetsTheValuesOfItsFields() {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        for (Source source : tree.mainJava()) {
            String code = String.join("\n", JavaText.code(source.lines()));
            Matcher call = LOGGED.matcher(code);
            while (call.find()) {
                LogEvent event = events.get(call.group(1) + "." + call.group(2));
                if (event == null) {
                    continue; // An enum that is no log event.
                }
                seen++;
                int wanted = event.facts().fields().size();
                int given = arguments(code, call.end()) - 1;
                // One more may be the exception whose stack matters.
                if (given != wanted && given != wanted + 1) {
                    wrong.add("%s: %s has %d fields and gets %d values"
                            .formatted(source.path(), call.group(), wanted, given));
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(seen > 80, "calls found: " + seen);
    }

    @Test
    void everyEventIsLoggedSomewhere() {
        Set<String> used = new HashSet<>();
        for (Source source : tree.mainJava()) {
            Matcher event = EVENT.matcher(String.join("\n", JavaText.code(source.lines())));
            while (event.find()) {
                used.add(event.group());
            }
        }
        assertEquals(
                List.of(),
                events.keySet().stream()
                        .filter(name -> !used.contains(name))
                        .sorted()
                        .toList(),
                "events that nothing logs");
    }

    /** How many arguments a call has whose first begins here; strings are blank, so that commas are commas. */
    private static int arguments(String code, int from) {
        int depth = 0;
        int commas = 0;
        for (int i = from; i < code.length(); i++) {
            char c = code.charAt(i);
            if (c == ')' && depth == 0) {
                return commas + 1;
            }
            depth += c == '(' || c == '{' || c == '[' ? 1 : c == ')' || c == '}' || c == ']' ? -1 : 0;
            commas += c == ',' && depth == 0 ? 1 : 0;
        }
        return -1;
    }
}
