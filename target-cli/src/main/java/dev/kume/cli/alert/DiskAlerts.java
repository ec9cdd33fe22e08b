package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarm.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Disks that are not there as they should be: offline though nobody asked for it, served from a file that has no name
 * any more, or failing. Confined to the thread that looks.
 */
final class DiskAlerts {
    static final Set<Kind> KINDS = EnumSet.of(Kind.DISK_OFFLINE, Kind.DISK_FILE_GONE, Kind.DISK_FAILING);

    /** A restore or a conversion takes a disk away, or a file, for a moment. */
    static final long LASTS_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** Without a failure for so long it is over. */
    static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final AlertInbox inbox;
    private final Lasting<UUID> offline = new Lasting<>();
    private final Lasting<UUID> gone = new Lasting<>();

    DiskAlerts(AlertInbox inbox) {
        this.inbox = inbox;
    }

    /**
     * What is wrong at this look.
     *
     * @param goneFiles files that are not there
     */
    List<Finding> look(List<DiskLook> disks, Set<Path> goneFiles, long nowNanos) {
        List<Finding> findings = new ArrayList<>();
        for (DiskLook disk : disks) {
            UUID uuid = disk.disk().identity().uuid();
            if (disk.offlineReason() != null) {
                if (!disk.asked() && offline.holds(uuid, nowNanos, LASTS_NANOS)) {
                    offline(disk, disk.offlineReason(), findings);
                }
            } else {
                if (goneFiles.contains(Path.of(disk.disk().file())) && gone.holds(uuid, nowNanos, LASTS_NANOS)) {
                    gone(disk, findings);
                }
                failing(disk, nowNanos, findings);
            }
        }
        offline.looked();
        gone.looked();
        return findings;
    }

    private static Alarm.Key key(Kind kind, DiskLook disk) {
        return Alarm.Key.disk(kind, disk.disk().identity().uuid());
    }

    private static void offline(DiskLook disk, String reason, List<Finding> findings) {
        String name = disk.disk().name();
        findings.add(new Finding(
                key(Kind.DISK_OFFLINE, disk),
                "disk '%s' is offline: %s".formatted(name, reason),
                "mend that, then run 'kume disk online %s'".formatted(name)));
    }

    private static void gone(DiskLook disk, List<Finding> findings) {
        findings.add(new Finding(
                key(Kind.DISK_FILE_GONE, disk),
                "the file %s of disk '%s' has been removed or renamed; it is served as long as the daemon runs"
                        .formatted(disk.disk().file(), disk.disk().name()),
                "put it back, or save what is on the disk through an initiator before anything else"));
    }

    private void failing(DiskLook disk, long nowNanos, List<Finding> findings) {
        UUID uuid = disk.disk().identity().uuid();
        AlertInbox.IoFailures failures = inbox.failuresOf(uuid);
        if (failures == null) {
            return;
        }
        if (nowNanos - failures.lastNanos() >= QUIET_NANOS) {
            inbox.quiet(uuid);
            return;
        }
        findings.add(new Finding(
                key(Kind.DISK_FAILING, disk),
                "commands of disk '%s' fail, %d so far; the last one: %s"
                        .formatted(disk.disk().name(), failures.count(), failures.lastCause()),
                "look after the device below %s; it is over after %d minutes without a failure"
                        .formatted(disk.disk().file(), TimeUnit.NANOSECONDS.toMinutes(QUIET_NANOS))));
    }
}
