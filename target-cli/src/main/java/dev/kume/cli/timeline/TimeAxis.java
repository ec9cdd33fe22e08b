package dev.kume.cli.timeline;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A span of time laid over a width of a drawing. */
final class TimeAxis {
    private static final long[] STEPS_MILLIS = {
        100,
        200,
        500,
        1_000,
        2_000,
        5_000,
        10_000,
        15_000,
        30_000,
        60_000,
        120_000,
        300_000,
        600_000,
        900_000,
        1_800_000,
        3_600_000,
        7_200_000,
        10_800_000,
        21_600_000,
        43_200_000,
        86_400_000,
        172_800_000,
        604_800_000
    };
    private static final int TICKS_MAX = 9;
    private static final long SECOND_MILLIS = 1_000;
    private static final long MINUTE_MILLIS = 60_000;
    private static final long DAY_MILLIS = 86_400_000;

    private final Instant from;
    private final double spanNanos;
    private final int left;
    private final int width;
    private final Instant to;

    /** A place on the axis that has a name. */
    record Tick(Instant at, String text) {}

    /**
     * @param left  where the span begins in the drawing
     * @param width how much room it has there
     */
    TimeAxis(Instant from, Instant to, int left, int width) {
        this.from = from;
        this.to = to;
        this.spanNanos = Math.max(1, nanos(Duration.between(from, to)));
        this.left = left;
        this.width = width;
    }

    private static double nanos(Duration duration) {
        return duration.getSeconds() * 1e9 + duration.getNano();
    }

    /** The place of a moment; of one outside of the span the nearer end. */
    double x(Instant at) {
        double part = nanos(Duration.between(from, at)) / spanNanos;
        return left + width * Math.clamp(part, 0, 1);
    }

    /** Round moments, at most nine. */
    List<Tick> ticks() {
        long spanMillis = (long) (spanNanos / 1e6);
        long step = STEPS_MILLIS[STEPS_MILLIS.length - 1];
        for (long each : STEPS_MILLIS) {
            if (spanMillis / each <= TICKS_MAX - 1) {
                step = each;
                break;
            }
        }
        step = Math.max(step, spanMillis / (TICKS_MAX - 1));
        DateTimeFormatter form = DateTimeFormatter.ofPattern(
                        step < SECOND_MILLIS
                                ? "HH:mm:ss.S"
                                : step < MINUTE_MILLIS ? "HH:mm:ss" : step < DAY_MILLIS ? "MM-dd HH:mm" : "MM-dd",
                        Locale.ROOT)
                .withZone(ZoneOffset.UTC);
        List<Tick> ticks = new ArrayList<>();
        long first = Math.ceilDiv(from.toEpochMilli(), step) * step;
        for (long at = first; at <= to.toEpochMilli(); at += step) {
            Instant moment = Instant.ofEpochMilli(at);
            ticks.add(new Tick(moment, form.format(moment)));
        }
        return ticks;
    }
}
