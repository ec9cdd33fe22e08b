package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarm.Kind;
import dev.kume.core.io.ServiceTimes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Disks whose device takes long, minute by minute, or does not answer: a command that has been there for long is seen
 * while nothing comes to its end. Confined to the thread that looks.
 */
final class SlowAlerts {
    static final Set<Kind> KINDS = EnumSet.of(Kind.DISK_STUCK, Kind.DISK_SLOW);

    /** It is over when no command has been so old for so long. */
    static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(30);

    static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final int PERCENTILE = 99;

    /** Fewer commands in a minute say nothing about a disk. */
    private static final int COMMANDS_MIN = 20;

    private final Map<UUID, Long> lastNanos = new HashMap<>();
    private final Map<UUID, Minute> minutes = new HashMap<>();

    /** A minute of a disk: how it began, and what was found in the one before. */
    private static final class Minute {
        private long sinceNanos;
        private long[] before;
        private long foundNanos;

        private Minute(long sinceNanos, long[] before) {
            this.sinceNanos = sinceNanos;
            this.before = before;
        }
    }

    /** What is wrong at this look. */
    List<Finding> look(List<DiskLook> disks, AlertSettings settings, long nowNanos) {
        List<Finding> findings = new ArrayList<>();
        Set<UUID> there = new HashSet<>();
        for (DiskLook disk : disks) {
            UUID uuid = disk.disk().identity().uuid();
            there.add(uuid);
            long limit = settings.stuckNanos();
            boolean stands = lastNanos.containsKey(uuid);
            // An old command that has ended just now may have left others behind it that are about to be as old.
            if (limit > 0 && disk.longestNanos() >= (stands ? limit / 2 : limit)) {
                lastNanos.put(uuid, nowNanos);
            }
            Long last = lastNanos.get(uuid);
            if (last != null && limit > 0 && nowNanos - last < QUIET_NANOS) {
                findings.add(stuck(disk, uuid));
            } else {
                lastNanos.remove(uuid);
            }
            slow(disk, uuid, settings, nowNanos, findings);
        }
        lastNanos.keySet().retainAll(there);
        minutes.keySet().retainAll(there);
        return findings;
    }

    private void slow(DiskLook disk, UUID uuid, AlertSettings settings, long nowNanos, List<Finding> findings) {
        ServiceTimes times = disk.times();
        if (times == null || settings.slowNanos() == 0) {
            minutes.remove(uuid);
            return;
        }
        Minute minute = minutes.get(uuid);
        if (minute == null) {
            minutes.put(uuid, new Minute(nowNanos, times.counts()));
            return;
        }
        if (nowNanos - minute.sinceNanos >= MINUTE_NANOS) {
            long[] after = times.counts();
            long threshold = minute.foundNanos > 0 ? settings.slowNanos() / 2 : settings.slowNanos();
            long found = ServiceTimes.count(minute.before, after) < COMMANDS_MIN
                    ? 0
                    : ServiceTimes.percentileNanos(minute.before, after, PERCENTILE);
            minute.foundNanos = found >= threshold ? found : 0;
            minute.before = after;
            minute.sinceNanos = nowNanos;
        }
        if (minute.foundNanos > 0) {
            findings.add(slow(disk, uuid, minute.foundNanos));
        }
    }

    private static Finding slow(DiskLook disk, UUID uuid, long foundNanos) {
        return new Finding(
                Alarm.Key.disk(Kind.DISK_SLOW, uuid),
                "disk '%s' is slow: in the last minute one of a hundred commands took about %d ms or more at its device"
                        .formatted(disk.disk().name(), TimeUnit.NANOSECONDS.toMillis(foundNanos)),
                "look after the device below %s, and at what else it is asked to do"
                        .formatted(disk.disk().file()));
    }

    private static Finding stuck(DiskLook disk, UUID uuid) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(disk.longestNanos());
        String now = seconds > 0
                ? "has not answered a command for %d seconds".formatted(seconds)
                : "has left commands unanswered for long until a moment ago";
        return new Finding(
                Alarm.Key.disk(Kind.DISK_STUCK, uuid),
                "the device below %s of disk '%s' %s"
                        .formatted(disk.disk().file(), disk.disk().name(), now),
                "look after the device; hosts give up after their timeouts, and fail over where they can");
    }
}
