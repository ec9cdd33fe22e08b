package dev.kume.protocol.cluster;

import dev.kume.core.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened, in numbered lines; it keeps the last ones. Thread safe. */
public final class RunLog {
    private final Clock clock;
    private final int linesMax;
    private final Deque<Line> lines = new ArrayDeque<>();
    private int last;
    private String trouble = "";

    /**
     * One line.
     *
     * @param node     who did it, or {@code -}
     * @param disk     on what, or {@code -}
     * @param what     in words; empty when the exchange says it all
     * @param exchange the command that it is about, or null
     */
    public record Line(
            int number,
            Instant at,
            String node,
            String disk,
            String what,
            @Nullable Exchange exchange) {
        /** What happened in one text. */
        public String words() {
            return exchange == null ? what : what.isEmpty() ? exchange.toString() : what + ": " + exchange;
        }

        @Override
        public String toString() {
            return "%5d  %s  %-6s %-6s %s".formatted(number, at, node, disk, words());
        }
    }

    public RunLog(Clock clock, int linesMax) {
        this.clock = clock;
        this.linesMax = linesMax;
    }

    public void add(String node, String disk, String what) {
        add(node, disk, what, null);
    }

    /** A command and how it ended. */
    public synchronized void add(String node, String disk, String what, @Nullable Exchange exchange) {
        if (lines.size() == linesMax) {
            lines.removeFirst();
        }
        lines.add(new Line(++last, clock.now(), node, disk, what, exchange));
    }

    /** Something that is no step of anybody, and may be why one does not end. */
    public synchronized void addTrouble(String what) {
        add("-", "-", what);
        trouble = what;
    }

    /** The last trouble, or empty. */
    public synchronized String lastTrouble() {
        return trouble;
    }

    /** The number of the last line. */
    public synchronized int last() {
        return last;
    }

    /** The lines after this number that are still there. */
    public synchronized List<Line> after(int number) {
        return lines.stream().filter(line -> line.number() > number).toList();
    }
}
