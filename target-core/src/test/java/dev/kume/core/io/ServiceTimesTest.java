package dev.kume.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Service times are found again, near enough. */
final class ServiceTimesTest {
    private final ServiceTimes times = new ServiceTimes();
    private final long[] nothing = times.counts();

    @ParameterizedTest
    @ValueSource(longs = {1_024, 1_500, 99_999, 1_000_000, 1_073_741_823, 1_073_741_824, 60_000_000_000L})
    void theBoundIsNotLessAndAtMostAQuarterMore(long nanos) {
        times.took(nanos);
        long found = ServiceTimes.percentileNanos(nothing, times.counts(), 50);
        assertTrue(found >= nanos && found <= nanos + nanos / 4 + 1, nanos + " is found as " + found);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 1_023, Long.MAX_VALUE})
    void whatIsBeyondIsCountedAtTheEnds(long nanos) {
        times.took(nanos);
        assertEquals(1, ServiceTimes.count(nothing, times.counts()));
    }

    @Test
    void onlyWhatCameBetweenTheLooksCounts() {
        for (int i = 0; i < 1_000; i++) {
            times.took(5_000_000_000L);
        }
        long[] before = times.counts();
        for (int i = 0; i < 99; i++) {
            times.took(2_000);
        }
        times.took(1_000_000_000);
        long[] after = times.counts();
        assertEquals(100, ServiceTimes.count(before, after));
        assertTrue(ServiceTimes.percentileNanos(before, after, 99) < 3_000);
        assertTrue(ServiceTimes.percentileNanos(before, after, 100) >= 1_000_000_000);
        assertEquals(0, ServiceTimes.percentileNanos(after, after, 99));
    }
}
