package dev.kume.cli.top;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long things took.
 *
 * @param count    so many
 * @param sumNanos all together
 * @param buckets  how many took how long, by their bounds
 */
public record Latency(long count, long sumNanos, List<Bucket> buckets) {
    public static final Latency NONE = new Latency(0, 0, List.of());

    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * Those that took no longer than this, and longer than the bucket before allows.
     *
     * @param upToNanos {@link Long#MAX_VALUE} for all that took longer than any other bucket has
     */
    public record Bucket(long upToNanos, long count) {}

    public Latency {
        buckets = List.copyOf(buckets);
    }

    /** What has come since then. */
    Latency since(Latency before) {
        Map<Long, Long> old = new HashMap<>();
        before.buckets.forEach(bucket -> old.put(bucket.upToNanos(), bucket.count()));
        List<Bucket> news = new ArrayList<>();
        for (Bucket bucket : buckets) {
            news.add(new Bucket(
                    bucket.upToNanos(), Math.max(0, bucket.count() - old.getOrDefault(bucket.upToNanos(), 0L))));
        }
        return new Latency(Math.max(0, count - before.count), Math.max(0, sumNanos - before.sumNanos), news);
    }

    /** Both together. */
    public Latency plus(Latency other) {
        if (buckets.isEmpty()) {
            return new Latency(count + other.count, sumNanos + other.sumNanos, other.buckets);
        }
        Map<Long, Long> more = new HashMap<>();
        other.buckets.forEach(bucket -> more.put(bucket.upToNanos(), bucket.count()));
        List<Bucket> sums = new ArrayList<>();
        buckets.forEach(bucket ->
                sums.add(new Bucket(bucket.upToNanos(), bucket.count() + more.getOrDefault(bucket.upToNanos(), 0L))));
        return new Latency(count + other.count, sumNanos + other.sumNanos, sums);
    }

    /** The mean in milliseconds; not a number when there is none. */
    double meanMillis() {
        return count == 0 ? Double.NaN : sumNanos / NANOS_PER_MILLI / count;
    }

    /** What so many percent did not exceed, in milliseconds, by the bound of its bucket; not a number when unknown. */
    double percentileMillis(int percent) {
        long all = buckets.stream().mapToLong(Bucket::count).sum();
        if (all == 0) {
            return Double.NaN;
        }
        long rank = (all * percent + 99) / 100;
        long seen = 0;
        long lastBound = 0;
        for (Bucket bucket : buckets) {
            seen += bucket.count();
            if (bucket.upToNanos() != Long.MAX_VALUE) {
                lastBound = bucket.upToNanos();
            }
            if (seen >= rank) {
                break;
            }
        }
        return lastBound / NANOS_PER_MILLI;
    }
}
