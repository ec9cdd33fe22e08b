package dev.kume.cli.command;

import java.time.Duration;
import java.time.Instant;

/** How long ago something was, for people. */
final class Ages {
    private Ages() {}

    /** {@code 5s}, {@code 12m}, {@code 3h 20m}, {@code 9d 4h}; never negative, clocks may differ. */
    static String of(long seconds) {
        if (seconds < 60) {
            return Math.max(0, seconds) + "s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + "m";
        }
        if (seconds < 86_400) {
            return seconds / 3_600 + "h " + seconds % 3_600 / 60 + "m";
        }
        return seconds / 86_400 + "d " + seconds % 86_400 / 3_600 + "h";
    }

    /** The age of an instant. */
    static String since(Instant instant, Instant now) {
        return of(Duration.between(instant, now).toSeconds());
    }
}
