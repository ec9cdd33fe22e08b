package dev.kume.core.measure;

import java.util.Arrays;

/** How long things took, as a {@link Histogram} said at one moment. */
public final class Durations {
    public static final Durations NONE = new Durations(new long[Histogram.BUCKETS], 0);

    private final long[] buckets;
    private final long sumNanos;

    Durations(long[] buckets, long sumNanos) {
        this.buckets = buckets;
        this.sumNanos = sumNanos;
    }

    /** How many there were, of all buckets. */
    public long count() {
        return Arrays.stream(buckets).sum();
    }

    /** How long all of them took together. */
    public long sumNanos() {
        return sumNanos;
    }

    /** How many are in this bucket of {@link Histogram}, and in no other. */
    public long inBucket(int bucket) {
        return buckets[bucket];
    }

    /** What so many percent did not exceed, by the bound of its bucket; 0 when there were none. */
    public long percentileNanos(int percent) {
        long all = count();
        long rank = (all * percent + 99) / 100;
        long seen = 0;
        for (int i = 0; i < buckets.length && all > 0; i++) {
            seen += buckets[i];
            if (seen >= rank) {
                return Histogram.boundNanos(Math.min(i, buckets.length - 2));
            }
        }
        return 0;
    }

    public Durations plus(Durations other) {
        long[] sums = new long[Histogram.BUCKETS];
        Arrays.setAll(sums, i -> buckets[i] + other.buckets[i]);
        return new Durations(sums, sumNanos + other.sumNanos);
    }

    /** What has come since that look; never less than nothing. */
    public Durations minus(Durations before) {
        long[] more = new long[Histogram.BUCKETS];
        Arrays.setAll(more, i -> Math.max(0, buckets[i] - before.buckets[i]));
        return new Durations(more, Math.max(0, sumNanos - before.sumNanos));
    }
}
