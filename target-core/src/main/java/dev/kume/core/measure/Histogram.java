package dev.kume.core.measure;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long things took: two buckets for each power of two of microseconds. One thread at a time adds; any thread may
 * read, and may see a moment late what was added.
 */
public final class Histogram {
    /** The powers of two of microseconds that have buckets of their own: up to 67 seconds. */
    private static final int POWERS = 26;

    /** One more than the bounds: the last is for all that took longer. */
    public static final int BUCKETS = 2 * POWERS + 1;

    private static final long NANOS_PER_MICRO = 1_000;
    private static final int SUM = BUCKETS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS + 1);

    /** Something took so long. */
    public void note(long nanos) {
        long took = Math.max(0, nanos);
        Counter.add(counts, bucket(took), 1);
        Counter.add(counts, SUM, took);
    }

    /** The first bucket whose bound is not exceeded. */
    static int bucket(long nanos) {
        // Whole microseconds, rounded up, less one: then every bound is the last of its bucket.
        long micros = Math.max(0, (nanos + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO - 1);
        if (micros == 0) {
            return 0;
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
        if (power >= POWERS) {
            return BUCKETS - 1;
        }
        int half = power == 0 ? 1 : (int) (micros >> (power - 1)) & 1;
        return 2 * power + half;
    }

    /** What nothing in this bucket took longer than; not of the last one, which has no bound. */
    public static long boundNanos(int bucket) {
        if (bucket == 0) {
            return NANOS_PER_MICRO;
        }
        int power = bucket / 2;
        return (bucket % 2 == 0 ? 3L << (power - 1) : 2L << power) * NANOS_PER_MICRO;
    }

    /** What it says now. */
    public Durations durations() {
        long[] now = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            now[i] = Counter.get(counts, i);
        }
        return new Durations(now, Counter.get(counts, SUM));
    }
}
