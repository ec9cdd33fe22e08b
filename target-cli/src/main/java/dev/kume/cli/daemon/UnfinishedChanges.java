package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Changes that are published and not real yet: a write of somebody who may no more is still under way. The
 * provisioning thread's alone.
 */
final class UnfinishedChanges {
    private final List<Unfinished> unfinished = new ArrayList<>();

    /** A change that was not real in time, and the disks that somebody may no more write by it. */
    private record Unfinished(CompletableFuture<Void> change, Set<UUID> disks) {}

    void add(CompletableFuture<Void> change, Set<UUID> disks) {
        unfinished.add(new Unfinished(change, disks));
    }

    /** Those that are left. */
    List<CompletableFuture<Void>> left() {
        unfinished.removeIf(left -> left.change().isDone());
        return unfinished.stream().map(Unfinished::change).toList();
    }

    /** Refuses a change that gives a disk to somebody while an old write can still reach it. */
    void check(Inventory now, Inventory next) {
        unfinished.removeIf(left -> left.change().isDone());
        Set<UUID> given = WriteReach.given(now, next);
        for (Unfinished left : unfinished) {
            for (DiskRecord disk : now.disks()) {
                UUID uuid = disk.identity().uuid();
                if (given.contains(uuid) && left.disks().contains(uuid)) {
                    throw new ApiException(
                            ErrorCode.BUSY,
                            "a write to disk '%s' by an initiator that may no more is still waiting for %s"
                                    .formatted(disk.name(), disk.file()),
                            "nobody else gets the disk before that has ended: look after the device, then try again");
                }
            }
        }
    }
}
