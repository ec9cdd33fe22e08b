package dev.kume.system;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code iscsi-test-cu}, libiscsi's conformance tests: one process for each test, so that a hang costs one test. */
final class TestCu {
    static final String PROGRAM = "iscsi-test-cu";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern ASSERTS = Pattern.compile("asserts\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)");
    private static final Pattern TESTS = Pattern.compile("tests\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)");
    private static final Pattern FAILURE = Pattern.compile("\\[FAILED]\\s*(.*)|\\d+\\.\\s+(\\S+:\\d+\\s+-.*)");
    private static final Pattern SKIP = Pattern.compile("\\[SKIPPED]\\s*+(.*)");

    /** How a test ended. */
    enum Verdict {
        PASS,
        /** An assertion failed. */
        FAIL,
        /** No failed assertion, and the tool said that it left something out. */
        SKIP,
        HANG,
        /** It never came to a summary: no login, a crash. */
        ERROR,
        /** Passed without one assertion. */
        VOID
    }

    /**
     * What became of a test.
     *
     * @param test {@code Family.Test}
     * @param why  the first thing that the tool complained of, or an empty string
     */
    record Outcome(String test, Verdict verdict, String why) {
        String family() {
            return test.substring(0, test.indexOf('.'));
        }

        @Override
        public String toString() {
            return "%-5s %s  %s".formatted(verdict, test, why).strip();
        }
    }

    private TestCu() {}

    /** {@code Family.Test} of all tests, in the tool's order. */
    static List<String> tests() {
        return Program.run(LIMIT, PROGRAM, "-l")
                .outOfSuccess()
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("ALL\\.[^.]+\\.[^.]+"))
                .map(line -> line.substring("ALL.".length()))
                .toList();
    }

    /**
     * Runs one test.
     *
     * @param urls the LUN, and where there is one another path to it
     */
    static Outcome run(String test, List<String> urls) {
        List<String> words = Program.words(
                PROGRAM,
                "--initiator-name=" + RunningDaemon.NODE1,
                "--initiator-name-2=" + RunningDaemon.NODE2,
                "--dataloss",
                "--allow-sanitize",
                "--verbose",
                "--test=ALL." + test,
                urls);
        return outcome(test, Program.run(LIMIT, words.toArray(String[]::new)));
    }

    private static Outcome outcome(String test, Program.Result result) {
        String out = result.out() + result.err();
        Matcher tests = TESTS.matcher(out);
        Matcher asserts = ASSERTS.matcher(out);
        String body = out.substring(Math.max(0, out.indexOf("Test: ")));
        if (result.late()) {
            return new Outcome(test, Verdict.HANG, lastLine(out));
        }
        if (!tests.find() || !asserts.find()) {
            return new Outcome(test, Verdict.ERROR, "exit %d: %s".formatted(result.exitCode(), lastLine(out)));
        }
        if (!tests.group(4).equals("0") || !asserts.group(4).equals("0")) {
            return new Outcome(test, Verdict.FAIL, first(FAILURE, body));
        }
        if (SKIP.matcher(body).find()) {
            return new Outcome(test, Verdict.SKIP, first(SKIP, body));
        }
        return new Outcome(test, asserts.group(2).equals("0") ? Verdict.VOID : Verdict.PASS, "");
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return "";
        }
        for (int group = 1; group <= matcher.groupCount(); group++) {
            if (matcher.group(group) != null) {
                return matcher.group(group).strip();
            }
        }
        return matcher.group();
    }

    private static String lastLine(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce("", (a, b) -> b);
    }
}
