package dev.kume.core.io;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the jobs of a disk took on their disk threads, since the daemon started: a histogram whose buckets are a
 * quarter longer than the one before, at most. Any thread; a job costs one addition.
 */
public final class ServiceTimes {
    /** Anything shorter is in the first bucket: 1,024 ns. */
    private static final int SHIFT_MIN = 10;

    /** Anything longer is in the last bucket: about nine minutes. */
    private static final int SHIFT_MAX = 38;

    /** Buckets for each power of two. */
    private static final int PARTS = 4;

    private static final int PARTS_SHIFT = 2;
    private static final int BUCKETS = (SHIFT_MAX - SHIFT_MIN + 1) * PARTS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    void took(long nanos) {
        counts.incrementAndGet(bucket(nanos));
    }

    private static int bucket(long nanos) {
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(nanos, 1));
        if (shift < SHIFT_MIN) {
            return 0;
        }
        if (shift > SHIFT_MAX) {
            return BUCKETS - 1;
        }
        int part = (int) (nanos >> (shift - PARTS_SHIFT)) & (PARTS - 1);
        return (shift - SHIFT_MIN) * PARTS + part;
    }

    /** How many took how long, by bucket. */
    public long[] counts() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    /** Nothing in this bucket, or in one before it, took so long. */
    public static long boundNanos(int bucket) {
        int shift = SHIFT_MIN + bucket / PARTS;
        return (PARTS + bucket % PARTS + 1L) << (shift - PARTS_SHIFT);
    }

    /**
     * What so many percent of the jobs between two looks did not exceed, by the bound of its bucket; 0 when there were
     * none.
     */
    public static long percentileNanos(long[] before, long[] after, int percent) {
        long all = count(before, after);
        long rank = (all * percent + 99) / 100;
        long seen = 0;
        for (int i = 0; i < after.length && all > 0; i++) {
            seen += after[i] - before[i];
            if (seen >= rank) {
                return boundNanos(i);
            }
        }
        return 0;
    }

    /** How many there were between two looks. */
    public static long count(long[] before, long[] after) {
        long all = 0;
        for (int i = 0; i < after.length; i++) {
            all += after[i] - before[i];
        }
        return all;
    }
}
