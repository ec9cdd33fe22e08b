package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarm.Kind;
import dev.kume.cli.alarm.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time of day against the clock that never goes back. Nothing that initiators see depends on the time of day; the
 * times in logs and timelines do. Confined to the thread that looks.
 */
final class ClockAlerts {
    static final Set<Kind> KINDS = EnumSet.of(Kind.CLOCK_JUMPED);

    /** More than the clocks drift apart between two looks, whatever adjusts them slowly. */
    static final Duration JUMP = Duration.ofSeconds(5);

    /** The alarm stands for so long: there is nothing that would be over. */
    static final long STANDS_NANOS = TimeUnit.MINUTES.toNanos(10);

    private Instant before;
    private long beforeNanos;
    private @Nullable Finding jumped;
    private long jumpedNanos;

    /** From now on: time services set the clock right after a host has started, when the daemon has, too. */
    ClockAlerts(Instant now, long nowNanos) {
        this.before = now;
        this.beforeNanos = nowNanos;
    }

    /** What is wrong at this look. */
    List<Finding> look(Instant now, long nowNanos) {
        Instant expected = before.plusNanos(nowNanos - beforeNanos);
        Duration by = Duration.between(expected, now);
        if (by.abs().compareTo(JUMP) > 0) {
            jumped = finding(expected, now, by);
            jumpedNanos = nowNanos;
        }
        before = now;
        beforeNanos = nowNanos;
        return jumped == null || nowNanos - jumpedNanos >= STANDS_NANOS ? List.of() : List.of(jumped);
    }

    private static Finding finding(Instant expected, Instant now, Duration by) {
        return new Finding(
                Alarm.Key.of(Kind.CLOCK_JUMPED, new Subject.Named(Subject.Type.SERVER, "clock")),
                "the clock of this host was set %s by %d seconds: from %s to %s"
                        .formatted(
                                by.isNegative() ? "back" : "forward", by.abs().toSeconds(), expected, now),
                "disks are served as before; times in logs and timelines before and after do not fit together, so look"
                        + " whether the time service runs");
    }
}
