package dev.kume.cli.journal;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * How many events of one source are written down: a burst at once, and then one now and then. What is beyond is
 * counted. Confined to the journal's thread; the sources are as many as nodes and disks.
 */
final class Allowances {
    private static final long EACH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int burst;
    private final Map<String, Source> sources = new HashMap<>();

    private static final class Source {
        private long left;
        private long sinceNanos;
        private long leftOut;
    }

    /** @param burst events at once */
    Allowances(int burst) {
        this.burst = burst;
    }

    /** True when the event may be written down. */
    boolean take(String name, long nowNanos) {
        Source source = sources.computeIfAbsent(name, ignored -> {
            Source fresh = new Source();
            fresh.left = burst;
            fresh.sinceNanos = nowNanos;
            return fresh;
        });
        long more = (nowNanos - source.sinceNanos) / EACH_NANOS;
        source.left = Math.min(burst, source.left + more);
        source.sinceNanos += more * EACH_NANOS;
        if (source.left == 0) {
            source.leftOut++;
            return false;
        }
        source.left--;
        return true;
    }

    /** How many events were left out of each source since this was asked; only sources of which some were. */
    Map<String, Long> leftOut() {
        Map<String, Long> counts = new HashMap<>();
        sources.forEach((name, source) -> {
            if (source.leftOut > 0) {
                counts.put(name, source.leftOut);
                source.leftOut = 0;
            }
        });
        return counts;
    }

    /** Forgets the sources that are none any more. */
    void keep(Predicate<String> which) {
        sources.keySet().removeIf(name -> !which.test(name));
    }
}
