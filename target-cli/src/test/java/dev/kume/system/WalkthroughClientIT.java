package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story of the walk-through in network namespaces, without its table: what it says has happened must have. */
final class WalkthroughClientIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Pattern TAKEOVER = Pattern.compile(
            "failover: ([0-9.]+) s until the heartbeats were missed, ([0-9.]+) s of arbitration.*, ([0-9.]+) s to");

    @TempDir
    Path directory;

    @BeforeAll
    static void namespaces() {
        Clients.need("python3", "ip", "tc");
        Program.Result id = Program.run(LIMIT, "id", "-u");
        Assumptions.assumeTrue(id.out().strip().equals("0"), "network namespaces need root");
        Program.Result made = Program.run(LIMIT, "unshare", "--net", "true");
        Assumptions.assumeTrue(made.exitCode() == 0, "no network namespaces here: " + made.err());
    }

    @Test
    void aClusterIsFormedMovesItsMachineAndSurvivesThePowerLossOfANode() {
        Path script = Clients.checkout().resolve("scripts").resolve("walkthrough");
        List<String> words = Program.words(script, "--quick", "--without-table", "--state", 16, "--dir", directory);
        String out = Program.run(LIMIT, Map.of("KUME_UNDER_TEST", "yes"), words).outOfSuccess();
        for (String node : List.of("hv-node1", "hv-node2")) {
            assertTrue(out.contains(node + ": discovery at 192.168.10.1:3260: no target"), out);
            assertTrue(out.contains(node + ": tries to write to LUN 1: RESERVATION CONFLICT"), out);
        }
        assertTrue(out.contains("hv-node2: has lost the arbitration"), out);
        assertEquals(4, count(out, "data verified"), out);
        theSurvivorWaitedForItsChallengeAndForNothingElse(out);
        assertTrue(out.contains("hv-node2: sees the other node again"), out);
        assertTrue(out.contains("walkthrough: passed: every step came out as it must"), out);
        nothingIsLeft(out);
    }

    /** Real seconds, of which seven are the challenger's wait: the rest is one at most. */
    private static void theSurvivorWaitedForItsChallengeAndForNothingElse(String out) {
        Matcher figures = TAKEOVER.matcher(out);
        assertTrue(figures.find(), out);
        double arbitration = Double.parseDouble(figures.group(2));
        double firstWrite = Double.parseDouble(figures.group(3));
        assertTrue(arbitration >= 7, out);
        assertTrue(arbitration + firstWrite <= 8, out);
    }

    private static void nothingIsLeft(String out) {
        String prefix = Pattern.compile("network namespaces (\\S+)-\\*")
                .matcher(out)
                .results()
                .map(MatchResult::toString)
                .findFirst()
                .orElseGet(() -> fail("no namespaces in:\n" + out))
                .replaceAll("network namespaces |\\*", "");
        String left = Program.run(LIMIT, "ip", "netns", "list").outOfSuccess();
        assertFalse(left.contains(prefix), left);
    }

    private static long count(String text, String words) {
        return Pattern.compile(Pattern.quote(words)).matcher(text).results().count();
    }
}
