package dev.kume.system;

import dev.kume.system.TestCu.Outcome;
import dev.kume.system.TestCu.Verdict;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The generated part of {@code docs/conformance.md}: what became of each test. */
final class ConformancePage {
    private static final String BEGIN = "<!-- results: written by scripts/conformance -->\n";
    private static final String END = "<!-- end of results -->\n";

    private ConformancePage() {}

    /** The page with these results in it. */
    static String with(String page, List<Outcome> outcomes, Map<String, String> reasons) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new AssertionError("docs/conformance.md has lost the marks of its results");
        }
        return page.substring(0, begin + BEGIN.length()) + results(outcomes, reasons) + page.substring(end);
    }

    private static String results(List<Outcome> outcomes, Map<String, String> reasons) {
        StringBuilder text = new StringBuilder();
        text.append("\n**").append(summary(outcomes)).append("**\n\n");
        text.append("| family | tests | PASS | not PASS |\n|---|---|---|---|\n");
        Map<String, Map<Verdict, Integer>> families = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            families.computeIfAbsent(outcome.family(), name -> new EnumMap<>(Verdict.class))
                    .merge(outcome.verdict(), 1, Integer::sum);
        }
        families.forEach((family, counts) -> {
            int tests = counts.values().stream().mapToInt(count -> count).sum();
            Map<Verdict, Integer> others = new EnumMap<>(counts);
            Integer passed = others.remove(Verdict.PASS);
            text.append("| %s | %d | %d | %s |\n".formatted(family, tests, passed == null ? 0 : passed, words(others)));
        });
        text.append("\n### What did not pass, and why that is right\n\n| test | verdict | reason |\n|---|---|---|\n");
        for (Outcome outcome : outcomes) {
            if (outcome.verdict() != Verdict.PASS) {
                String reason = reasons.getOrDefault(outcome.test(), "**not accounted for**: " + outcome.why());
                text.append(
                        "| %s | %s | %s |\n".formatted(outcome.test(), outcome.verdict(), reason.replace("|", "\\|")));
            }
        }
        return text.append('\n').toString();
    }

    /** {@code 230 tests: 210 PASS, 20 SKIP}. */
    static String summary(List<Outcome> outcomes) {
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        outcomes.forEach(outcome -> counts.merge(outcome.verdict(), 1, Integer::sum));
        return outcomes.size() + " tests: " + words(counts);
    }

    private static String words(Map<Verdict, Integer> counts) {
        return String.join(
                ", ",
                counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .toList());
    }
}
