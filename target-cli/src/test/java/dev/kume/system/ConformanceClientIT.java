package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** libiscsi's conformance tests, a process for each so that a hang costs one test, every verdict accounted for. */
final class ConformanceClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Set<String> FAMILIES = Set.of(
            ("Inquiry Mandatory ModeSense6 Read6 Read10 Read12 Read16 ReadCapacity10 ReadCapacity16 TestUnitReady "
                            + "Verify10 Verify12 Verify16 Write10 Write12 Write16 WriteVerify10 WriteVerify12 "
                            + "WriteVerify16 Prefetch10 Prefetch16 ReportSupportedOpcodes iSCSIcmdsn iSCSIdatasn "
                            + "iSCSIResiduals iSCSITMF Unmap WriteSame10 WriteSame16 CompareAndWrite OrWrite "
                            + "WriteAtomic16 GetLBAStatus ReadDefectData10 ReadDefectData12")
                    .split(" "));

    /** What the tool's own code makes impossible to pass, for any target. */
    private static final Map<String, String> FAULTS_OF_THE_TOOL = Map.of(
            "iSCSITMF.LUNResetSimpleAsync",
            "test_async_lu_reset_simple.c:157 asserts that the reset's callback has run, directly after queueing the"
                    + " reset and before any call of iscsi_service, which alone could send it",
            "WriteSame10.UnmapUntilEnd",
            "test_writesame10_unmap_until_end.c:57 sends a block of FFh with UNMAP and wants zeroes back, though LBPRZ"
                    + " is 1; the same test of WRITE SAME(16) clears the block first",
            "GetLBAStatus.UnmapSingle",
            "test_get_lba_status_unmap_single.c:120 asks for the status from LBA i + 1 on and wants a first descriptor"
                    + " that begins at i + 8, wherever a physical block has 8 logical ones");

    /** What the tool leaves out, and why that is right. */
    private static final Map<String, String> EXPECTED_SKIPS = Map.of(
            "WriteAtomic16.VPD",
            "test_writeatomic16_vpd.c looks for refusals of writes without alignment and granularity; none is asked for",
            "Inquiry.VersionDescriptors",
            "test_inquiry_version_descriptors.c holds no assertion: it logs what it sees");

    private static final Pattern ASSERTS = Pattern.compile("asserts\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)");
    private static final Pattern TESTS = Pattern.compile("tests\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)");
    private static final Pattern FAILURE = Pattern.compile("\\[FAILED]\\s*(.*)|\\d+\\.\\s+(\\S+:\\d+\\s+-.*)");

    /** The tool asks every target for reservations before and after each test, and says so when there are none. */
    private static final Pattern SKIP =
            Pattern.compile("\\[SKIPPED]\\s*+(?!PERSISTENT RESERVE IN is not implemented)(.*)");

    @TempDir
    Path directory;

    private enum Verdict {
        PASS,
        FAIL,
        /** No failed assertion, and the tool said that it left something out. */
        SKIP,
        HANG,
        /** It never came to a summary: no login, a crash. */
        ERROR,
        /** Passed without one assertion. */
        VOID
    }

    private record Outcome(String test, Verdict verdict, String why) {
        @Override
        public String toString() {
            return "%-5s %s  %s".formatted(verdict, test, why).strip();
        }
    }

    @BeforeAll
    static void clients() {
        Clients.need("iscsi-test-cu");
    }

    @Test
    void everyTestOfTheFamiliesPassesOrIsAccountedFor() throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        List<String> tests = tests();
        assertTrue(tests.size() > 100, () -> "iscsi-test-cu lists only " + tests);
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("conformance", "256MB", "vhd");
            daemon.admin("target", "allow", "conformance", RunningDaemon.NODE2);
            for (String test : tests) {
                outcomes.add(run(daemon, iqn, test));
                assertTrue(daemon.isAlive(), () -> "the daemon did not survive " + test + ":\n" + daemon.log());
            }
        }
        report(outcomes);
        List<String> unexplained = outcomes.stream()
                .filter(outcome -> !accountedFor(outcome))
                .map(Outcome::toString)
                .toList();
        assertEquals(List.of(), unexplained);
    }

    private static boolean accountedFor(Outcome outcome) {
        return switch (outcome.verdict) {
            case PASS -> !FAULTS_OF_THE_TOOL.containsKey(outcome.test) && !EXPECTED_SKIPS.containsKey(outcome.test);
            case FAIL -> FAULTS_OF_THE_TOOL.containsKey(outcome.test);
            case SKIP, VOID -> EXPECTED_SKIPS.containsKey(outcome.test);
            case HANG, ERROR -> false;
        };
    }

    /** {@code Family.Test} of the families, in the tool's order. */
    private static List<String> tests() {
        return Program.run(LIMIT, "iscsi-test-cu", "-l")
                .outOfSuccess()
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("ALL\\.[^.]+\\.[^.]+"))
                .map(line -> line.substring("ALL.".length()))
                .filter(test -> FAMILIES.contains(test.substring(0, test.indexOf('.'))))
                .toList();
    }

    private static Outcome run(RunningDaemon daemon, String iqn, String test) {
        Program.Result result = Program.run(
                LIMIT,
                "iscsi-test-cu",
                "--initiator-name=" + RunningDaemon.NODE1,
                "--initiator-name-2=" + RunningDaemon.NODE2,
                "--dataloss",
                "--verbose",
                "--test=ALL." + test,
                daemon.url(iqn, 0));
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

    private static void report(List<Outcome> outcomes) throws IOException {
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        outcomes.forEach(outcome -> counts.merge(outcome.verdict, 1, Integer::sum));
        List<String> lines = new ArrayList<>(outcomes.stream()
                .map(outcome -> {
                    String reason = FAULTS_OF_THE_TOOL.getOrDefault(
                            outcome.test, EXPECTED_SKIPS.getOrDefault(outcome.test, ""));
                    return reason.isEmpty() ? outcome.toString() : outcome + "\n      accounted for: " + reason;
                })
                .toList());
        String summary = "%d tests: %s".formatted(outcomes.size(), counts);
        lines.add(summary);
        Files.write(Clients.home().resolveSibling("conformance.txt"), lines);
        System.out.println("Conformance, iscsi-test-cu: " + summary);
    }
}
