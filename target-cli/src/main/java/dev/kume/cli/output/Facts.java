package dev.kume.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** One thing as {@code key: value} lines, values aligned; a list has one line for each of its items. */
public final class Facts {
    private record Fact(String key, List<String> values) {}

    private final List<Fact> facts = new ArrayList<>();

    /** Adds a fact; an empty value prints as a dash. */
    public Facts add(String key, String value) {
        facts.add(new Fact(key, List.of(value.isEmpty() ? "-" : Printable.line(value))));
        return this;
    }

    /** Adds a list; an empty one prints {@code whenEmpty}, which may say what to do about it. */
    public Facts add(String key, List<String> values, String whenEmpty) {
        facts.add(new Fact(
                key,
                values.isEmpty()
                        ? List.of(whenEmpty)
                        : values.stream().map(Printable::line).toList()));
        return this;
    }

    public void print(PrintStream out) {
        int width = facts.stream().mapToInt(fact -> fact.key().length()).max().orElse(0) + 1;
        for (Fact fact : facts) {
            String label = fact.key() + ":";
            for (String value : fact.values()) {
                out.println(label + " ".repeat(width - label.length() + 1) + value);
                label = "";
            }
        }
    }
}
