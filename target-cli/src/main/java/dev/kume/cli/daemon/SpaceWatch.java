package dev.kume.cli.daemon;

import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.DiskSpace;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.SoftThreshold;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the space that thin disks have left on this host, away from the event loops. */
final class SpaceWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceWatch.class);

    private final int percent;
    private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();

    /**
     * @param asked true while a look is under way: a file system that does not answer is not asked again
     */
    private record Watched(DiskRecord disk, SoftThreshold threshold, AtomicBoolean asked) {}

    /** @param percent of a file system; 0 tells nobody */
    SpaceWatch(int percent) {
        this.percent = percent;
    }

    void add(DiskRecord disk, LogicalUnit unit) {
        watched.put(disk.identity().uuid(), new Watched(disk, new SoftThreshold(unit, percent), new AtomicBoolean()));
    }

    void remove(DiskRecord disk) {
        watched.remove(disk.identity().uuid());
    }

    /** Percent of its file system that a thin disk may still take, when it was looked at last; null where unknown. */
    @Nullable
    Integer freePercent(DiskRecord disk) {
        Watched each = watched.get(disk.identity().uuid());
        DiskSpace space = each == null ? null : each.threshold.space();
        return space == null || space.totalBytes() == 0 ? null : (int) (space.freeBytes() * 100 / space.totalBytes());
    }

    /** Bytes that a thin disk may still take, whether there are so many or not; 0 of any other, and where unknown. */
    long growBytes(DiskRecord disk) {
        Watched each = watched.get(disk.identity().uuid());
        DiskSpace space = each == null ? null : each.threshold.space();
        return space == null ? 0 : Math.max(0, disk.sizeBytes() - space.usedBytes());
    }

    /**
     * Has every thin disk looked at. Never waits; what the threads do not take is left to the next look, or to nobody
     * when the daemon stops.
     *
     * @param threads that may be stuck at a file system which does not answer; no disk threads
     */
    void look(Executor threads) {
        for (Watched each : watched.values()) {
            if (each.asked.compareAndSet(false, true)) {
                ask(each, threads);
            }
        }
    }

    private void ask(Watched each, Executor threads) {
        try {
            threads.execute(() -> {
                try {
                    look(each);
                } finally {
                    each.asked.set(false);
                }
            });
        } catch (RejectedExecutionException full) {
            each.asked.set(false);
        }
    }

    private void look(Watched each) {
        try {
            if (each.threshold.look()) {
                DiskEvent.SPACE_LOW.log(LOG, each.disk.name(), percent, each.disk.file());
            }
        } catch (IOException e) {
            LOG.debug("Disk {}: the space around {} cannot be told: {}", each.disk.name(), each.disk.file(), e);
        }
    }
}
