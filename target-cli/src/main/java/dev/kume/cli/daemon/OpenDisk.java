package dev.kume.cli.daemon;

import dev.kume.core.disk.Chain;
import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.LiveDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import org.jspecify.annotations.Nullable;

/**
 * The file of a disk, open, or why it is not.
 *
 * @param record        the disk as it was when it was opened, or when its file was exchanged
 * @param stack         what it is made of; null when it is offline
 * @param disk          the disk in the file; null when it is offline
 * @param offlineReason what is wrong and what to do; null when it is open
 * @param memory        what the disk's unit remembers
 */
record OpenDisk(
        DiskRecord record,
        @Nullable DiskStack stack,
        @Nullable VirtualDisk disk,
        @Nullable String offlineReason,
        UnitMemories.Recalled memory) {
    /** A disk that remembers nothing. */
    OpenDisk(DiskRecord record, @Nullable DiskStack stack, @Nullable VirtualDisk disk, @Nullable String offlineReason) {
        this(record, stack, disk, offlineReason, UnitMemories.Recalled.nothing(record));
    }

    OpenDisk with(UnitMemories.Recalled remembered) {
        return new OpenDisk(record, stack, disk, offlineReason, remembered);
    }

    /** The view that keeps commands apart; null when it is offline. */
    @Nullable
    IsolatedDisk isolated() {
        return stack == null ? null : stack.isolated();
    }

    /** What lets the file be exchanged; null when it is offline. */
    @Nullable
    LiveDisk live() {
        return stack == null ? null : stack.live();
    }

    /** The file with its parents; null when it is offline. */
    @Nullable
    Chain chain() {
        return stack == null ? null : stack.chain();
    }
}
