package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.RunLog;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one test.
 *
 * @param id      short and without blanks
 * @param reason  why it is no success, in one sentence, or empty
 * @param finding the step that went wrong, or null
 * @param lines   what was done, step by step and command by command
 */
public record TestResult(
        String id,
        String name,
        String description,
        Outcome outcome,
        String reason,
        @Nullable Finding finding,
        Instant begun,
        Instant ended,
        List<RunLog.Line> lines) {
    public TestResult {
        lines = List.copyOf(lines);
    }

    /**
     * A step that went wrong.
     *
     * @param step     what was tried
     * @param expected what should have come
     * @param seen     what came
     * @param meaning  why that matters to a cluster
     */
    public record Finding(String step, String expected, String seen, String meaning) {}
}
