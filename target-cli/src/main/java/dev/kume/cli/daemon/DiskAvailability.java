package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the file of a disk while the daemon runs, and opens it again: to repair it, or when what kept it closed is
 * gone. Sessions stay; their commands to the disk end in NOT READY meanwhile. A start of the daemon opens every disk.
 */
final class DiskAvailability {
    private static final Logger LOG = LoggerFactory.getLogger(DiskAvailability.class);

    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final UnfinishedGrowths growths;

    DiskAvailability(Changes changes, Exports exports, DiskShelf shelf, DiskWork work, UnfinishedGrowths growths) {
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.work = work;
        this.growths = growths;
    }

    /**
     * Closes the file when nothing can reach it any more.
     *
     * @param force true: also while initiators are connected where it is mapped
     */
    DiskRecord offline(String name, boolean force) {
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(name);
            work.checkIdle(disk);
            if (!force) {
                checkUnused(changes.current(), disk);
            }
            String reason = "it was taken offline; run 'kume disk online %s'".formatted(disk.name());
            // Also of a disk whose file is closed already: it may be that only this was brought to its end before.
            exports.offline(disk, reason);
            OpenDisk opened = shelf.find(disk);
            if (opened == null || opened.disk() != null) {
                shelf.takeOffline(disk, reason);
                shelf.offlineAsAsked(disk);
                DiskEvent.TAKEN_OFFLINE.log(LOG, disk.name());
            }
            return disk;
        });
    }

    private void checkUnused(Inventory inventory, DiskRecord disk) {
        Connected connected = Connected.to(inventory, disk, exports.connections());
        if (connected != null) {
            throw new ApiException(
                    ErrorCode.BUSY,
                    "disk '%s' is %s".formatted(disk.name(), connected),
                    "take it offline at the initiator, or use --force to take it away under it");
        }
    }

    /** Opens the file again; a disk that is online stays as it is. */
    DiskRecord online(String name) {
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(name);
            work.checkIdle(disk);
            OpenDisk before = shelf.find(disk);
            if (before != null && before.disk() != null) {
                // Its file is open; but an earlier change to offline may have come to its end too late.
                exports.online(new OpenDisk(disk, before.stack(), before.disk(), null));
                return disk;
            }
            settle(disk);
            OpenDisk opened = shelf.reopen(disk);
            if (opened.offlineReason() != null) {
                throw new ApiException(
                        ErrorCode.FAILED,
                        "disk '%s' stays offline: %s".formatted(disk.name(), opened.offlineReason()),
                        null);
            }
            exports.online(opened);
            DiskEvent.ONLINE.log(LOG, disk.name());
            return disk;
        });
    }

    private void settle(DiskRecord disk) {
        try {
            growths.settle(disk, changes.current());
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.FAILED,
                    "disk '%s' stays offline: a note of its resize cannot be read: %s"
                            .formatted(disk.name(), Causes.of(e)),
                    "look after growing/ in the daemon's state directory");
        }
    }
}
