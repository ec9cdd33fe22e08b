package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView.Advice;
import java.util.ArrayList;
import java.util.List;

/** What was found, in three baskets. */
final class Findings {
    private final List<Advice> problems = new ArrayList<>();
    private final List<Advice> warnings = new ArrayList<>();
    private final List<Advice> notes = new ArrayList<>();

    void add(String level, String about, String text, String remedy) {
        add(new Advice(level, about, text, remedy));
    }

    void add(Advice advice) {
        switch (advice.level()) {
            case Advice.PROBLEM -> problems.add(advice);
            case Advice.WARNING -> warnings.add(advice);
            default -> notes.add(advice);
        }
    }

    /** What makes a cluster fail. */
    List<String> problems() {
        return problems.stream().map(Advice::text).toList();
    }

    /** What makes it degraded. */
    List<String> warnings() {
        return warnings.stream().map(Advice::text).toList();
    }

    /** All, the worst first. */
    List<Advice> all() {
        List<Advice> all = new ArrayList<>(problems);
        all.addAll(warnings);
        all.addAll(notes);
        return all;
    }
}
