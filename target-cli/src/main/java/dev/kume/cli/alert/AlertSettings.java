package dev.kume.cli.alert;

import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When something is worth an alarm: {@code alerts} in {@code kume.yaml}. A threshold of 0 raises none.
 *
 * @param spaceLowPercent      of a file system that are free
 * @param spaceCriticalPercent the same; not above the other
 * @param overCommitPercent    of what is free that thin disks may still take
 * @param nodeGraceSeconds     a node may be away, or have one path, before it is told
 * @param slowMilliseconds     that one of a hundred commands of a disk takes, over a minute
 * @param stuckSeconds         that a command of a disk takes already
 */
public record AlertSettings(
        int spaceLowPercent,
        int spaceCriticalPercent,
        int overCommitPercent,
        int nodeGraceSeconds,
        int slowMilliseconds,
        int stuckSeconds) {
    public static final AlertSettings DEFAULTS = new AlertSettings(10, 5, 0, 120, 1_000, 10);

    private static final int PERCENT_MAX = 99;
    private static final int OVER_COMMIT_MAX = 100_000;
    private static final int GRACE_MAX = 86_400;
    private static final int SLOW_MAX = 60_000;
    private static final int STUCK_MAX = 3_600;

    /** Reads the block; what is left out gets its default, also when all of it is. */
    public static AlertSettings of(@Nullable YamlKeys keys) throws YamlException {
        if (keys == null) {
            return DEFAULTS;
        }
        int low = number(keys, "spaceLowPercent", PERCENT_MAX, DEFAULTS.spaceLowPercent);
        AlertSettings read = new AlertSettings(
                low,
                number(keys, "spaceCriticalPercent", PERCENT_MAX, Math.min(low, DEFAULTS.spaceCriticalPercent)),
                number(keys, "overCommitPercent", OVER_COMMIT_MAX, DEFAULTS.overCommitPercent),
                number(keys, "nodeGraceSeconds", GRACE_MAX, DEFAULTS.nodeGraceSeconds),
                number(keys, "slowMilliseconds", SLOW_MAX, DEFAULTS.slowMilliseconds),
                number(keys, "stuckSeconds", STUCK_MAX, DEFAULTS.stuckSeconds));
        if (read.spaceCriticalPercent > low) {
            throw keys.complain(
                    "spaceCriticalPercent",
                    "spaceCriticalPercent is %d; it must not be above spaceLowPercent, which is %d"
                            .formatted(read.spaceCriticalPercent, low));
        }
        keys.end();
        return read;
    }

    private static int number(YamlKeys keys, String key, int max, int otherwise) throws YamlException {
        Long given = keys.optionalNumber(key, 0, max);
        return (int) (long) Objects.requireNonNullElse(given, (long) otherwise);
    }

    long nodeGraceNanos() {
        return TimeUnit.SECONDS.toNanos(nodeGraceSeconds);
    }

    long slowNanos() {
        return TimeUnit.MILLISECONDS.toNanos(slowMilliseconds);
    }

    long stuckNanos() {
        return TimeUnit.SECONDS.toNanos(stuckSeconds);
    }

    /** As it stands in the file. */
    @Override
    public String toString() {
        return ("{spaceLowPercent: %d, spaceCriticalPercent: %d, overCommitPercent: %d, nodeGraceSeconds: %d,"
                        + " slowMilliseconds: %d, stuckSeconds: %d}")
                .formatted(
                        spaceLowPercent,
                        spaceCriticalPercent,
                        overCommitPercent,
                        nodeGraceSeconds,
                        slowMilliseconds,
                        stuckSeconds);
    }
}
