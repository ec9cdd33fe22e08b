package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The report of a cluster validation.
 *
 * @param title           what was validated
 * @param outcome         {@code Success}, {@code Warning}, {@code Failed} or {@code Canceled}: the worst of its tests
 * @param verdict         what it comes to, in one sentence
 * @param realTime        whether nodes defended and challenged as slowly as Windows does
 * @param defenceMillis   between two looks of an owner at its disk
 * @param challengeMillis how long a challenger waited for the owner
 * @param notes           what else its reader should know
 */
public record ValidationView(
        String title,
        String outcome,
        String verdict,
        Instant started,
        Instant finished,
        boolean realTime,
        long defenceMillis,
        long challengeMillis,
        List<Node> nodes,
        List<Disk> disks,
        List<String> notes,
        List<Test> tests) {
    public static final String SUCCESS = "Success";
    public static final String WARNING = "Warning";
    public static final String FAILED = "Failed";
    public static final String CANCELED = "Canceled";

    /** A node and the ways by which it came. */
    public record Node(String name, List<Path> paths) {}

    /** One way of a node to its disks. */
    public record Path(String initiator, String target, String portal) {}

    /**
     * A disk that was tested.
     *
     * @param paths how many each node has to it, in the order of the nodes
     */
    public record Disk(
            String serial,
            String identifier,
            String signature,
            String model,
            long sizeBytes,
            int blockBytes,
            List<Integer> paths) {}

    /**
     * One test.
     *
     * @param id           short and without blanks
     * @param reason       why it is no success, in one sentence, or empty
     * @param linesLeftOut lines in the middle of the log that a long test has more than are kept
     */
    public record Test(
            String id,
            String name,
            String description,
            String result,
            String reason,
            @Nullable Finding finding,
            Instant started,
            Instant finished,
            int linesLeftOut,
            List<Line> log) {}

    /** The step that went wrong: what should have come of it, what came, and why that matters to a cluster. */
    public record Finding(String step, String expected, String seen, String meaning) {}

    /**
     * One line of a test's log: a step, or a command that it took.
     *
     * @param step          what was to be done, or empty
     * @param command       with its service action and keys, or null
     * @param status        the SCSI status, or why there is none
     * @param sense         sense data in words
     * @param latencyMicros until the answer
     * @param path          by which it went
     */
    public record Line(
            int number,
            Instant at,
            String node,
            String disk,
            String step,
            @Nullable String command,
            @Nullable String status,
            @Nullable String sense,
            @Nullable Long latencyMicros,
            @Nullable String path) {}
}
