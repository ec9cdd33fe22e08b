package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.TestCu.Outcome;
import dev.kume.system.TestCu.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All of libiscsi's conformance tests: a fresh disk for each family, two portals, a read-only LUN for the family that
 * wants one, every verdict accounted for. {@code docs/conformance.md} shows what came out.
 */
final class ConformanceClientIT {
    private static final int TESTS_MIN = 230;
    private static final int PASS_MIN = 200;

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need(TestCu.PROGRAM);
    }

    /** {@code -Dkume.rewrite=true} writes the page anew; {@code -Dkume.conformance=Unmap} runs one family alone. */
    @Test
    void everyTestPassesOrIsAccountedFor() throws Exception {
        String only = System.getProperty("kume.conformance", "");
        List<String> tests = TestCu.tests().stream()
                .filter(test -> only.isEmpty() || test.startsWith(only + "."))
                .toList();
        int secondPort = RunningDaemon.freePort();
        List<Outcome> outcomes = new ArrayList<>();
        try (RunningDaemon daemon = RunningDaemon.startWithPortals(directory, secondPort)) {
            Families families = new Families(daemon, secondPort);
            for (String test : tests) {
                Outcome outcome = TestCu.run(test, families.urlsFor(test));
                outcomes.add(outcome);
                assertTrue(daemon.isAlive(), () -> "the daemon did not survive " + test + ":\n" + daemon.log());
                if (outcome.verdict() != Verdict.PASS) {
                    families.startAnew();
                }
            }
        }
        Files.write(
                Clients.home().resolveSibling("conformance.txt"),
                Stream.concat(outcomes.stream().map(Outcome::toString), Stream.of(ConformancePage.summary(outcomes)))
                        .toList());
        System.out.println("Conformance, iscsi-test-cu: " + ConformancePage.summary(outcomes));
        judge(outcomes, only.isEmpty());
    }

    private static void judge(List<Outcome> outcomes, boolean whole) throws IOException {
        Map<String, String> reasons = new HashMap<>(ConformanceReasons.FAULTS_OF_THE_TOOL);
        reasons.putAll(ConformanceReasons.EXPECTED_SKIPS);
        List<String> unexplained = outcomes.stream()
                .filter(outcome -> !accountedFor(outcome))
                .map(Outcome::toString)
                .toList();
        assertEquals(List.of(), unexplained);
        if (!whole) {
            return;
        }
        assertTrue(outcomes.size() >= TESTS_MIN, () -> "iscsi-test-cu lists only " + outcomes.size() + " tests");
        long passed = outcomes.stream()
                .filter(outcome -> outcome.verdict() == Verdict.PASS)
                .count();
        assertTrue(passed >= PASS_MIN, () -> "only " + passed + " tests pass");
        Path page = Clients.checkout().resolve("docs").resolve("conformance.md");
        String there = Files.readString(page);
        String expected = ConformancePage.with(there, outcomes, reasons);
        if (Boolean.getBoolean("kume.rewrite")) {
            Files.writeString(page, expected);
        } else {
            assertEquals(expected, there, "docs/conformance.md is stale; run scripts/conformance and commit it");
        }
    }

    private static boolean accountedFor(Outcome outcome) {
        boolean fault = ConformanceReasons.FAULTS_OF_THE_TOOL.containsKey(outcome.test());
        boolean skip = ConformanceReasons.EXPECTED_SKIPS.containsKey(outcome.test());
        return switch (outcome.verdict()) {
            case PASS -> !fault && !skip;
            case FAIL -> fault;
            case SKIP, VOID -> skip;
            case HANG, ERROR -> false;
        };
    }

    /** The disk of the family that is being tested, and the ways to it. */
    private static final class Families {
        private final RunningDaemon daemon;
        private final int secondPort;
        private String family = "";
        private String iqn = "";
        private int disks;

        Families(RunningDaemon daemon, int secondPort) {
            this.daemon = daemon;
            this.secondPort = secondPort;
        }

        /** The next test gets a disk of its own, whatever the last one has left behind. */
        void startAnew() {
            family = "";
        }

        List<String> urlsFor(String test) throws IOException {
            String of = test.substring(0, test.indexOf('.'));
            if (!of.equals(family)) {
                family = of;
                String name = "%s%d".formatted(of.toLowerCase(Locale.ROOT), ++disks);
                String sharing = of.equals("ReadOnly") ? "read-only" : "cluster";
                // Small where a test sleeps: what it sees is then the same on every machine.
                String size = of.equals("Sanitize") ? "32MB" : "256MB";
                iqn = daemon.provide(name, size, "vhd", sharing, RunningDaemon.NODE1, RunningDaemon.NODE2);
            }
            String url = daemon.url(iqn, 0);
            return of.equals("MultipathIO")
                    ? List.of(url, url.replace(":" + daemon.port() + "/", ":" + secondPort + "/"))
                    : List.of(url);
        }
    }
}
