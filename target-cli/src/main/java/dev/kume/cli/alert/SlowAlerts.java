package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarm.Kind;
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
 * Disks whose device does not answer: a command that has been there for long is seen while nothing comes to its end.
 * Confined to the thread that looks.
 */
final class SlowAlerts {
    static final Set<Kind> KINDS = EnumSet.of(Kind.DISK_STUCK);

    /** It is over when no command has been so old for so long. */
    static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Map<UUID, Long> lastNanos = new HashMap<>();

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
        }
        lastNanos.keySet().retainAll(there);
        return findings;
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
