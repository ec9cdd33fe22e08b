package dev.kume.cli.top;

import java.util.ArrayList;
import java.util.List;

/** Counts to test with. */
final class Loads {
    static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000;

    private Loads() {}

    /** So many commands of each kind, a block of 4 KiB each, that waited and took so many milliseconds each. */
    static Meter meter(String name, String about, long reads, long writes, int queueMillis, int serviceMillis) {
        long all = reads + writes;
        return new Meter(
                name,
                name,
                about,
                reads,
                writes,
                reads * 4_096,
                writes * 4_096,
                0,
                3,
                new Latency(all, all * queueMillis * MILLI, List.of()),
                latency(all, serviceMillis));
    }

    /** All took as long. */
    static Latency latency(long count, long millis) {
        List<Latency.Bucket> buckets = new ArrayList<>();
        long lower = -1;
        for (long bound : new long[] {MILLI / 10, MILLI, 10 * MILLI, 100 * MILLI, Long.MAX_VALUE}) {
            boolean here = millis * MILLI > lower && millis * MILLI <= bound;
            buckets.add(new Latency.Bucket(bound, here ? count : 0));
            lower = bound;
        }
        return new Latency(count, count * millis * MILLI, buckets);
    }

    /** Nothing has been done yet. */
    static Meter idle(String name, String about) {
        return meter(name, about, 0, 0, 0, 0);
    }

    /** What has been done in a second since nothing had. */
    static List<Load> second(List<Meter> meters) {
        Rates rates = new Rates();
        rates.look(
                meters.stream().map(meter -> idle(meter.name(), meter.about())).toList(), 0);
        return rates.look(meters, SECOND);
    }
}
