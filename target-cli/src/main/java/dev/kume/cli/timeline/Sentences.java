package dev.kume.cli.timeline;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times and lengths of time as people read them. */
final class Sentences {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long MILLIS_PER_SECOND = 1_000;
    private static final long MILLIS_PER_MINUTE = 60_000;
    private static final long MILLIS_PER_HOUR = 3_600_000;

    private Sentences() {}

    /** {@code 12:00:03.1}. */
    static String clock(Instant time) {
        return CLOCK.format(time);
    }

    /** {@code 0.04 s}, {@code 9.3 s}, {@code 2 min 5 s}, {@code 3 h 12 min}. */
    static String length(long millis) {
        if (millis >= MILLIS_PER_HOUR) {
            return "%d h %d min".formatted(millis / MILLIS_PER_HOUR, millis % MILLIS_PER_HOUR / MILLIS_PER_MINUTE);
        }
        if (millis >= MILLIS_PER_MINUTE) {
            return "%d min %d s".formatted(millis / MILLIS_PER_MINUTE, millis % MILLIS_PER_MINUTE / MILLIS_PER_SECOND);
        }
        String form = millis < MILLIS_PER_SECOND ? "%.2f s" : "%.1f s";
        return String.format(Locale.ROOT, form, (double) millis / MILLIS_PER_SECOND);
    }

    static @Nullable Long millis(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null
                ? null
                : Math.max(0, Duration.between(from, to).toMillis());
    }
}
