package dev.kume.cli.ownership;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Parts of sentences. */
final class Sentences {
    private static final int NAMED_MAX = 4;

    private Sentences() {}

    /** {@code 1 path}, {@code 2 paths}. */
    static String count(int count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    /** {@code a}, {@code a and b}, {@code a, b and c}, {@code a, b, c, d and 252 more}. */
    static String list(List<String> names) {
        int named = names.size() <= NAMED_MAX + 1 ? names.size() : NAMED_MAX;
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < named; i++) {
            boolean last = i == names.size() - 1;
            list.append(i == 0 ? "" : last ? " and " : ", ").append(names.get(i));
        }
        if (named < names.size()) {
            list.append(" and ").append(names.size() - named).append(" more");
        }
        return list.toString();
    }

    /** {@code a: x; b: y}, {@code a; b; c; d; and 252 more}. */
    static String clauses(List<String> clauses) {
        return clauses.size() <= NAMED_MAX + 1
                ? String.join("; ", clauses)
                : "%s; and %d more"
                        .formatted(String.join("; ", clauses.subList(0, NAMED_MAX)), clauses.size() - NAMED_MAX);
    }

    /** {@code disk a}, {@code disks a and b}. */
    static String named(String thing, List<String> names) {
        return thing + (names.size() == 1 ? " " : "s ") + list(names);
    }

    /** {@code 5 s}, {@code 12 min}, {@code 3 h}, {@code 9 d}; never negative. */
    static String ago(Instant then, Instant now) {
        long seconds = Math.max(0, Duration.between(then, now).toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min";
        }
        return seconds < 86_400 ? seconds / 3_600 + " h" : seconds / 86_400 + " d";
    }
}
