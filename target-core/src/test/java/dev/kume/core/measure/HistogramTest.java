package dev.kume.core.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Where times go, and what is read off them. */
final class HistogramTest {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    @Test
    void everyBoundIsTheLastOfItsBucket() {
        for (int bucket = 0; bucket < Histogram.BUCKETS - 1; bucket++) {
            long bound = Histogram.boundNanos(bucket);
            assertEquals(bucket, Histogram.bucket(bound), () -> "at " + bound);
            assertEquals(bucket + 1, Histogram.bucket(bound + 1), () -> "behind " + bound);
        }
    }

    @Test
    void boundsAreHalfAPowerOfTwoApart() {
        long[] first = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32};
        for (int i = 0; i < first.length; i++) {
            assertEquals(first[i] * MICRO, Histogram.boundNanos(i));
        }
        assertEquals(67_108_864 * MICRO, Histogram.boundNanos(Histogram.BUCKETS - 2));
    }

    @Test
    void whatIsLongerThanAllBoundsIsCountedAllTheSame() {
        Histogram histogram = new Histogram();
        histogram.note(Long.MAX_VALUE / 2);
        assertEquals(1, histogram.durations().inBucket(Histogram.BUCKETS - 1));
        assertEquals(1, histogram.durations().count());
    }

    @Test
    void aClockThatTwoThreadsReadMayGoBackALittle() {
        Histogram histogram = new Histogram();
        histogram.note(-5);
        assertEquals(1, histogram.durations().inBucket(0));
        assertEquals(0, histogram.durations().sumNanos());
    }

    @Test
    void percentilesAreBoundsThatSoManyDidNotExceed() {
        Histogram histogram = new Histogram();
        for (int i = 0; i < 99; i++) {
            histogram.note(100 * MICRO);
        }
        histogram.note(5 * MILLI);
        Durations all = histogram.durations();
        assertEquals(128 * MICRO, all.percentileNanos(50));
        assertEquals(128 * MICRO, all.percentileNanos(99));
        assertEquals(6_144 * MICRO, all.percentileNanos(100));
        assertEquals(99 * 100 * MICRO + 5 * MILLI, all.sumNanos());
        assertEquals(0, Durations.NONE.percentileNanos(99));
    }

    @Test
    void sumsAndDifferencesGoBucketByBucket() {
        Histogram histogram = new Histogram();
        histogram.note(3 * MICRO);
        Durations before = histogram.durations();
        histogram.note(4 * MICRO);
        Durations more = histogram.durations().minus(before);
        assertEquals(1, more.count());
        assertEquals(4 * MICRO, more.sumNanos());
        assertEquals(2, more.plus(before).count());
        assertTrue(before.minus(histogram.durations()).count() == 0, "never less than nothing");
    }
}
